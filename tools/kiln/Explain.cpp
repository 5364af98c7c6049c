//===- Explain.cpp - kiln explain -----------------------------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "tools/kiln/Commands.h"
#include "tools/kiln/CompileFlags.h"

#include "codegen/Explain.h"
#include "ir/KilnDialect.h"
#include "passes/Remarks.h"

using namespace kiln;
namespace cl = llvm::cl;

int kiln::runExplain(int argc, char **argv) {
  CompileFlags flags;
  enum Program { Train, Evaluate, Predict };
  cl::opt<Program> which(
      "program", cl::desc("the program to explain"), cl::init(Train),
      cl::values(clEnumValN(Train, "train", "a training step (default)"),
                 clEnumValN(Evaluate, "evaluate", "loss and metrics"),
                 clEnumValN(Predict, "predict", "outputs alone")),
      cl::cat(getCategory()));
  if (!parseArguments(argc, argv,
                      "say what was fused and what was not, and where values "
                      "live\n"))
    return int(ExitCode::Usage);
  std::optional<CompileOptions> options = flags.get();
  if (!options)
    return int(ExitCode::Usage);

  std::unique_ptr<mlir::MLIRContext> context = createContext();
  Compiler compiler(*context, *options);
  ExitCode code = compiler.load();
  if (code != ExitCode::Success)
    return int(code);
  compiler.getModule()->setAttr(attrs::explain,
                                mlir::UnitAttr::get(context.get()));
  std::vector<Remark> remarks;
  mlir::ScopedDiagnosticHandler listener(
      context.get(), [&](mlir::Diagnostic &diagnostic) {
        if (diagnostic.getSeverity() != mlir::DiagnosticSeverity::Remark)
          return mlir::failure();
        remarks.push_back({diagnostic.getLocation(), diagnostic.str()});
        return mlir::success();
      });
  code = compiler.runTo(Phase::Fused);
  if (code == ExitCode::Success)
    code = compiler.plan();
  if (code != ExitCode::Success)
    return int(code);
  static constexpr llvm::StringLiteral names[] = {
      funcs::trainStep, funcs::evaluate, funcs::predict};
  llvm::outs() << compiler.getModel().name << ": @" << names[which] << "\n";
  explain(compiler.getModule().lookupSymbol<mlir::func::FuncOp>(names[which]),
          remarks, llvm::outs());
  return int(ExitCode::Success);
}
