//===- Check.cpp - kiln check ---------------------------------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "ir/KilnOps.h"
#include "passes/GradientCheck.h"
#include "passes/Passes.h"
#include "tools/kiln/Commands.h"
#include "tools/kiln/CompileFlags.h"

#include "mlir/Parser/Parser.h"
#include "llvm/Support/SourceMgr.h"

#include <set>

using namespace kiln;
namespace cl = llvm::cl;

/// Checks one function and prints its table.
static ExitCode checkFunction(mlir::func::FuncOp func,
                              const GradientCheckOptions &options) {
  llvm::FailureOr<std::vector<TensorCheck>> checks =
      checkGradients(func, options);
  if (failed(checks))
    return ExitCode::User;
  llvm::outs() << "gradients of @" << func.getName() << "\n";
  printGradientChecks(*checks, llvm::outs());
  for (const TensorCheck &check : *checks)
    if (!check.passed()) {
      llvm::errs() << "kiln check: the gradient by '" << check.name
                   << "' differs from its finite difference\n";
      return ExitCode::User;
    }
  return ExitCode::Success;
}

/// Checks every function of a file of kiln ops, and adds the ops that it holds
/// to `covered`.
static ExitCode checkIR(llvm::StringRef file, mlir::MLIRContext &context,
                        const GradientCheckOptions &options,
                        std::set<std::string> &covered) {
  llvm::SourceMgr sources;
  mlir::SourceMgrDiagnosticHandler handler(sources, &context);
  auto module = mlir::parseSourceFile<mlir::ModuleOp>(file, sources, &context);
  if (!module)
    return ExitCode::User;
  module->walk([&](mlir::Operation *op) {
    covered.insert(op->getName().getStringRef().str());
  });
  for (auto func : module->getOps<mlir::func::FuncOp>())
    if (ExitCode code = checkFunction(func, options); code != ExitCode::Success)
      return code;
  return ExitCode::Success;
}

/// Names the ops with a gradient rule that no checked file held.
static ExitCode reportUncovered(mlir::MLIRContext &context,
                                const std::set<std::string> &covered) {
  context.loadDialect<KilnDialect>();
  ExitCode code = ExitCode::Success;
  for (mlir::RegisteredOperationName name : context.getRegisteredOperations()) {
    if (!name.hasInterface<DifferentiableOpInterface>() ||
        covered.count(name.getStringRef().str()))
      continue;
    llvm::errs() << "kiln check: no function checks the gradient of '"
                 << name.getStringRef() << "'\n";
    code = ExitCode::User;
  }
  return code;
}

/// Checks the training step of a model, in a batch small enough to be quick.
static ExitCode checkModel(CompileOptions options, mlir::MLIRContext &context,
                           const GradientCheckOptions &check) {
  if (!options.batchSize)
    options.batchSize = 4;
  Compiler compiler(context, options);
  if (ExitCode code = compiler.load(); code != ExitCode::Success)
    return code;
  mlir::PassManager pm(&context);
  pm.addPass(createBuildPrograms());
  if (failed(pm.run(compiler.getModule())))
    return ExitCode::User;
  auto func =
      compiler.getModule().lookupSymbol<mlir::func::FuncOp>(funcs::trainStep);
  return checkFunction(func, check);
}

int kiln::runCheck(int argc, char **argv) {
  CompileFlags flags;
  cl::opt<uint64_t> seed("seed", cl::desc("of the random numbers (0)"),
                         cl::init(0), cl::cat(getCategory()));
  cl::list<std::string> more(cl::Positional, cl::desc("FILE.mlir..."),
                             cl::cat(getCategory()));
  cl::opt<bool> allOps("all-ops",
                       cl::desc("fail if an op with a gradient rule is in "
                                "none of the files"),
                       cl::cat(getCategory()));
  if (!parseArguments(argc, argv,
                      "compare the gradients of a model's loss, or of files "
                      "of kiln ops, with finite differences\n"))
    return int(ExitCode::Usage);
  std::optional<CompileOptions> options = flags.get();
  if (!options)
    return int(ExitCode::Usage);
  GradientCheckOptions check;
  check.seed = seed;

  std::unique_ptr<mlir::MLIRContext> context = createContext();
  std::vector<std::string> files = {options->model};
  files.insert(files.end(), more.begin(), more.end());
  std::set<std::string> covered;
  for (const std::string &file : files) {
    ExitCode code;
    if (llvm::StringRef(file).ends_with(".mlir")) {
      code = checkIR(file, *context, check, covered);
    } else {
      options->model = file;
      code = checkModel(*options, *context, check);
    }
    if (code != ExitCode::Success)
      return int(code);
  }
  return int(allOps ? reportUncovered(*context, covered) : ExitCode::Success);
}
