//===- LayerImporters.cpp - One function a layer type ---------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "frontend/LayerImporters.h"

#include "llvm/Support/ErrorHandling.h"

using namespace kiln;
using mlir::Value;

static llvm::ArrayRef<int64_t> getShape(Value value) {
  return llvm::cast<mlir::RankedTensorType>(value.getType()).getShape();
}

/// Elements of a tensor of these extents.
static int64_t getProduct(llvm::ArrayRef<int64_t> extents) {
  int64_t product = 1;
  for (int64_t extent : extents)
    product *= extent;
  return product;
}

/// [batch, rest]. A reshape even where the input has this shape: Keras makes a
/// new tensor too, whose cross-entropy no longer sees a softmax before it.
static Value importFlatten(const model::LayerOptionsUnion &options, Value input,
                           ForwardBuilder &builder) {
  llvm::ArrayRef<int64_t> shape = getShape(input);
  return builder.create<ReshapeOp>(
      builder.getType({shape[0], getProduct(shape.drop_front())}), input);
}

/// Contracts the last dimension; all others are rows of one matrix.
static Value importDense(const model::LayerOptionsUnion &options, Value input,
                         ForwardBuilder &builder) {
  const model::DenseOptionsT &dense = *options.AsDenseOptions();
  llvm::SmallVector<int64_t> shape(getShape(input));
  int64_t features = shape.back();
  int64_t rows = getProduct(llvm::ArrayRef(shape).drop_back());

  Value kernel = builder.addParameter("kernel", {features, dense.units},
                                      *dense.kernel_initializer,
                                      dense.kernel_regularizer.get());
  if (!kernel)
    return {};
  Value result = builder.create<MatmulOp>(
      builder.reshape(input, {rows, features}), kernel);
  if (dense.use_bias) {
    Value bias =
        builder.addParameter("bias", {dense.units}, *dense.bias_initializer,
                             dense.bias_regularizer.get());
    if (!bias)
      return {};
    Value repeated = builder.create<BroadcastOp>(
        builder.getType({rows, dense.units}), bias, llvm::ArrayRef<int64_t>{1});
    result = builder.create<AddOp>(result, repeated);
  }
  result = builder.activate(result, dense.activation);
  shape.back() = dense.units;
  return builder.reshape(result, shape);
}

static Value importActivation(const model::LayerOptionsUnion &options,
                              Value input, ForwardBuilder &builder) {
  return builder.activate(input, options.AsActivationOptions()->activation);
}

static Value importDropout(const model::LayerOptionsUnion &options, Value input,
                           ForwardBuilder &builder) {
  const model::DropoutOptionsT &dropout = *options.AsDropoutOptions();
  if (dropout.rate == 0)
    return input;
  Value mask = builder.createRandomMask("dropout", dropout.rate, dropout.seed,
                                        getShape(input));
  return builder.create<DropoutOp>(
      input.getType(), input, mask,
      mlir::Builder(input.getContext()).getF64FloatAttr(dropout.rate));
}

ImportLayer kiln::getLayerImporter(model::LayerOptions type) {
  switch (type) {
  case model::LayerOptions_FlattenOptions:
    return importFlatten;
  case model::LayerOptions_DenseOptions:
    return importDense;
  case model::LayerOptions_ActivationOptions:
    return importActivation;
  case model::LayerOptions_DropoutOptions:
    return importDropout;
  case model::LayerOptions_NONE:
    break;
  }
  llvm_unreachable("validation rejects layers without options");
}
