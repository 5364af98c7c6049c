//===- ForwardBuilder.h - Builds @forward, a layer at a time -----*- C++
//-*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_FRONTEND_FORWARDBUILDER_H
#define KILN_FRONTEND_FORWARDBUILDER_H

#include "frontend/Diagnostics.h"
#include "ir/KilnOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"

namespace kiln {

/// What one layer hands to the next.
struct LayerValue {
  mlir::Value value;
  /// [batch, steps] booleans, true at the steps that count; null: all do.
  mlir::Value mask;
};

/// Builds `@forward`, a layer at a time.
class ForwardBuilder {
public:
  /// The module gets the parameters, the function its arguments and ops.
  ForwardBuilder(mlir::ModuleOp module, const model::ModelT &model,
                 int64_t batchSize, Diagnostics &diagnostics);

  /// Imports the layers and finishes the function. Failure has been reported.
  mlir::LogicalResult run();

  /// The result's type; valid after `run`.
  mlir::RankedTensorType getOutputType() const { return outputType; }

  //===--------------------------------------------------------------------===//
  // What layers build with
  //===--------------------------------------------------------------------===//

  /// Creates an op at the current layer's place.
  template <typename Op, typename... Args> Op createOp(Args &&...args) {
    return builder.create<Op>(loc, std::forward<Args>(args)...);
  }
  template <typename Op, typename... Args> mlir::Value create(Args &&...args) {
    return createOp<Op>(std::forward<Args>(args)...);
  }
  mlir::OpBuilder &getBuilder() { return builder; }

  /// A type of f32 elements.
  mlir::RankedTensorType getType(llvm::ArrayRef<int64_t> shape) {
    return mlir::RankedTensorType::get(shape, builder.getF32Type());
  }

  /// The same elements under another shape; nothing where it is the same one.
  mlir::Value reshape(mlir::Value value, llvm::ArrayRef<int64_t> shape);

  /// Repeats a value along the dimensions of `shape` other than `dims`.
  mlir::Value broadcast(mlir::Value value, llvm::ArrayRef<int64_t> dims,
                        llvm::ArrayRef<int64_t> shape);

  /// A tensor of one number.
  mlir::Value splat(double value, llvm::ArrayRef<int64_t> shape);

  /// Keeps the elements that `mask` chooses, scaled by 1 / (1 - rate).
  mlir::Value dropout(mlir::Value value, mlir::Value mask, double rate);

  /// Applies an activation element by element, softmax along the last
  /// dimension.
  mlir::Value activate(mlir::Value value, model::Activation activation);

  /// Whether contractions take operands in bfloat16.
  bool usesBfloat16() const {
    return model.fit->precision == model::Precision_mixed_bfloat16;
  }

  /// Declares the parameter `<layer>/<name>` and takes it as an argument. Null,
  /// and reported, where it would be too large.
  mlir::Value addParameter(llvm::StringRef name, llvm::ArrayRef<int64_t> shape,
                           const model::InitializerT &initializer,
                           const model::RegularizerT *regularizer,
                           bool unitForgetBias = false);

  /// True where each element of a tensor of the shape is kept, drawn anew in
  /// each step. `seed` varies the draws of layers; -1 is none.
  mlir::Value createRandomMask(llvm::StringRef role, double rate, int64_t seed,
                               llvm::ArrayRef<int64_t> shape);

  /// Reports what is wrong with the current layer.
  void error(const llvm::Twine &message, const llvm::Twine &hint = "");
  void warning(const llvm::Twine &message, const llvm::Twine &hint = "");

  /// Reports an input of the current layer that is not [batch, steps,
  /// features].
  bool expectSteps(mlir::Value input);

  /// A recurrent layer runs in these directions without a mask: warns, once a
  /// model, if it runs over a text's padding.
  void noteUnmaskedRecurrence(bool forward, bool backward);

private:
  LayerValue importLayer(const model::LayerT &layer, LayerValue input);
  /// The layer that feeds the current one; null for the model's input.
  const model::LayerT *findProducer() const;
  /// Reports a shape at the current layer unless its tensors fit in memory.
  bool checkSize(llvm::ArrayRef<int64_t> shape);

  mlir::OpBuilder builder;
  mlir::ModuleOp module;
  const model::ModelT &model;
  int64_t batchSize;
  Diagnostics &diagnostics;

  mlir::func::FuncOp func;
  mlir::RankedTensorType outputType;
  /// Attributes of the arguments so far: parameters, inputs, counters.
  std::vector<mlir::DictionaryAttr> argumentAttrs;
  unsigned numParameters = 0;
  /// The arguments seed, epoch and step, null until something is drawn.
  mlir::Value counters[3];

  bool warnedUnmasked = false;
  /// The layer that is being imported.
  const model::LayerT *layer = nullptr;
  mlir::Location loc;
};

/// `NameLoc("<name>")` at a position of the model file.
mlir::Location getLocation(mlir::MLIRContext *context, llvm::StringRef name,
                           llvm::StringRef source, model::Position position);

/// `[28, 28]`: a shape without the batch, as model files write it.
std::string toString(llvm::ArrayRef<int64_t> shape);

} // namespace kiln

#endif // KILN_FRONTEND_FORWARDBUILDER_H
