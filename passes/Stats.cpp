//===- Stats.cpp - What each pass did -------------------------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// LLVM's own statistics are compiled out of release builds, Debian's among
// them.
//
//===----------------------------------------------------------------------===//

#include "passes/Stats.h"

#include "ir/KilnOps.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "mlir/Pass/Pass.h"
#include "llvm/Support/Format.h"

using namespace mlir;
using namespace kiln;

namespace {
class PassStats : public PassInstrumentation {
public:
  explicit PassStats(llvm::raw_ostream &os) : os(os) {}

  void runBeforePass(Pass *pass, Operation *op) override {
    if (!isOurs(pass))
      return;
    if (!hasHeader)
      os << "pass                             on                ops    after"
            "  kernels\n";
    hasHeader = true;
    before = count(op).first;
  }

  void runAfterPass(Pass *pass, Operation *op) override {
    if (!isOurs(pass))
      return;
    auto [ops, kernels] = count(op);
    auto function = dyn_cast<FunctionOpInterface>(op);
    std::string name = pass->getArgument().str();
    std::string on = function ? function.getName().str() : "module";
    os << llvm::format("%-32s %-12s %8zu %8zu %8zu\n", name.c_str(), on.c_str(),
                       before, ops, kernels);
  }

private:
  /// Not the adaptors that run a pipeline on each function.
  static bool isOurs(Pass *pass) { return !pass->getArgument().empty(); }

  /// Operations and kernels in `op`, cells included.
  static std::pair<size_t, size_t> count(Operation *op) {
    size_t ops = 0, kernels = 0;
    op->walk([&](Operation *inner) {
      ++ops;
      kernels += isa<FusionOp>(inner);
    });
    return {ops, kernels};
  }

  llvm::raw_ostream &os;
  size_t before = 0;
  bool hasHeader = false;
};
} // namespace

std::unique_ptr<PassInstrumentation>
kiln::createPassStats(llvm::raw_ostream &os) {
  return std::make_unique<PassStats>(os);
}
