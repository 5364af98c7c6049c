//===- kiln-test-tiled.cpp - A program of IR in the phase tiled -----------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
//   kiln-test-tiled FILE.mlir -o PROGRAM [--check-bounds] [--sanitize=address]
//
// Compiles a file in the phase tiled, which defines `@main() -> i32`, as kiln
// does it, and links it with the runtime. So tests can have code that is wrong.
//
//===----------------------------------------------------------------------===//

#include "codegen/EmitObject.h"
#include "codegen/Link.h"
#include "codegen/Pipelines.h"
#include "tools/RegisterAll.h"

#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"

using namespace kiln;
namespace cl = llvm::cl;

static cl::opt<std::string> input(cl::Positional, cl::Required);
static cl::opt<std::string> output("o", cl::Required);
static cl::opt<bool> checkBounds("check-bounds");
static cl::opt<Sanitizer>
    sanitizer("sanitize", cl::init(Sanitizer::None),
              cl::values(clEnumValN(Sanitizer::Address, "address", ""),
                         clEnumValN(Sanitizer::Thread, "thread", "")));

int main(int argc, char **argv) {
  cl::ParseCommandLineOptions(argc, argv);
  llvm::ExitOnError orDie("kiln-test-tiled: error: ");
  mlir::DialectRegistry registry;
  registerAllDialects(registry);
  mlir::MLIRContext context(registry);
  auto module = mlir::parseSourceFile<mlir::ModuleOp>(input, &context);
  if (!module)
    return 1;
  mlir::PassManager pm(&context);
  pm.addPass(createVerifyTiled());
  buildLLVMPipeline(pm, checkBounds);
  if (failed(pm.run(*module)))
    return 1;

  TemporaryFile object = orDie(TemporaryFile::create("o"));
  std::error_code error;
  llvm::raw_fd_ostream stream(object.getPath(), error);
  EmitOptions emit;
  emit.sanitizer = sanitizer;
  if (failed(emitObject(*module, orDie(Target::get("native")), stream, emit)))
    return 1;
  stream.close();

  static char anchor;
  LinkOptions linking;
  linking.sanitizer = sanitizer;
  orDie(link({object.getPath().str()}, output,
             llvm::sys::fs::getMainExecutable(argv[0], &anchor), linking));
  return 0;
}
