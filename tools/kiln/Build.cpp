//===- Build.cpp - kiln build ---------------------------------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "tools/kiln/Commands.h"
#include "tools/kiln/CompileFlags.h"

using namespace kiln;
namespace cl = llvm::cl;

int kiln::runBuild(int argc, char **argv) {
  CompileFlags flags;
  cl::opt<std::string> output("o", cl::value_desc("file"),
                              cl::desc("the program to write; the model's name "
                                       "by default"),
                              cl::cat(getCategory()));
  cl::opt<bool> strip("s", cl::desc("leave out symbols and line numbers"),
                      cl::cat(getCategory()));
  cl::opt<bool> trace("trace",
                      cl::desc("threads report what they do: the program takes "
                               "--trace FILE"),
                      cl::cat(getCategory()));
  cl::opt<Sanitizer> sanitizer(
      "sanitize", cl::desc("have LLVM check what generated code touches:"),
      cl::init(Sanitizer::None),
      cl::values(clEnumValN(Sanitizer::Address, "address",
                            "addresses outside of all memory"),
                 clEnumValN(Sanitizer::Thread, "thread", "races of threads")),
      cl::cat(getCategory()));
  cl::opt<bool> checkBounds("check-bounds",
                            cl::desc("check every index of generated code"),
                            cl::cat(getCategory()));
  cl::opt<int64_t> omitBarrier(
      "omit-barrier", cl::desc("leave out this barrier, from 0, for a test"),
      cl::init(-1), cl::Hidden, cl::cat(getCategory()));
  cl::opt<bool> timing("timing",
                       cl::desc("print on stderr how long each phase took"),
                       cl::cat(getCategory()));
  if (!parseArguments(argc, argv, "compile a model file to a native trainer\n"))
    return int(ExitCode::Usage);
  std::optional<CompileOptions> options = flags.get();
  if (!options)
    return int(ExitCode::Usage);
  options->stamps = trace;
  options->sanitizer = sanitizer;
  options->checkBounds = checkBounds;
  options->omitBarrier = omitBarrier;
  Timing times;
  if (timing)
    options->timing = &times;

  std::unique_ptr<mlir::MLIRContext> context = createContext();
  std::optional<TemporaryFile> object;
  std::string name;
  ExitCode code = compileToObject(*context, *options, object, &name);
  if (code != ExitCode::Success)
    return int(code);

  LinkOptions linking;
  linking.strip = strip;
  linking.sanitizer = sanitizer;
  auto linkTimed = [&] {
    Timing::Scope time(options->timing, "link");
    return link({object->getPath().str()}, output.empty() ? name : output,
                getMainProgram(), linking);
  };
  if (llvm::Error error = linkTimed()) {
    reportError(llvm::toString(std::move(error)));
    return int(ExitCode::IO);
  }
  if (timing)
    times.print(llvm::errs());
  return int(ExitCode::Success);
}
