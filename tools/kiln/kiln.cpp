//===- kiln.cpp - The compiler as a program -------------------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "tools/kiln/Commands.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/raw_ostream.h"

namespace {
struct Command {
  llvm::StringLiteral name;
  int (*run)(int argc, char **argv);
  llvm::StringLiteral what;
};
} // namespace

static constexpr Command commands[] = {
    {"convert", kiln::runConvert, "write a model file as a binary one"},
    {"interpret", kiln::runInterpret, "run IR in the reference interpreter"},
};

static void printUsage(llvm::raw_ostream &os) {
  os << "usage: kiln COMMAND [OPTIONS], where COMMAND is one of\n";
  for (const Command &command : commands)
    os << llvm::formatv("  {0,-10} {1}\n", command.name, command.what);
  os << "kiln COMMAND --help explains one.\n";
}

int main(int argc, char **argv) {
  llvm::InitLLVM setUp(argc, argv);
  llvm::StringRef name = argc > 1 ? argv[1] : "";
  if (name == "--help" || name == "-h" || name == "help") {
    printUsage(llvm::outs());
    return 0;
  }
  for (const Command &command : commands)
    if (name == command.name)
      return command.run(argc - 1, argv + 1);
  if (!name.empty())
    llvm::errs() << "kiln: unknown command '" << name << "'\n";
  printUsage(llvm::errs());
  return 2;
}
