//===- Inputs.h - Seeded arguments for every program ------------*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// The same numbers for the same argument, whatever phase a module is in and
// wherever the argument stands: each is drawn from a seed and its key.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_CHECK_INPUTS_H
#define KILN_CHECK_INPUTS_H

#include "ir/Interpreter.h"
#include "ir/KilnOps.h"
#include "llvm/ADT/StringMap.h"

#include <string>

namespace kiln {

/// What an argument is the value of: `dense/kernel`, `dense/kernel#momentum`,
/// `input input`, `rows`; its number where nothing says.
std::string getArgumentKey(mlir::func::FuncOp func, unsigned index);

/// What a result is: the key of the argument that it replaces, `loss`,
/// `metric accuracy`, `output`, `gradient of dense/kernel`; its number where
/// nothing says.
std::string getResultKey(mlir::func::FuncOp func, unsigned index);

/// Arguments by key.
///
/// Parameters and slots are small and none of them 0. Numbers of inputs lie in
/// [0, 1], with exact zeros among them and features that are 0 in the whole
/// batch. Rows of indices are padded before, behind, entirely or not at all
/// with 0. The last row of a batch is not used: there inputs, targets and
/// weights are 0, as the runtime has it.
class Inputs {
public:
  explicit Inputs(uint64_t seed = 0) : seed(seed) {}

  /// The arguments of `func`, drawn when they are first asked for. The range
  /// of indices follows from the ops that read them then, so ask before passes
  /// have hidden those.
  std::vector<Tensor> get(mlir::func::FuncOp func);

  /// Makes `tensor` the value of a key from now on.
  void set(llvm::StringRef key, Tensor tensor) {
    values[key] = std::move(tensor);
  }
  Tensor at(llvm::StringRef key) const { return values.lookup(key); }

private:
  Tensor draw(mlir::BlockArgument argument, llvm::StringRef key);

  uint64_t seed;
  llvm::StringMap<Tensor> values;
};

} // namespace kiln

#endif // KILN_CHECK_INPUTS_H
