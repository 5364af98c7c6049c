//===- ForwardBuilder.cpp - Builds @forward, a layer at a time ------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "frontend/Checks.h"
#include "frontend/LayerImporters.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/ErrorHandling.h"

using namespace kiln;
using mlir::Value;

/// Elements of a tensor, at most: with its gradient and slots, 32 GB.
static constexpr int64_t maxElements = (int64_t(1) << 31) - 1;

mlir::Location kiln::getLocation(mlir::MLIRContext *context,
                                 llvm::StringRef name, llvm::StringRef source,
                                 model::Position position) {
  return mlir::NameLoc::get(mlir::StringAttr::get(context, name),
                            mlir::FileLineColLoc::get(context, source,
                                                      position.line(),
                                                      position.column()));
}

std::string kiln::toString(llvm::ArrayRef<int64_t> shape) {
  std::string text = "[";
  llvm::raw_string_ostream os(text);
  llvm::interleaveComma(shape, os);
  return text + "]";
}

/// 32 bits of FNV-1a: what tells a layer's random numbers from another's.
static int64_t hashStream(llvm::StringRef text) {
  uint32_t hash = 2166136261u;
  for (unsigned char c : text)
    hash = (hash ^ c) * 16777619u;
  return hash;
}

ForwardBuilder::ForwardBuilder(mlir::ModuleOp module,
                               const model::ModelT &model, int64_t batchSize,
                               Diagnostics &diagnostics)
    : builder(module.getContext()), module(module), model(model),
      batchSize(batchSize), diagnostics(diagnostics), loc(module.getLoc()) {}

bool ForwardBuilder::checkSize(llvm::ArrayRef<int64_t> shape) {
  int64_t elements = 1;
  for (int64_t extent : shape) {
    if (llvm::MulOverflow(elements, extent, elements) ||
        elements > maxElements) {
      diagnostics.error(
          getPosition(layer ? layer->position : model.inputs.front()->position),
          "expected tensors of at most 2^31 - 1 elements, got "
          "one of shape " +
              toString(shape));
      return false;
    }
  }
  return true;
}

mlir::LogicalResult ForwardBuilder::run() {
  func = mlir::func::FuncOp::create(loc, funcs::forward,
                                    builder.getFunctionType({}, {}));
  module.push_back(func);
  mlir::Block *body = func.addEntryBlock();

  const model::InputT &input = *model.inputs.front();
  llvm::SmallVector<int64_t> shape = {batchSize};
  shape.append(input.shape.begin(), input.shape.end());
  if (!checkSize(shape))
    return mlir::failure();
  mlir::Type element = input.dtype == model::DataType_int32
                           ? mlir::Type(builder.getI32Type())
                           : builder.getF32Type();
  llvm::StringMap<LayerValue> values;
  values[input.name].value =
      body->addArgument(mlir::RankedTensorType::get(shape, element),
                        getLocation(module.getContext(), input.name,
                                    model.source, getPosition(input.position)));
  argumentAttrs.push_back(builder.getDictionaryAttr(
      {builder.getNamedAttr(attrs::role, builder.getStringAttr("input")),
       builder.getNamedAttr(attrs::name, builder.getStringAttr(input.name))}));

  Value result;
  for (const model::LayerT *next : sortLayers(model)) {
    LayerValue imported = importLayer(*next, values[next->inputs.front()]);
    result = imported.value;
    if (!result)
      return mlir::failure();
    values[next->name] = imported;
  }
  builder.create<mlir::func::ReturnOp>(loc, result);
  outputType = llvm::cast<mlir::RankedTensorType>(result.getType());
  func.setFunctionType(
      builder.getFunctionType(body->getArgumentTypes(), outputType));
  func.setAllArgAttrs(argumentAttrs);
  func.setResultAttr(0, attrs::role, builder.getStringAttr("output"));
  return mlir::success();
}

LayerValue ForwardBuilder::importLayer(const model::LayerT &next,
                                       LayerValue input) {
  layer = &next;
  loc = getLocation(module.getContext(), next.name, model.source,
                    getPosition(next.position));
  builder.setInsertionPointToEnd(&func.front());
  bool isTokens = mlir::getElementTypeOrSelf(input.value).isInteger(32);
  bool takesTokens = next.options.type == model::LayerOptions_EmbeddingOptions;
  if (isTokens && !takesTokens) {
    error("the layer '" + next.name +
              "' takes float32, but its input holds int32",
          "token ids go to an Embedding first");
    return {};
  }
  if (!isTokens && takesTokens) {
    error("the Embedding '" + next.name +
              "' takes token ids (int32), but its input holds float32",
          "set dtype = \"int32\" in [input]");
    return {};
  }
  LayerValue result =
      getLayerImporter(next.options.type)(next.options, input, *this);
  if (!result.value ||
      !checkSize(llvm::cast<mlir::RankedTensorType>(result.value.getType())
                     .getShape()))
    return {};
  return result;
}

void ForwardBuilder::error(const llvm::Twine &message,
                           const llvm::Twine &hint) {
  diagnostics.error(getPosition(layer->position), message, hint);
}

void ForwardBuilder::warning(const llvm::Twine &message,
                             const llvm::Twine &hint) {
  diagnostics.warning(getPosition(layer->position), message, hint);
}

const model::LayerT *ForwardBuilder::findProducer() const {
  for (const auto &candidate : model.layers)
    if (candidate->name == layer->inputs.front())
      return candidate.get();
  return nullptr;
}

bool ForwardBuilder::expectSteps(Value input) {
  auto type = llvm::cast<mlir::RankedTensorType>(input.getType());
  if (type.getRank() == 3)
    return true;
  std::string hint;
  const model::LayerT *producer = findProducer();
  if (producer && (producer->options.AsRecurrentOptions() ||
                   producer->options.AsBidirectionalOptions()))
    hint = "set return_sequences = true in '" + producer->name + "' at line " +
           std::to_string(getPosition(producer->position).line());
  error("expected an input of shape [steps, features] for the layer '" +
            layer->name + "', got " + toString(type.getShape().drop_front()),
        hint);
  return false;
}

void ForwardBuilder::noteUnmaskedRecurrence(bool forward, bool backward) {
  if (!warnedUnmasked)
    warnedUnmasked =
        lintUnmaskedRecurrence(model, *layer, forward, backward, diagnostics);
}

Value ForwardBuilder::reshape(Value value, llvm::ArrayRef<int64_t> shape) {
  mlir::RankedTensorType type = getType(shape);
  return type == value.getType() ? value : create<ReshapeOp>(type, value);
}

Value ForwardBuilder::broadcast(Value value, llvm::ArrayRef<int64_t> dims,
                                llvm::ArrayRef<int64_t> shape) {
  auto type = llvm::cast<mlir::RankedTensorType>(value.getType());
  return create<BroadcastOp>(type.clone(shape), value, dims);
}

Value ForwardBuilder::splat(double value, llvm::ArrayRef<int64_t> shape) {
  return create<ConstantOp>(
      mlir::DenseElementsAttr::get(getType(shape), float(value)));
}

Value ForwardBuilder::dropout(Value value, Value mask, double rate) {
  return create<DropoutOp>(value.getType(), value, mask,
                           builder.getF64FloatAttr(rate));
}

Value ForwardBuilder::activate(Value value, model::Activation activation) {
  switch (activation) {
  case model::Activation_linear:
    return value;
  case model::Activation_relu:
    return create<ReluOp>(value);
  case model::Activation_sigmoid:
    return create<SigmoidOp>(value);
  case model::Activation_tanh:
    return create<TanhOp>(value);
  case model::Activation_hard_sigmoid: {
    // min(max(x + 3, 0), 6) / 6, as Keras computes it.
    auto shape = llvm::cast<mlir::RankedTensorType>(value.getType()).getShape();
    Value six = splat(6, shape);
    Value ramp = create<ReluOp>(create<AddOp>(value, splat(3, shape)));
    return create<DivOp>(create<MinimumOp>(ramp, six), six);
  }
  case model::Activation_softmax: {
    // Code generation takes rows of a matrix.
    auto type = llvm::cast<mlir::RankedTensorType>(value.getType());
    int64_t extent = type.getShape().back();
    Value rows = reshape(value, {type.getNumElements() / extent, extent});
    return reshape(create<SoftmaxOp>(rows), type.getShape());
  }
  }
  llvm_unreachable("validation rejects other activations");
}

Value ForwardBuilder::addParameter(llvm::StringRef name,
                                   llvm::ArrayRef<int64_t> shape,
                                   const model::InitializerT &initializer,
                                   const model::RegularizerT *regularizer,
                                   bool unitForgetBias) {
  if (!checkSize(shape))
    return {};
  mlir::MLIRContext *context = module.getContext();
  auto kind = symbolizeInitializerKind(
      model::EnumNameInitializerKind(initializer.kind));
  double low = 0, high = 0;
  if (*kind == InitializerKind::constant) {
    low = initializer.value;
  } else if (*kind == InitializerKind::random_uniform) {
    low = initializer.minval;
    high = initializer.maxval;
  }
  RegularizerAttr penalty;
  if (regularizer && (regularizer->l1 != 0 || regularizer->l2 != 0))
    penalty = RegularizerAttr::get(context, regularizer->l1, regularizer->l2);

  std::string path = layer->name + "/" + name.str();
  mlir::OpBuilder declarations(func);
  declarations.create<ParamOp>(loc, path, getType(shape),
                               InitializerAttr::get(context, *kind, low, high),
                               layer->name, penalty, unitForgetBias);

  argumentAttrs.insert(
      argumentAttrs.begin() + numParameters,
      builder.getDictionaryAttr(builder.getNamedAttr(
          attrs::param, mlir::FlatSymbolRefAttr::get(context, path))));
  return func.front().insertArgument(numParameters++, getType(shape), loc);
}

Value ForwardBuilder::createRandomMask(llvm::StringRef role, double rate,
                                       int64_t seed,
                                       llvm::ArrayRef<int64_t> shape) {
  static constexpr llvm::StringLiteral roles[] = {"seed", "epoch", "step"};
  if (!counters[0]) {
    auto type = mlir::RankedTensorType::get({}, builder.getI64Type());
    for (auto [counter, role] : llvm::zip_equal(counters, roles)) {
      counter = func.front().addArgument(type, func.getLoc());
      argumentAttrs.push_back(builder.getDictionaryAttr(
          builder.getNamedAttr(attrs::role, builder.getStringAttr(role))));
    }
  }
  std::string stream = layer->name + "/" + role.str();
  if (seed >= 0)
    stream += "/" + std::to_string(seed);
  return create<RandomMaskOp>(
      mlir::RankedTensorType::get(shape, builder.getI1Type()), counters[0],
      counters[1], counters[2], builder.getF64FloatAttr(rate),
      builder.getI64IntegerAttr(hashStream(stream)));
}
