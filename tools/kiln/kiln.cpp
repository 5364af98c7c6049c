//===- kiln.cpp - From model files to native trainers ---------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "tools/kiln/Commands.h"

#include "codegen/Compiler.h"
#include "frontend/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/PrettyStackTrace.h"

using namespace kiln;

namespace {
struct Command {
  llvm::StringRef name;
  llvm::StringRef help;
  int (*run)(int argc, char **argv);
};
} // namespace

static constexpr Command commands[] = {
    {"build", "compile a model file to a native trainer", runBuild},
    {"dump", "print the IR of a model in one of its phases", runDump},
    {"convert", "write a model file as a binary one", runConvert},
    {"interpret", "run IR in the reference interpreter", runInterpret},
    {"check", "compare gradients with finite differences", runCheck},
    {"explain", "say what was fused, what was not, and where values live",
     runExplain},
    {"graph", "draw the layers with shapes, parameters and memory", runGraph},
    {"bench", "time fused against unfused kernels", runBench},
};

static void printHelp(llvm::raw_ostream &os) {
  os << "kiln compiles a neural network's model file to one native program\n"
        "that trains, evaluates and predicts.\n\n"
        "usage: kiln COMMAND ARGUMENTS...\n\n";
  for (const Command &command : commands)
    os << llvm::format("  %-10s ", command.name.data()) << command.help << "\n";
  os << "\n'kiln COMMAND --help' describes a command.\n";
}

int main(int argc, char **argv) {
  llvm::setBugReportMsg("kiln crashed; please report the model file, the "
                        "command line and what follows.\n");
  llvm::InitLLVM init(argc, argv);
  llvm::StringRef name = argc > 1 ? argv[1] : "";
  if (name == "--help" || name == "-h" || name == "help") {
    printHelp(llvm::outs());
    return int(ExitCode::Success);
  }
  if (name == "--version") {
    llvm::outs() << "kiln " KILN_VERSION " (LLVM " LLVM_VERSION_STRING ")\n";
    return int(ExitCode::Success);
  }
  const Command *found =
      llvm::find_if(commands, [&](const Command &s) { return s.name == name; });
  if (found != std::end(commands)) {
    std::string program = ("kiln " + name).str();
    argv[1] = program.data();
    return found->run(argc - 1, argv + 1);
  }
  if (name.empty()) {
    printHelp(llvm::errs());
    return int(ExitCode::Usage);
  }
  llvm::SmallVector<llvm::StringRef> names;
  for (const Command &command : commands)
    names.push_back(command.name);
  std::string hint = suggest(name, names);
  reportError("unknown command '" + name + "'" +
              (hint.empty() ? "" : " (hint: " + hint + ")"));
  return int(ExitCode::Usage);
}
