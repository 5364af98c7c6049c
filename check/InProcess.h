//===- InProcess.h - Compiled programs, run inside the compiler -*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// Compiles a model as `kiln build` does, loads the object into this process and
// runs single steps of its programs, in memory of its own that shows mistakes:
//
// - Each block (state, arena, results, a thread's area) ends at a page without
//   access.
// - Before a step, all that it should write first holds a pattern. Results that
//   change with the pattern were made from something unwritten.
// - Threads run one at a time from barrier to barrier, in increasing or in
//   decreasing order. Where a barrier is missing, or values share memory that
//   live at the same time, the two orders give different results.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_CHECK_INPROCESS_H
#define KILN_CHECK_INPROCESS_H

#include "codegen/Target.h"
#include "ir/Interpreter.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/PassManager.h"
#include "passes/Pipelines.h"

#include <functional>
#include <memory>

namespace kiln {

/// How to run a step.
struct StepOptions {
  unsigned threads = 1;
  /// Of several threads the last one runs first.
  bool descending = false;
  /// What memory holds that nothing was written to yet.
  uint32_t pattern = 0x7fa5a5a5;
};

/// The programs of one model.
class InProcess {
public:
  ~InProcess();

  /// Compiles a module of the phase model, which stays as it is. `configure` is
  /// called for each pass manager. Null after a diagnostic.
  static std::unique_ptr<InProcess>
  compile(mlir::ModuleOp model, const FusionOptions &fusion,
          const Target &target,
          llvm::function_ref<void(mlir::PassManager &)> configure = {});

  /// The module in the phase fused, planned: what `run` takes arguments and
  /// gives results of.
  mlir::func::FuncOp getFunction(llvm::StringRef name) const;

  /// Runs one step of the program made from `@train_step`, `@evaluate` or
  /// `@predict`: the function's arguments to its results.
  std::vector<Tensor> run(llvm::StringRef function,
                          llvm::ArrayRef<Tensor> arguments,
                          const StepOptions &options) const;

private:
  struct State;
  explicit InProcess(std::unique_ptr<State> state);
  std::unique_ptr<State> state;
};

} // namespace kiln

#endif // KILN_CHECK_INPROCESS_H
