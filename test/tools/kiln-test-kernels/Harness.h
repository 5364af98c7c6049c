//===- Harness.h - Runs compiled groups beside the interpreter --*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// Functions of a test file consist of `kiln.fusion` and `kiln.reshape`. Their
// attributes say what is asked:
//
//   test.tolerance = f64   largest difference from the f64 interpreter, as a
//                          share of the tensor's largest element
//   test.ulps = f64        instead: largest difference of an element, in units
//                          in the last place of f32
//   test.exact             equal to the f32 interpreter, but for the signs of 0
//                          and NaN
//
// of arguments:
//
//   test.range = [a, b]    uniform between a and b (f32: [-1, 1]; integers:
//                          [0, 3])
//   test.zeros = f64       the share of its f32 numbers that are 0
//   test.sweep = [a, b]    f32, evenly over the representable numbers from a to
//                          b, both included
//   test.values = [...]    these, over and over
//
// and of results:
//
//   test.donates = i       the result is written over argument i
//
//===----------------------------------------------------------------------===//

#ifndef KILN_TEST_TOOLS_KERNELS_HARNESS_H
#define KILN_TEST_TOOLS_KERNELS_HARNESS_H

#include "codegen/Target.h"
#include "ir/Interpreter.h"
#include "ir/KilnOps.h"
#include "mlir/IR/BuiltinOps.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace kiln::test {

/// Arguments for `function`, the same ones at every run.
std::vector<Tensor> makeArguments(mlir::func::FuncOp function);

/// The groups of a module, compiled.
class Kernels {
public:
  /// Lowers every group of `module` under its `choice`th partition (or its last
  /// one) and compiles them for `target`. Emits diagnostics on failure.
  static std::unique_ptr<Kernels>
  compile(mlir::ModuleOp module, const Target &target, unsigned choice);
  ~Kernels();

  /// Runs the groups of `function` for `threads` threads, one after another,
  /// the last thread first. Memory ends where no access is allowed. Each thread
  /// also runs alone: what it touches beyond the group's `Access` is put down
  /// in `violation`.
  std::vector<Tensor> run(mlir::func::FuncOp function,
                          llvm::ArrayRef<Tensor> arguments, unsigned threads,
                          std::string &violation) const;

private:
  struct State;
  Kernels();
  std::unique_ptr<State> state;
};

/// The largest number of partitions that a group of `module` has.
unsigned countChoices(mlir::ModuleOp module);

/// The largest error of a result, in the unit that `function` asks for, and
/// what it may be.
struct Verdict {
  double error = 0, bound = 0;
  /// Empty, or what is wrong, and where.
  std::string failure;
};

/// Compares results of compiled code with those of the interpreter.
Verdict compare(mlir::func::FuncOp function, llvm::ArrayRef<Tensor> compiled,
                llvm::ArrayRef<Tensor> f32, llvm::ArrayRef<Tensor> f64,
                double defaultTolerance);

/// Empty if all numbers are the same (NaNs are), or where the first one
/// differs.
std::string compareBits(llvm::ArrayRef<Tensor> first,
                        llvm::ArrayRef<Tensor> second);

} // namespace kiln::test

#endif // KILN_TEST_TOOLS_KERNELS_HARNESS_H
