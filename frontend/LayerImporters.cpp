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

/// As Keras does.
static void warnOfLostMask(llvm::StringRef type, ForwardBuilder &builder) {
  builder.warning(type + " drops the mask: it takes padding for data",
                  "GlobalAveragePooling1D and recurrent layers use masks");
}

/// [batch, rest]. A reshape even where the input has this shape: Keras makes a
/// new tensor too, whose cross-entropy no longer sees a softmax before it.
static LayerValue importFlatten(const model::LayerOptionsUnion &options,
                                LayerValue input, ForwardBuilder &builder) {
  llvm::ArrayRef<int64_t> shape = getShape(input.value);
  if (input.mask)
    warnOfLostMask("Flatten", builder);
  return {builder.create<ReshapeOp>(
              builder.getType({shape[0], getProduct(shape.drop_front())}),
              input.value),
          Value()};
}

/// Contracts the last dimension; all others are rows of one matrix.
static LayerValue importDense(const model::LayerOptionsUnion &options,
                              LayerValue input, ForwardBuilder &builder) {
  const model::DenseOptionsT &dense = *options.AsDenseOptions();
  llvm::SmallVector<int64_t> shape(getShape(input.value));
  int64_t features = shape.back();
  int64_t rows = getProduct(llvm::ArrayRef(shape).drop_back());

  Value kernel = builder.addParameter("kernel", {features, dense.units},
                                      *dense.kernel_initializer,
                                      dense.kernel_regularizer.get());
  if (!kernel)
    return {};
  Value result = builder.create<MatmulOp>(
      builder.reshape(input.value, {rows, features}), kernel,
      /*transposeLhs=*/false, /*transposeRhs=*/false, builder.usesBfloat16());
  if (dense.use_bias) {
    Value bias =
        builder.addParameter("bias", {dense.units}, *dense.bias_initializer,
                             dense.bias_regularizer.get());
    if (!bias)
      return {};
    result = builder.create<AddOp>(
        result, builder.broadcast(bias, {1}, {rows, dense.units}));
  }
  result = builder.activate(result, dense.activation);
  shape.back() = dense.units;
  return {builder.reshape(result, shape), input.mask};
}

static LayerValue importActivation(const model::LayerOptionsUnion &options,
                                   LayerValue input, ForwardBuilder &builder) {
  return {
      builder.activate(input.value, options.AsActivationOptions()->activation),
      input.mask};
}

static LayerValue importDropout(const model::LayerOptionsUnion &options,
                                LayerValue input, ForwardBuilder &builder) {
  const model::DropoutOptionsT &dropout = *options.AsDropoutOptions();
  if (dropout.rate == 0)
    return input;
  Value mask = builder.createRandomMask("dropout", dropout.rate, dropout.seed,
                                        getShape(input.value));
  return {builder.dropout(input.value, mask, dropout.rate), input.mask};
}

/// Drops features, at all steps alike.
static LayerValue
importSpatialDropout1D(const model::LayerOptionsUnion &options,
                       LayerValue input, ForwardBuilder &builder) {
  const model::SpatialDropout1DOptionsT &dropout =
      *options.AsSpatialDropout1DOptions();
  if (!builder.expectSteps(input.value))
    return {};
  if (dropout.rate == 0)
    return input;
  llvm::ArrayRef<int64_t> shape = getShape(input.value);
  Value mask = builder.createRandomMask("dropout", dropout.rate, dropout.seed,
                                        {shape[0], shape[2]});
  return {builder.dropout(input.value, builder.broadcast(mask, {0, 2}, shape),
                          dropout.rate),
          input.mask};
}

static LayerValue importEmbedding(const model::LayerOptionsUnion &options,
                                  LayerValue input, ForwardBuilder &builder) {
  const model::EmbeddingOptionsT &embedding = *options.AsEmbeddingOptions();
  Value table = builder.addParameter(
      "embeddings", {embedding.input_dim, embedding.output_dim},
      *embedding.embeddings_initializer,
      embedding.embeddings_regularizer.get());
  if (!table)
    return {};
  LayerValue result;
  if (embedding.mask_zero) {
    auto type = llvm::cast<mlir::RankedTensorType>(input.value.getType());
    Value zero = builder.create<ConstantOp>(
        mlir::DenseElementsAttr::get(type, int32_t(0)));
    result.mask = builder.create<CompareOp>(Predicate::ne, input.value, zero);
  }
  result.value = builder.create<GatherOp>(table, input.value, /*batch_dims=*/0);
  return result;
}

/// The mean over the steps that count; 0 where none does.
static LayerValue
importGlobalAveragePooling1D(const model::LayerOptionsUnion &options,
                             LayerValue input, ForwardBuilder &builder) {
  if (!builder.expectSteps(input.value))
    return {};
  llvm::ArrayRef<int64_t> shape = getShape(input.value);
  int64_t batch = shape[0], steps = shape[1], features = shape[2];
  Value counted = input.value;
  Value count;
  if (input.mask) {
    Value chosen = builder.broadcast(input.mask, {0, 1}, shape);
    counted =
        builder.create<SelectOp>(chosen, counted, builder.splat(0, shape));
    Value ones =
        builder.create<ConvertOp>(builder.getType({batch, steps}), input.mask);
    Value sum = builder.create<ReduceOp>(Reduction::sum, ones,
                                         llvm::ArrayRef<int64_t>{1});
    // Keras divides 0 by 0 in a sample that is masked whole.
    sum = builder.create<MaximumOp>(sum, builder.splat(1, {batch}));
    count = builder.broadcast(sum, {0}, {batch, features});
  } else {
    count = builder.splat(double(steps), {batch, features});
  }
  Value sum = builder.create<ReduceOp>(Reduction::sum, counted,
                                       llvm::ArrayRef<int64_t>{1});
  return {builder.create<DivOp>(sum, count), Value()};
}

static LayerValue
importGlobalMaxPooling1D(const model::LayerOptionsUnion &options,
                         LayerValue input, ForwardBuilder &builder) {
  if (!builder.expectSteps(input.value))
    return {};
  if (input.mask)
    warnOfLostMask("GlobalMaxPooling1D", builder);
  return {builder.create<ReduceOp>(Reduction::max, input.value,
                                   llvm::ArrayRef<int64_t>{1}),
          Value()};
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
  case model::LayerOptions_SpatialDropout1DOptions:
    return importSpatialDropout1D;
  case model::LayerOptions_EmbeddingOptions:
    return importEmbedding;
  case model::LayerOptions_RecurrentOptions:
    return importRecurrent;
  case model::LayerOptions_BidirectionalOptions:
    return importBidirectional;
  case model::LayerOptions_GlobalAveragePooling1DOptions:
    return importGlobalAveragePooling1D;
  case model::LayerOptions_GlobalMaxPooling1DOptions:
    return importGlobalMaxPooling1D;
  case model::LayerOptions_NONE:
    break;
  }
  llvm_unreachable("validation rejects layers without options");
}
