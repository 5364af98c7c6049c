//===- InterpretModel.h - Training steps in the interpreter -----*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_TOOLS_KILN_INTERPRETMODEL_H
#define KILN_TOOLS_KILN_INTERPRETMODEL_H

#include "codegen/Compiler.h"
#include "ir/Interpreter.h"

namespace kiln {

struct InterpretModelOptions {
  CompileOptions compile;
  Precision precision = Precision::F32;
  /// Steps to run; batches are taken in order, again from the start when the
  /// samples are used up.
  int64_t steps = 1;
  /// Write the gradients of the last step, not what it makes of the weights.
  bool gradients = false;
  /// Run no step, but write the `prediction` of every sample.
  bool predict = false;
  /// Inputs and targets (but to predict), .npy; weights to start from,
  /// safetensors; where to write the result, safetensors of the precision
  /// (none: nowhere).
  std::string inputs, targets, weights, output;
};

/// Runs training steps of a model file in the reference interpreter and prints
/// the loss of each, or predicts. The result has Keras's names: parameters and
/// slots, or the gradients by the parameters' names.
ExitCode interpretModel(mlir::MLIRContext &context,
                        const InterpretModelOptions &options);

} // namespace kiln

#endif // KILN_TOOLS_KILN_INTERPRETMODEL_H
