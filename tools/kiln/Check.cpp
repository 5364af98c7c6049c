//===- Check.cpp - kiln check ---------------------------------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "check/CompiledCheck.h"
#include "check/EachPass.h"
#include "ir/KilnOps.h"
#include "passes/GradientCheck.h"
#include "passes/Passes.h"
#include "tools/kiln/Commands.h"
#include "tools/kiln/CompileFlags.h"

#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassRegistry.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/SourceMgr.h"

#include <set>

using namespace kiln;
namespace cl = llvm::cl;

namespace {
struct CheckOptions {
  GradientCheckOptions gradients;
  bool eachPass = false;
  /// Of a file of IR: the passes to watch.
  std::string pipeline;
  /// Where a module goes that a pass makes wrong.
  std::string reproducer;
};
} // namespace

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

/// Prints what was seen of each pass; writes what shows the first mistake.
static ExitCode reportPasses(EachPass &checker, const Inputs &inputs,
                             llvm::StringRef reproducer) {
  checker.print(llvm::outs());
  if (!checker.getFinding())
    return ExitCode::Success;
  PassFinding &finding = *checker.getFinding();
  llvm::errs() << "kiln check: " << finding.pass << " is wrong: '"
               << finding.result << "' of @" << finding.function << " "
               << finding.what << "\n";
  reduceFinding(finding, inputs);
  std::error_code error;
  llvm::raw_fd_ostream file(reproducer, error);
  if (error) {
    reportError("cannot write " + reproducer + ": " + error.message());
    return ExitCode::IO;
  }
  writeReproducer(finding, file);
  llvm::errs() << "kiln check: the module before it is in " << reproducer
               << "\n";
  return ExitCode::Bug;
}

/// Runs a pipeline on a file of IR, the interpreter after each of its passes.
static ExitCode checkPipeline(mlir::ModuleOp module,
                              const CompileOptions &compile,
                              const CheckOptions &options) {
  Inputs inputs(options.gradients.seed);
  EachPass checker(inputs);
  mlir::FailureOr<mlir::OpPassManager> passes =
      mlir::parsePassPipeline(options.pipeline);
  if (failed(passes))
    return ExitCode::Usage;
  mlir::PassManager pm(module.getContext());
  static_cast<mlir::OpPassManager &>(pm) = *passes;
  if (compile.configure)
    compile.configure(pm);
  checker.watch(pm);
  if (failed(pm.run(module)))
    return ExitCode::User;
  return reportPasses(checker, inputs, options.reproducer);
}

/// Checks every function of a file of kiln ops, and adds the ops that it holds
/// to `covered`.
static ExitCode checkIR(llvm::StringRef file, mlir::MLIRContext &context,
                        const CompileOptions &compile,
                        const CheckOptions &options,
                        std::set<std::string> &covered) {
  llvm::SourceMgr sources;
  mlir::SourceMgrDiagnosticHandler handler(sources, &context);
  auto module = mlir::parseSourceFile<mlir::ModuleOp>(file, sources, &context);
  if (!module)
    return ExitCode::User;
  module->walk([&](mlir::Operation *op) {
    covered.insert(op->getName().getStringRef().str());
  });
  if (options.eachPass)
    return checkPipeline(*module, compile, options);
  for (auto func : module->getOps<mlir::func::FuncOp>())
    if (ExitCode code = checkFunction(func, options.gradients);
        code != ExitCode::Success)
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

/// Compiles the model, the interpreter after each pass, and runs it.
static ExitCode checkCompiled(Compiler &compiler, const CompileOptions &compile,
                              const CheckOptions &options) {
  Inputs inputs(options.gradients.seed);
  EachPass checker(inputs);
  std::unique_ptr<InProcess> compiled =
      InProcess::compile(compiler.getModule(), compile.fusion,
                         compiler.getTarget(), [&](mlir::PassManager &pm) {
                           if (options.eachPass)
                             checker.watch(pm);
                         });
  if (!compiled)
    return ExitCode::Bug;
  if (options.eachPass)
    if (ExitCode code = reportPasses(checker, inputs, options.reproducer);
        code != ExitCode::Success)
      return code;

  CompiledCheck check(compiler.getModule(), inputs);
  if (failed(check.prepare()))
    return ExitCode::Bug;
  auto comparisons = check.compare(*compiled, /*steps=*/3);
  if (failed(comparisons))
    return ExitCode::Bug;
  llvm::outs() << "compiled gradients of @train_step\n";
  printCompiledGradients(*comparisons, llvm::outs());
  ExitCode code = ExitCode::Success;
  for (const Comparison &comparison : *comparisons)
    if (comparison.diverges()) {
      llvm::errs() << "kiln check: '" << comparison.tensor << "' of "
                   << comparison.program
                   << " leaves f32 in the interpreter, too: nothing to "
                      "compare with\n";
      if (code == ExitCode::Success)
        code = ExitCode::User;
    } else if (!comparison.passed()) {
      llvm::errs() << "kiln check: compiled, '" << comparison.tensor << "' of "
                   << comparison.program << " is off by "
                   << llvm::formatv("{0:e2}, {1:e2} allowed\n",
                                    comparison.error, comparison.allowed);
      code = ExitCode::Bug;
    }
  std::vector<std::string> differences =
      check.compareBits(*compiled, *compiled);
  for (const std::string &difference : differences)
    llvm::errs() << "kiln check: " << difference << "\n";
  llvm::outs() << llvm::formatv(
      "{0} results of compiled programs compared; memory and threads: {1}\n",
      comparisons->size(), differences.empty() ? "ok" : "WRONG");
  return differences.empty() ? code : ExitCode::Bug;
}

/// Checks a model, in a batch small enough to be quick.
static ExitCode checkModel(CompileOptions compile, mlir::MLIRContext &context,
                           const CheckOptions &options) {
  if (!compile.batchSize)
    compile.batchSize = 4;
  Compiler compiler(context, compile);
  if (ExitCode code = compiler.load(); code != ExitCode::Success)
    return code;
  mlir::OwningOpRef<mlir::ModuleOp> programs(compiler.getModule().clone());
  mlir::PassManager pm(&context);
  pm.addPass(createBuildPrograms());
  if (failed(pm.run(*programs)))
    return ExitCode::User;
  auto func = programs->lookupSymbol<mlir::func::FuncOp>(funcs::trainStep);
  if (ExitCode code = checkFunction(func, options.gradients);
      code != ExitCode::Success)
    return code;
  return checkCompiled(compiler, compile, options);
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
  cl::opt<bool> eachPass("each-pass",
                         cl::desc("interpret the module after every pass and "
                                  "name the first that is wrong"),
                         cl::cat(getCategory()));
  cl::opt<std::string> pipeline(
      "pipeline", cl::value_desc("passes"),
      cl::desc("of IR, with --each-pass: the passes, as kiln-opt's "
               "--pass-pipeline"),
      cl::cat(getCategory()));
  cl::opt<std::string> reproducer(
      "reproducer", cl::value_desc("file"), cl::init("kiln-reproducer.mlir"),
      cl::desc("where to write the module before a wrong pass "
               "(kiln-reproducer.mlir)"),
      cl::cat(getCategory()));
  cl::opt<int64_t> sequenceLength(
      "sequence-length", cl::init(0), cl::value_desc("n"),
      cl::desc("steps of the model's sequences, instead of the model file's"),
      cl::cat(getCategory()));
  if (!parseArguments(argc, argv,
                      "compare the gradients of a model's loss, or of files "
                      "of kiln ops, with finite differences; what is compiled "
                      "with the interpreter\n"))
    return int(ExitCode::Usage);
  std::optional<CompileOptions> options = flags.get();
  if (!options)
    return int(ExitCode::Usage);
  if (sequenceLength.getNumOccurrences()) {
    if (sequenceLength < 1) {
      reportError("expected --sequence-length of at least 1, got " +
                  llvm::Twine(sequenceLength));
      return int(ExitCode::Usage);
    }
    options->sequenceLength = sequenceLength;
  }
  CheckOptions check;
  check.gradients.seed = seed;
  check.eachPass = eachPass;
  check.pipeline = pipeline;
  check.reproducer = reproducer;

  std::unique_ptr<mlir::MLIRContext> context = createContext();
  std::vector<std::string> files = {options->model};
  files.insert(files.end(), more.begin(), more.end());
  std::set<std::string> covered;
  for (const std::string &file : files) {
    ExitCode code;
    if (llvm::StringRef(file).ends_with(".mlir")) {
      code = checkIR(file, *context, *options, check, covered);
    } else {
      options->model = file;
      code = checkModel(*options, *context, check);
    }
    if (code != ExitCode::Success)
      return int(code);
  }
  return int(allOps ? reportUncovered(*context, covered) : ExitCode::Success);
}
