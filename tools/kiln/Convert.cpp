//===- Convert.cpp - kiln convert -----------------------------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "frontend/BinaryModel.h"
#include "frontend/ModelImporter.h"
#include "frontend/ModelReader.h"
#include "tools/kiln/Commands.h"

#include "llvm/Support/Error.h"

using namespace kiln;

static constexpr llvm::StringLiteral usage =
    R"(usage: kiln convert MODEL -o FILE [--werror]

Writes a model file as a binary one (.kmodel), which every kiln command takes
in place of the TOML file.

  -o FILE     where to write
  --werror    treat warnings as errors
)";

static int reportUsage(const llvm::Twine &message) {
  llvm::errs() << "kiln convert: " << message << "; see kiln convert --help\n";
  return 2;
}

int kiln::runConvert(int argc, char **argv) {
  llvm::StringRef input, output;
  bool werror = false;
  for (int i = 1; i < argc; ++i) {
    llvm::StringRef argument = argv[i];
    if (argument == "--help" || argument == "-h") {
      llvm::outs() << usage;
      return 0;
    }
    if (argument == "--werror") {
      werror = true;
    } else if (argument == "-o") {
      if (++i == argc)
        return reportUsage("expected a file after -o");
      output = argv[i];
    } else if (argument.starts_with("-")) {
      return reportUsage("unknown option '" + argument + "'");
    } else if (!input.empty()) {
      return reportUsage("expected one model file, got '" + argument + "' too");
    } else {
      input = argument;
    }
  }
  if (input.empty())
    return reportUsage("expected a model file");
  if (output.empty())
    return reportUsage("expected -o FILE");

  Diagnostics diagnostics(werror);
  std::unique_ptr<model::ModelT> model = loadModel(input, diagnostics);
  // What is written builds: shapes are checked on the way into IR.
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  if (model && !importModel(*model, context, ImportOptions(), diagnostics))
    model = nullptr;
  diagnostics.print(llvm::errs());
  if (!model)
    return diagnostics.isUnreadable() ? 4 : 1;
  llvm::Error error =
      llvm::writeToOutput(output, [&](llvm::raw_ostream &os) -> llvm::Error {
        os << writeBinaryModel(*model);
        return llvm::Error::success();
      });
  if (error) {
    llvm::errs() << output << ": error: cannot write: "
                 << llvm::toString(std::move(error)) << '\n';
    return 4;
  }
  return 0;
}
