//===- Interpret.cpp - kiln interpret -------------------------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "ir/InterpretModule.h"
#include "tools/kiln/Commands.h"
#include "tools/kiln/CompileFlags.h"
#include "tools/kiln/InterpretModel.h"

#include "mlir/Parser/Parser.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/SourceMgr.h"

using namespace kiln;
namespace cl = llvm::cl;

static ExitCode interpretIR(llvm::StringRef file, llvm::StringRef function,
                            Precision precision, mlir::MLIRContext &context) {
  llvm::SourceMgr sources;
  mlir::SourceMgrDiagnosticHandler handler(sources, &context);
  auto module = mlir::parseSourceFile<mlir::ModuleOp>(file, sources, &context);
  if (!module ||
      failed(interpretModule(*module, function, precision, llvm::outs())))
    return ExitCode::User;
  return ExitCode::Success;
}

int kiln::runInterpret(int argc, char **argv) {
  CompileFlags flags;
  cl::opt<Precision> precision(
      "precision", cl::desc("how results are rounded (f32)"),
      cl::values(clEnumValN(Precision::F32, "f32", "after each op"),
                 clEnumValN(Precision::F64, "f64", "not beyond f64")),
      cl::init(Precision::F32), cl::cat(getCategory()));
  cl::opt<std::string> function(
      "function", cl::value_desc("name"),
      cl::desc("of a file of kiln ops: this function alone; of a model: "
               "train_step, gradients or predict"),
      cl::cat(getCategory()));
  auto define = [](llvm::StringRef name, const char *what) {
    return cl::opt<std::string>(name, cl::value_desc("file"), cl::desc(what),
                                cl::cat(getCategory()));
  };
  cl::opt<int64_t> steps("steps", cl::init(1), cl::value_desc("n"),
                         cl::desc("of a model: training steps to run (1)"),
                         cl::cat(getCategory()));
  auto inputs = define("inputs", "of a model: samples, .npy");
  auto targets = define("targets", "of a model: their targets, .npy");
  auto weights = define("weights", "of a model: safetensors to start from");
  auto output = define("output", "of a model: safetensors to write the weights "
                                 "and slots, the gradients or the "
                                 "predictions to");
  if (!parseArguments(argc, argv,
                      "run functions of kiln ops, or training steps of a "
                      "model, in the reference interpreter\n"))
    return int(ExitCode::Usage);
  std::optional<CompileOptions> compile = flags.get();
  if (!compile)
    return int(ExitCode::Usage);

  std::unique_ptr<mlir::MLIRContext> context = createContext();
  if (llvm::StringRef(compile->model).ends_with(".mlir"))
    return int(interpretIR(compile->model, function, precision, *context));

  if (!function.empty() && function != "train_step" &&
      function != "gradients" && function != "predict") {
    reportError("expected --function=train_step, gradients or predict, got " +
                function);
    return int(ExitCode::Usage);
  }
  bool predict = function == "predict";
  for (const auto *file : {&inputs, &targets, &weights})
    if (file->empty() && !(predict && file == &targets)) {
      reportError("expected --" + file->ArgStr + "=FILE, got none");
      return int(ExitCode::Usage);
    }
  if (steps < 1) {
    reportError("expected --steps of at least 1, got " + llvm::Twine(steps));
    return int(ExitCode::Usage);
  }
  InterpretModelOptions options;
  options.compile = *compile;
  options.precision = precision;
  options.steps = steps;
  options.gradients = function == "gradients";
  options.predict = predict;
  options.inputs = inputs;
  options.targets = targets;
  options.weights = weights;
  options.output = output;
  return int(interpretModel(*context, options));
}
