//===- Interpret.cpp - kiln interpret -------------------------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "ir/InterpretModule.h"
#include "tools/RegisterAll.h"
#include "tools/kiln/Commands.h"

#include "mlir/Parser/Parser.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/ToolOutputFile.h"

using namespace kiln;

static constexpr llvm::StringLiteral usage =
    R"(usage: kiln interpret FILE.mlir [OPTIONS]

Runs functions of kiln ops in the reference interpreter and prints each result.

  --function=NAME       only this function (otherwise all without arguments)
  --precision=f32|f64   how results are rounded (f32)
)";

namespace {
struct Options {
  llvm::StringRef file, function;
  Precision precision = Precision::F32;
};
} // namespace

static int reportUsage(const llvm::Twine &what) {
  llvm::errs() << "kiln interpret: " << what << '\n' << usage;
  return 2;
}

static int interpretIR(const Options &options) {
  mlir::DialectRegistry registry;
  registerAllDialects(registry);
  mlir::MLIRContext context(registry);
  llvm::SourceMgr sources;
  mlir::SourceMgrDiagnosticHandler handler(sources, &context);
  auto module =
      mlir::parseSourceFile<mlir::ModuleOp>(options.file, sources, &context);
  if (!module || failed(interpretModule(*module, options.function,
                                        options.precision, llvm::outs())))
    return 1;
  return 0;
}

int kiln::runInterpret(int argc, char **argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    llvm::StringRef argument = argv[i];
    if (argument == "--help") {
      llvm::outs() << usage;
      return 0;
    }
    if (argument.consume_front("--function="))
      options.function = argument;
    else if (argument == "--precision=f32")
      options.precision = Precision::F32;
    else if (argument == "--precision=f64")
      options.precision = Precision::F64;
    else if (argument.starts_with("-") && argument != "-")
      return reportUsage("unknown option '" + argument + "'");
    else if (options.file.empty())
      options.file = argument;
    else
      return reportUsage("expected one file, got '" + argument + "' as well");
  }
  if (options.file.empty())
    return reportUsage("expected a file");
  return interpretIR(options);
}
