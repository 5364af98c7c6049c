//===- ForwardBuilder.cpp - Builds @forward, a layer at a time ------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "frontend/LayerImporters.h"
#include "frontend/Validate.h"

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
  llvm::StringMap<Value> values;
  values[input.name] = body->addArgument(
      getType(shape), getLocation(module.getContext(), input.name, model.source,
                                  getPosition(input.position)));
  argumentAttrs.push_back(builder.getDictionaryAttr(
      {builder.getNamedAttr(attrs::role, builder.getStringAttr("input")),
       builder.getNamedAttr(attrs::name, builder.getStringAttr(input.name))}));

  Value result;
  for (const model::LayerT *next : sortLayers(model)) {
    result = importLayer(*next, values[next->inputs.front()]);
    if (!result)
      return mlir::failure();
    values[next->name] = result;
  }
  builder.create<mlir::func::ReturnOp>(loc, result);
  outputType = llvm::cast<mlir::RankedTensorType>(result.getType());
  func.setFunctionType(
      builder.getFunctionType(body->getArgumentTypes(), outputType));
  func.setAllArgAttrs(argumentAttrs);
  func.setResultAttr(0, attrs::role, builder.getStringAttr("output"));
  return mlir::success();
}

Value ForwardBuilder::importLayer(const model::LayerT &next, Value input) {
  layer = &next;
  loc = getLocation(module.getContext(), next.name, model.source,
                    getPosition(next.position));
  builder.setInsertionPointToEnd(&func.front());
  Value result =
      getLayerImporter(next.options.type)(next.options, input, *this);
  if (!result ||
      !checkSize(
          llvm::cast<mlir::RankedTensorType>(result.getType()).getShape()))
    return {};
  return result;
}

Value ForwardBuilder::reshape(Value value, llvm::ArrayRef<int64_t> shape) {
  mlir::RankedTensorType type = getType(shape);
  return type == value.getType() ? value : create<ReshapeOp>(type, value);
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
                                   const model::RegularizerT *regularizer) {
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
  declarations.create<ParamOp>(loc, declarations.getStringAttr(path),
                               mlir::TypeAttr::get(getType(shape)),
                               InitializerAttr::get(context, *kind, low, high),
                               declarations.getStringAttr(layer->name),
                               penalty);

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
