//===- Graph.cpp - kiln graph ---------------------------------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "tools/kiln/Commands.h"
#include "tools/kiln/CompileFlags.h"

#include "frontend/LayerGraph.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/ToolOutputFile.h"

using namespace kiln;
namespace cl = llvm::cl;

int kiln::runGraph(int argc, char **argv) {
  CompileFlags flags;
  cl::opt<std::string> output(
      "o", cl::init("-"), cl::value_desc("file"),
      cl::desc("the picture to write: .svg, or Graphviz's language (default, "
               "on standard output)"),
      cl::cat(getCategory()));
  if (!parseArguments(argc, argv,
                      "draw the layers with shapes, parameters and memory\n"))
    return int(ExitCode::Usage);
  std::optional<CompileOptions> options = flags.get();
  if (!options)
    return int(ExitCode::Usage);
  llvm::StringRef path(output);
  if (path != "-" && !path.ends_with(".svg") && !path.ends_with(".dot")) {
    reportError("expected a file named .svg or .dot, got '" + path + "'");
    return int(ExitCode::Usage);
  }

  std::unique_ptr<mlir::MLIRContext> context = createContext();
  Compiler compiler(*context, *options);
  ExitCode code = compiler.load();
  if (code != ExitCode::Success)
    return int(code);
  LayerGraph graph(compiler.getModel(), compiler.getModule());
  std::error_code error;
  llvm::ToolOutputFile file(path, error, llvm::sys::fs::OF_None);
  if (!error) {
    if (path.ends_with(".svg"))
      graph.printSvg(file.os());
    else
      graph.printDot(file.os());
    file.os().flush();
    error = file.os().error();
    file.os().clear_error();
  }
  if (error) {
    reportError("cannot write " + path + ": " + error.message());
    return int(ExitCode::IO);
  }
  file.keep();
  return int(ExitCode::Success);
}
