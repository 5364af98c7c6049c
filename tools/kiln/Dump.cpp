//===- Dump.cpp - kiln dump -----------------------------------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "tools/kiln/Commands.h"
#include "tools/kiln/CompileFlags.h"

using namespace kiln;
namespace cl = llvm::cl;

int kiln::runDump(int argc, char **argv) {
  CompileFlags flags;
  enum Level { Model, Train, Fused, Tiled, LLVM, Asm };
  cl::opt<Level> at(
      "at", cl::desc("the phase to stop at"), cl::init(Fused),
      cl::values(clEnumValN(Model, "model", "as imported"),
                 clEnumValN(Train, "train", "forward, backward and update"),
                 clEnumValN(Fused, "fused", "every op in a kernel (default)"),
                 clEnumValN(Tiled, "tiled", "buffers, loops, vectors, threads"),
                 clEnumValN(LLVM, "llvm", "the LLVM dialect"),
                 clEnumValN(Asm, "asm", "the processor's instructions")),
      cl::cat(getCategory()));
  if (!parseArguments(argc, argv,
                      "print the IR of a model in one of its phases\n"))
    return int(ExitCode::Usage);
  std::optional<CompileOptions> options = flags.get();
  if (!options)
    return int(ExitCode::Usage);

  std::unique_ptr<mlir::MLIRContext> context = createContext();
  Compiler compiler(*context, *options);
  ExitCode code = compiler.load();
  static constexpr Phase phases[] = {Phase::Model, Phase::Train, Phase::Fused,
                                     Phase::Tiled, Phase::LLVM,  Phase::LLVM};
  if (code == ExitCode::Success)
    code = compiler.runTo(phases[at]);
  if (code != ExitCode::Success)
    return int(code);
  if (at == Asm) {
    llvm::SmallString<0> text;
    llvm::raw_svector_ostream stream(text);
    code = compiler.emitAssembly(stream);
    llvm::outs() << text;
  } else {
    compiler.getModule().print(llvm::outs());
    llvm::outs() << "\n";
  }
  return int(code);
}
