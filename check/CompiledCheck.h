//===- CompiledCheck.h - Compiled programs against the oracle ---*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// Compares what compiled programs compute with the reference interpreter on the
// programs as autodiff leaves them, before any schedule or fusion.
//
// A tensor may be off by 1e-5 of its norm in f64, and by four times what code
// in f32 loses that keeps to every stated bound. The interpreter in f32 is such
// code, but a good one: its elementary functions are exact to half a unit in
// the last place, those of kernels to up to 5.2, and what it loses of a few
// numbers may by chance be nearly nothing. So where its own loss is not enough,
// it is the root mean square of eight draws in which roundings go up or down at
// random and elementary functions are off by up to their bounds (Interpreter).
// Each of several training steps starts from the state that compiled code left,
// so errors do not add up. A slot may be off by what the optimizer's formula
// makes of a gradient's error, not by a share of its own norm: the old slot and
// the gradient may cancel, and what is left is small without having been
// computed better. New parameters are compared with the formula on the compiled
// slots: Adam divides by numbers that may be as small as rounding errors.
//
// Where the interpreter's own numbers are not finite, in f64 or in f32, there
// is nothing to compare with: that is no success, but a verdict of its own.
//
// Compiled code returns no gradients. They are read from what a step with large
// learning rate subtracts, or from a slot that was 0.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_CHECK_COMPILEDCHECK_H
#define KILN_CHECK_COMPILEDCHECK_H

#include "check/InProcess.h"
#include "check/Results.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/Support/raw_ostream.h"

#include <cmath>
#include <map>

namespace kiln {

/// One tensor of one program, compared.
struct Comparison {
  /// `gradients`, `step 1`, `evaluate`, `predict`.
  std::string program;
  std::string tensor;
  /// The norm of the difference, of what is allowed, of the tensor.
  double error = 0.0, allowed = 0.0, norm = 0.0;

  /// There is no finite reference: neither right nor wrong.
  bool diverges() const {
    return !(std::isfinite(norm) && std::isfinite(allowed));
  }
  /// Written so that a NaN fails.
  bool passed() const { return !diverges() && error <= allowed; }
};

/// The oracle of one model on one set of inputs.
class CompiledCheck {
public:
  /// `model` is in the phase model and must outlive this.
  CompiledCheck(mlir::ModuleOp model, Inputs inputs)
      : model(model), inputs(std::move(inputs)) {}

  /// Builds and interprets the reference. Fails after a diagnostic.
  llvm::LogicalResult prepare();

  /// Gradients, evaluation, prediction and `steps` training steps of `compiled`
  /// against the reference; no further steps after one that diverges.
  llvm::FailureOr<std::vector<Comparison>> compare(const InProcess &compiled,
                                                   unsigned steps);

  /// The results of `compiled` under further numbers and orders of threads and
  /// patterns of memory against those of `first` under one thread: what
  /// differs, one line each.
  std::vector<std::string> compareBits(const InProcess &first,
                                       const InProcess &compiled);

private:
  /// Results of a function in f64, and how far those in f32 are from them.
  struct Reference {
    llvm::StringRef function;
    Inputs inputs;
    Results f64;
    std::map<std::string, double> loss;
    /// Whether `loss` comes from draws of roundings.
    bool isDrawn = false;
    double getAllowed(const std::string &key) const;
  };
  llvm::FailureOr<Reference> interpret(llvm::StringRef function,
                                       Inputs &inputs) const;
  void drawRoundings(Reference &reference);
  /// Adds a comparison of a tensor that may be off by what `getAllowed` says.
  void add(Comparison comparison, Reference &reference,
           llvm::function_ref<double()> getAllowed,
           std::vector<Comparison> &comparisons);
  void compareGradients(const InProcess &compiled,
                        std::vector<Comparison> &comparisons);
  llvm::LogicalResult compareStep(const InProcess &compiled, Inputs &state,
                                  unsigned step,
                                  std::vector<Comparison> &comparisons);
  void compareResults(Reference &reference, const Results &results,
                      llvm::StringRef program,
                      std::vector<Comparison> &comparisons);

  mlir::ModuleOp model;
  Inputs inputs;
  mlir::OwningOpRef<mlir::ModuleOp> reference;
  mlir::Attribute optimizer;
  Reference train, evaluate, predict;
};

/// Prints a table of the comparisons of `gradients`.
void printCompiledGradients(llvm::ArrayRef<Comparison> comparisons,
                            llvm::raw_ostream &os);

} // namespace kiln

#endif // KILN_CHECK_COMPILEDCHECK_H
