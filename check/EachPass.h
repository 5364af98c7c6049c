//===- EachPass.h - The interpreter after every pass ------------*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// Watches pass managers and, whenever a pass has changed a function, interprets
// it on the same inputs as before, in f64 and in f32. The first pass that
// changes a result beyond its promise (passes/Effects.h) is named.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_CHECK_EACHPASS_H
#define KILN_CHECK_EACHPASS_H

#include "check/Results.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "mlir/Pass/PassManager.h"
#include "passes/Effects.h"
#include "llvm/Support/raw_ostream.h"

#include <optional>

namespace kiln {

/// What was seen of one pass.
struct PassRecord {
  std::string pass;
  Effect effect = Effect::Exact;
  /// The functions that it changed.
  std::vector<std::string> functions;
  /// Results compared, and the largest error in f64 as a share of the norm.
  unsigned compared = 0;
  double error = 0.0;
  bool passed = true;
};

/// The first broken promise.
struct PassFinding {
  std::string pass, function, result;
  /// `differs by 1e-3 of its norm, 0 allowed`.
  std::string what;
  /// `builtin.module(func.func(kiln-tile-scans{rows=8}))`.
  std::string pipeline;
  /// The module before that pass, as small as it still shows the mistake.
  mlir::OwningOpRef<mlir::ModuleOp> before;
};

class EachPass {
public:
  explicit EachPass(Inputs inputs) : inputs(std::move(inputs)) {}

  /// Watches `pm`, which runs on one module after another of the same name, in
  /// a context without threads; this must outlive it.
  void watch(mlir::PassManager &pm);

  llvm::ArrayRef<PassRecord> getRecords() const { return records; }
  std::optional<PassFinding> &getFinding() { return finding; }

  /// Prints a line a pass.
  void print(llvm::raw_ostream &os) const;

private:
  class Instrumentation;
  friend class Instrumentation;

  /// Results of one function in f64 and in f32.
  struct Snapshot {
    Results f64, f32;
  };

  void before(mlir::Pass *pass, mlir::Operation *op);
  void after(mlir::Pass *pass, mlir::Operation *op);
  bool takeSnapshot(mlir::func::FuncOp func, Snapshot &snapshot);
  void compare(llvm::StringRef function, const Snapshot &now,
               PassRecord &record);
  void compareResult(llvm::StringRef function, llvm::StringRef result,
                     const Tensor &was, const Tensor &is, bool isF64,
                     double allowed, PassRecord &record);
  void checkPrograms(mlir::ModuleOp module, PassRecord &record);
  void checkUpdates(mlir::ModuleOp module, const Results &before,
                    const Results &after, PassRecord &record);
  void report(llvm::StringRef function, llvm::StringRef result,
              const llvm::Twine &what);

  Inputs inputs;
  std::map<std::string, Snapshot> snapshots;
  std::vector<PassRecord> records;
  /// Where the record of a pass of the present pass manager stands.
  llvm::DenseMap<mlir::Pass *, size_t> numbers;
  std::optional<PassFinding> finding;
  /// Nothing that the interpreter knows is left.
  bool isLowered = false;
  /// The module before the pass that runs.
  mlir::OwningOpRef<mlir::ModuleOp> previous;
  std::map<std::string, mlir::OperationFingerPrint> fingerprints;
};

/// Makes a finding's module smaller while the pass still breaks its promise:
/// one function, one result, no op that it does not need.
void reduceFinding(PassFinding &finding, const Inputs &inputs);

/// Writes the module before a pass with the pass's pipeline, as `kiln-opt
/// --run-reproducer` and `kiln check --each-pass` take it.
void writeReproducer(const PassFinding &finding, llvm::raw_ostream &os);

} // namespace kiln

#endif // KILN_CHECK_EACHPASS_H
