//===- Bench.cpp - kiln bench ---------------------------------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// Compiles a model twice, fused and unfused, links both into one program with
// the runtime's benchmark and runs it: both kinds alternate on the same data.
//
//===----------------------------------------------------------------------===//

#include "tools/kiln/Commands.h"
#include "tools/kiln/CompileFlags.h"

#include "llvm/Support/Program.h"

using namespace kiln;
namespace cl = llvm::cl;

/// Runs the benchmark and returns its exit code, or our own if it crashed.
static int runProgram(llvm::StringRef program,
                      llvm::ArrayRef<std::string> arguments) {
  llvm::SmallVector<llvm::StringRef> references = {program};
  llvm::append_range(references, arguments);
  std::string reason;
  int code = llvm::sys::ExecuteAndWait(program, references, std::nullopt, {}, 0,
                                       0, &reason);
  if (code >= 0)
    return code;
  reportError("the benchmark did not end well: " + reason);
  return int(ExitCode::Bug);
}

int kiln::runBench(int argc, char **argv) {
  // One of LLVM's own flags has this name.
  if (cl::Option *taken = cl::getRegisteredOptions().lookup("threads"))
    taken->removeArgument();
  CompileFlags flags;
  cl::opt<bool> json("json", cl::desc("print JSON instead of a table"),
                     cl::cat(getCategory()));
  cl::opt<std::string> data("data", cl::value_desc("dir"),
                            cl::desc("the data folder, as for the trainer"),
                            cl::cat(getCategory()));
  cl::opt<std::string> threads("threads", cl::value_desc("n"),
                               cl::desc("threads to run on"),
                               cl::cat(getCategory()));
  cl::opt<std::string> blocks(
      "blocks", cl::value_desc("n"),
      cl::desc("blocks of steps to time of each kind (default: 40)"),
      cl::cat(getCategory()));
  cl::opt<std::string> keep("o", cl::value_desc("file"),
                            cl::desc("keep the benchmark program here"),
                            cl::cat(getCategory()));
  if (!parseArguments(argc, argv, "time fused against unfused kernels\n"))
    return int(ExitCode::Usage);
  std::optional<CompileOptions> options = flags.get();
  if (!options)
    return int(ExitCode::Usage);

  std::optional<TemporaryFile> objects[2];
  for (bool fuse : {true, false}) {
    options->stamps = true;
    options->fusion.fuse = fuse;
    options->symbol = fuse ? "kiln_fused_model" : "kiln_unfused_model";
    std::unique_ptr<mlir::MLIRContext> context = createContext();
    ExitCode code = compileToObject(*context, *options, objects[!fuse]);
    if (code != ExitCode::Success)
      return int(code);
  }
  llvm::Expected<TemporaryFile> program = TemporaryFile::create("");
  if (!program) {
    reportError(llvm::toString(program.takeError()));
    return int(ExitCode::IO);
  }
  std::string path = keep.empty() ? program->getPath().str() : keep;
  LinkOptions linking;
  linking.archives.insert(linking.archives.begin(), "libkiln_bench.a");
  if (llvm::Error error =
          link({objects[0]->getPath().str(), objects[1]->getPath().str()}, path,
               getMainProgram(), linking)) {
    reportError(llvm::toString(std::move(error)));
    return int(ExitCode::IO);
  }
  std::vector<std::string> arguments;
  if (json)
    arguments.push_back("--json");
  if (!data.empty())
    llvm::append_values(arguments, std::string("--data"), data.getValue());
  if (!threads.empty())
    llvm::append_values(arguments, std::string("--threads"),
                        threads.getValue());
  if (!blocks.empty())
    llvm::append_values(arguments, std::string("--blocks"), blocks.getValue());
  return runProgram(path, arguments);
}
