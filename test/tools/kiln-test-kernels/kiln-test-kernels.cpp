//===- kiln-test-kernels.cpp - Compiled groups beside the interpreter -----===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
//   kiln-test-kernels FILE.mlir...
//
// For every function of the first file: makes arguments, interprets it in f32
// and f64, compiles its groups for AVX-512 (where the machine has it) and AVX2
// under every partition, runs them for 1, 2 and 3 threads, and checks that all
// runs have the same bits and lie within the function's bound (Harness.h), and
// that no thread touches more than the group's Access says. So do the functions
// of the same name in further files, which group the same ops in another way.
// With `--assembly` prints the machine code for `--vector-bits` instead.
//
//===----------------------------------------------------------------------===//

#include "Harness.h"

#include "codegen/EmitObject.h"
#include "codegen/GroupLowering.h"
#include "codegen/Pipelines.h"
#include "tools/RegisterAll.h"

#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SourceMgr.h"

using namespace kiln;
using namespace kiln::test;
using llvm::cl::desc;
using llvm::cl::init;

static llvm::cl::list<std::string> files(llvm::cl::Positional, desc("<files>"),
                                         llvm::cl::OneOrMore);
static llvm::cl::opt<bool> assembly("assembly",
                                    desc("print machine code and run nothing"));
static llvm::cl::opt<unsigned> vectorBits("vector-bits", init(512),
                                          desc("512 or 256, for --assembly"));

static llvm::cl::opt<bool> matrixUnit("matrix-unit",
                                      desc("with AMX, for --assembly"));

static llvm::cl::opt<double>
    tolerance("tolerance", init(1e-5),
              desc("bound of functions that have none (test.tolerance)"));

/// A target that has vectors of `bits` and a matrix unit or not, whatever this
/// machine has.
static Target getTarget(unsigned bits, bool matrixUnit = false) {
  return llvm::ExitOnError("kiln-test-kernels: ")(
      Target::get(matrixUnit    ? "sapphirerapids"
                  : bits == 512 ? "znver4"
                                : "x86-64-v3"));
}

static int printAssembly(mlir::ModuleOp module) {
  Target target = getTarget(vectorBits, matrixUnit);
  mlir::OwningOpRef<mlir::ModuleOp> tiled =
      mlir::ModuleOp::create(module.getLoc());
  bool isLowered = true;
  for (auto function : module.getOps<mlir::func::FuncOp>())
    for (auto group : function.getOps<FusionOp>()) {
      group.setPartitionAttr(getPartitions(group)[0]);
      auto kernel = lowerGroup(group, function.getName(), *tiled, vectorBits,
                               /*stamps=*/false, matrixUnit);
      isLowered &= succeeded(kernel);
      if (succeeded(kernel))
        kernel->setPublic();
    }
  mlir::PassManager pm(module.getContext());
  buildLLVMPipeline(pm);
  llvm::SmallString<0> text;
  llvm::raw_svector_ostream stream(text);
  if (!isLowered || failed(pm.run(*tiled)) ||
      failed(emitAssembly(*tiled, target, stream)))
    return 1;
  llvm::outs() << text;
  return 0;
}

namespace {
/// The kernels of a module, compiled in one way.
struct Way {
  std::string name;
  mlir::ModuleOp module;
  std::unique_ptr<Kernels> kernels;
};
} // namespace

/// Compiles `module` in every way that this machine can run.
static bool compile(mlir::ModuleOp module, llvm::StringRef file,
                    std::vector<Way> &ways) {
  llvm::ExitOnError orDie("kiln-test-kernels: ");
  Target native = orDie(Target::get("native"));
  bool isPacked =
      module.walk([](PackedMatmulOp) { return mlir::WalkResult::interrupt(); })
          .wasInterrupted();
  static constexpr std::pair<unsigned, bool> levels[] = {
      {512, false}, {256, false}, {512, true}};
  for (auto [bits, hasMatrixUnit] : levels) {
    if (hasMatrixUnit && !isPacked)
      continue;
    if (bits == 512 && native.vectorBits != 512) {
      llvm::outs() << "AVX-512 is left out: this machine has none\n";
      continue;
    }
    if (hasMatrixUnit && !native.matrixUnit) {
      llvm::outs() << "AMX is left out: this machine has none\n";
      continue;
    }
    for (unsigned choice = 0; choice < countChoices(module); ++choice) {
      auto kernels =
          Kernels::compile(module, getTarget(bits, hasMatrixUnit), choice);
      if (!kernels)
        return false;
      std::string name = llvm::formatv(
          "{0}, {1} bits{2}, partition {3}", llvm::sys::path::filename(file),
          bits, hasMatrixUnit ? " with AMX" : "", choice);
      ways.push_back({name, module, std::move(kernels)});
    }
  }
  return true;
}

/// Runs one function in all ways.
static bool check(mlir::func::FuncOp function, llvm::ArrayRef<Way> ways) {
  std::vector<Tensor> arguments = makeArguments(function);
  auto f32 = Interpreter(Precision::F32).call(function, arguments);
  auto f64 = Interpreter(Precision::F64).call(function, arguments);
  if (failed(f32) || failed(f64))
    return false;

  std::vector<Tensor> first;
  std::string firstWay, failure;
  Verdict verdict;
  for (const Way &way : ways) {
    mlir::ModuleOp module = way.module;
    auto same = module.lookupSymbol<mlir::func::FuncOp>(function.getName());
    if (!same) {
      failure = way.name + " has no such function";
      continue;
    }
    for (unsigned threads : {1, 2, 3}) {
      std::string here = llvm::formatv("{0}, {1} threads", way.name, threads);
      std::string violation;
      std::vector<Tensor> got =
          way.kernels->run(same, arguments, threads, violation);
      if (!violation.empty())
        failure = here + ": " + violation;
      if (first.empty()) {
        first = got;
        firstWay = here;
        verdict = compare(function, got, *f32, *f64, tolerance);
        if (!verdict.failure.empty())
          failure = here + ": " + verdict.failure;
      } else if (std::string other = compareBits(first, got); !other.empty()) {
        failure = here + " differs from " + firstWay + ": " + other;
      }
    }
  }
  llvm::outs() << function.getName() << ": "
               << llvm::formatv("error {0:e2} of {1:e2}: ", verdict.error,
                                verdict.bound)
               << (failure.empty() ? "ok" : failure) << "\n";
  return failure.empty();
}

int main(int argc, char **argv) {
  llvm::cl::ParseCommandLineOptions(argc, argv, "kiln's kernels, tested\n");
  mlir::DialectRegistry registry;
  registerAllDialects(registry);
  mlir::MLIRContext context(registry);
  context.allowUnregisteredDialects();
  context.loadAllAvailableDialects();

  // Opens the files that diagnostics point into.
  llvm::SourceMgr shown;
  mlir::SourceMgrDiagnosticHandler handler(shown, &context);

  std::vector<mlir::OwningOpRef<mlir::ModuleOp>> modules;
  std::vector<Way> ways;
  for (const std::string &file : files) {
    modules.push_back(mlir::parseSourceFile<mlir::ModuleOp>(file, &context));
    if (!modules.back())
      return 1;
    if (assembly)
      return printAssembly(*modules.back());
    if (!compile(*modules.back(), file, ways))
      return 1;
  }
  bool good = true;
  for (auto function : modules[0]->getOps<mlir::func::FuncOp>())
    good &= check(function, ways);
  return good ? 0 : 1;
}
