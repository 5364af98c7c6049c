//===- ModelImporter.cpp - From the syntax tree to the dialect ------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "frontend/ModelImporter.h"

#include "frontend/ForwardBuilder.h"
#include "frontend/Validate.h"

#include "mlir/IR/Verifier.h"

using namespace kiln;

/// The activation that ends a layer, for lint; none where it is another kind
/// of layer.
static std::optional<model::Activation>
getLastActivation(const model::LayerT &layer) {
  if (const auto *dense = layer.options.AsDenseOptions())
    return dense->activation;
  if (const auto *activation = layer.options.AsActivationOptions())
    return activation->activation;
  return std::nullopt;
}

/// Checks the result's shape (without the batch) against the loss.
static bool checkLoss(const model::ModelT &model, const model::LayerT &output,
                      llvm::ArrayRef<int64_t> shape, Diagnostics &diagnostics) {
  const model::LossT &loss = *model.compile->loss;
  llvm::StringRef name = model::EnumNameLossKind(loss.kind);
  bool isSparse = loss.kind == model::LossKind_sparse_categorical_crossentropy;
  if (shape.size() != 1) {
    bool hasSteps = llvm::any_of(model.layers, [](const auto &layer) {
      return layer->options.AsRecurrentOptions() ||
             layer->options.AsBidirectionalOptions();
    });
    diagnostics.error(
        getPosition(output.position),
        "expected an output of shape " +
            llvm::Twine(isSparse ? "[classes]" : "[units]") + " for the loss " +
            name + ", got " + toString(shape),
        hasSteps ? "leave 'return_sequences' out of the last recurrent layer, "
                   "or add a pooling layer"
                 : "add a Flatten layer before the first Dense layer");
    return false;
  }
  if (isSparse && shape[0] < 2) {
    diagnostics.error(getPosition(output.position),
                      "expected an output of at least 2 classes for the loss " +
                          name + ", got " + toString(shape),
                      "one output goes with binary_crossentropy");
    return false;
  }

  std::optional<model::Activation> last = getLastActivation(output);
  if (!last || loss.kind == model::LossKind_mse)
    return true;
  model::Activation matching =
      isSparse ? model::Activation_softmax : model::Activation_sigmoid;
  bool isProbability =
      *last == model::Activation_softmax || *last == model::Activation_sigmoid;
  llvm::StringRef lastName = model::EnumNameActivation(*last);
  if (loss.from_logits && isProbability)
    diagnostics.warning(getPosition(loss.position),
                        "the loss takes logits, but the output is a " +
                            lastName,
                        "leave 'from_logits' out");
  else if (!loss.from_logits && !isProbability)
    diagnostics.warning(
        getPosition(loss.position),
        "the loss takes probabilities, but the output's activation is " +
            lastName,
        llvm::Twine("set activation = \"") +
            model::EnumNameActivation(matching) + "\" or 'from_logits'");
  return true;
}

/// What Keras takes `accuracy` for: by the shapes of output and target.
static MetricKind resolveAccuracy(model::LossKind loss,
                                  llvm::ArrayRef<int64_t> outputShape) {
  if (outputShape.back() == 1)
    return MetricKind::binary_accuracy;
  return loss == model::LossKind_sparse_categorical_crossentropy
             ? MetricKind::sparse_categorical_accuracy
             : MetricKind::categorical_accuracy;
}

static MetricKind resolveMetric(model::MetricKind kind, model::LossKind loss,
                                llvm::ArrayRef<int64_t> outputShape) {
  switch (kind) {
  case model::MetricKind_accuracy:
    return resolveAccuracy(loss, outputShape);
  case model::MetricKind_precision:
    return MetricKind::precision;
  case model::MetricKind_recall:
    return MetricKind::recall;
  case model::MetricKind_auc:
    return MetricKind::auc;
  case model::MetricKind_f1:
    return MetricKind::f1;
  }
  llvm_unreachable("validation rejects other metrics");
}

/// Checks that the metrics can judge an output of `shape` (without the batch).
static void checkMetrics(const model::CompileT &compile,
                         llvm::ArrayRef<int64_t> shape,
                         Diagnostics &diagnostics) {
  const model::LossT &loss = *compile.loss;
  for (const auto &metric : compile.metrics) {
    if (metric->kind == model::MetricKind_accuracy)
      continue;
    model::Position place = getPosition(metric->position);
    if (loss.kind == model::LossKind_sparse_categorical_crossentropy)
      diagnostics.error(place,
                        "the metric '" + metric->name +
                            "' is for binary problems, got " +
                            llvm::Twine(shape[0]) + " classes",
                        "use 'accuracy', or one sigmoid output with the loss "
                        "binary_crossentropy");
    else if (metric->kind == model::MetricKind_f1 && shape[0] != 1)
      diagnostics.error(place,
                        "expected one output for the metric '" + metric->name +
                            "', got " + llvm::Twine(shape[0]),
                        "use 'precision' and 'recall', which count all of "
                        "them");
    else if (loss.from_logits)
      diagnostics.warning(place,
                          "the metric '" + metric->name +
                              "' compares the output with thresholds in "
                              "[0, 1], but the output is a logit",
                          "use a sigmoid output without 'from_logits'");
  }
}

/// Checks the classes of `class_weight` against an output of `shape`.
static void checkClassWeight(const model::ModelT &model,
                             llvm::ArrayRef<int64_t> shape,
                             Diagnostics &diagnostics) {
  model::LossKind loss = model.compile->loss->kind;
  bool isBinary = shape[0] == 1 && loss == model::LossKind_binary_crossentropy;
  if (shape[0] == 1 && !isBinary && !model.fit->class_weight.empty()) {
    diagnostics.error(getPosition(model.fit->class_weight.front()->position),
                      "'class_weight' weighs classes, but the model has none: "
                      "it has one output and the loss " +
                          llvm::Twine(model::EnumNameLossKind(loss)));
    return;
  }
  int64_t classes = isBinary ? 2 : shape[0];
  for (const auto &weight : model.fit->class_weight)
    if (weight->class_index >= classes)
      diagnostics.error(
          getPosition(weight->position),
          "expected a class from 0 to " + llvm::Twine(classes - 1) +
              " in 'class_weight', got " + llvm::Twine(weight->class_index));
}

static mlir::Attribute makeOptimizer(mlir::MLIRContext *context,
                                     const model::OptimizerT &optimizer) {
  switch (optimizer.kind) {
  case model::OptimizerKind_sgd:
    return SgdAttr::get(context, optimizer.learning_rate, optimizer.momentum,
                        optimizer.nesterov);
  case model::OptimizerKind_adam:
    return AdamAttr::get(context, optimizer.learning_rate, optimizer.beta_1,
                         optimizer.beta_2, optimizer.epsilon);
  }
  llvm_unreachable("validation rejects other optimizers");
}

static void createCompile(mlir::OpBuilder &builder, const model::ModelT &model,
                          llvm::ArrayRef<int64_t> outputShape) {
  const model::CompileT &compile = *model.compile;
  mlir::MLIRContext *context = builder.getContext();
  llvm::SmallVector<mlir::Attribute> metrics;
  for (const auto &metric : compile.metrics)
    metrics.push_back(MetricAttr::get(
        context, metric->name,
        resolveMetric(metric->kind, compile.loss->kind, outputShape)));
  auto kind = symbolizeLossKind(model::EnumNameLossKind(compile.loss->kind));
  builder.create<CompileOp>(
      getLocation(context, "loss", model.source,
                  getPosition(compile.loss->position)),
      LossAttr::get(context, *kind, compile.loss->from_logits),
      makeOptimizer(context, *compile.optimizer),
      builder.getArrayAttr(metrics));
}

mlir::OwningOpRef<mlir::ModuleOp>
kiln::importModel(const model::ModelT &model, mlir::MLIRContext &context,
                  const ImportOptions &options, Diagnostics &diagnostics) {
  context.loadDialect<KilnDialect, mlir::func::FuncDialect>();
  int64_t batchSize = options.batchSize.value_or(model.fit->batch_size);
  mlir::OpBuilder builder(&context);
  mlir::OwningOpRef<mlir::ModuleOp> module = mlir::ModuleOp::create(
      mlir::FileLineColLoc::get(&context, model.source, 1, 1), model.name);
  (*module)->setAttr(attrs::model, builder.getStringAttr(model.name));
  (*module)->setAttr(attrs::batch, builder.getI64IntegerAttr(batchSize));
  (*module)->setAttr(attrs::phase, builder.getStringAttr("model"));

  ForwardBuilder forward(*module, model, batchSize, diagnostics);
  if (mlir::failed(forward.run()))
    return nullptr;
  llvm::ArrayRef<int64_t> outputShape =
      forward.getOutputType().getShape().drop_front();
  const model::LayerT &output = *sortLayers(model).back();
  if (!checkLoss(model, output, outputShape, diagnostics))
    return nullptr;
  checkMetrics(*model.compile, outputShape, diagnostics);
  checkClassWeight(model, outputShape, diagnostics);
  builder.setInsertionPoint(&module->getBody()->back());
  createCompile(builder, model, outputShape);
  assert(mlir::succeeded(mlir::verify(*module)) && "imported invalid IR");
  return diagnostics.hasErrors() ? nullptr : std::move(module);
}
