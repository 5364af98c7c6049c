//===- kiln-test-models.cpp - Model files through the whole compiler ------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
//   kiln-test-models MODEL.toml...
//
// Compiles each model for this processor, fused; unfused and for AVX2; and with
// some of its schedules left out. All results of the first (gradients, three
// training steps, evaluation, prediction) must be the interpreter's, within the
// bounds of check/CompiledCheck.h; those of the second must have the same bits,
// with 1 to 3 threads in either order; the third has bounds again. Prints
// `ok` or what is wrong for each, and exits with 1 if anything is.
//
// A model whose numbers the interpreter cannot hold either, in f64 or in f32,
// `diverges` there: what comes before, and the bits, are compared all the same.
// It is counted apart from those that are right.
//
//===----------------------------------------------------------------------===//

#include "check/CompiledCheck.h"
#include "codegen/Compiler.h"
#include "tools/RegisterAll.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/xxhash.h"

using namespace kiln;
namespace cl = llvm::cl;

static cl::list<std::string> files(cl::Positional, cl::desc("MODEL.toml..."),
                                   cl::OneOrMore);
static cl::opt<bool> verbose("v", cl::desc("print each result's error"));

namespace {
/// One model in its three ways.
class ModelTest {
public:
  ModelTest(mlir::MLIRContext &context, const std::string &file)
      : name(llvm::sys::path::filename(file)), context(context) {
    options.model = file;
  }
  /// Prints what is wrong, or that nothing is.
  void run();

  bool isWrong() const { return wrong; }
  /// Whether nothing is wrong, but something could not be compared.
  bool isDivergent() const { return !wrong && !divergent.empty(); }

private:
  void fail(const llvm::Twine &what);
  std::unique_ptr<InProcess> compile(Compiler &compiler, bool fuse,
                                     llvm::StringRef cpu,
                                     std::vector<std::string> disabled = {});
  void compare(CompiledCheck &check, const InProcess &compiled, unsigned steps,
               llvm::StringRef how);

  std::string name;
  mlir::MLIRContext &context;
  CompileOptions options;
  bool wrong = false;
  /// The first result that has no finite reference.
  std::string divergent;
};
} // namespace

void ModelTest::fail(const llvm::Twine &what) {
  llvm::outs() << name << ": " << what << "\n";
  wrong = true;
}

std::unique_ptr<InProcess>
ModelTest::compile(Compiler &compiler, bool fuse, llvm::StringRef cpu,
                   std::vector<std::string> disabled) {
  FusionOptions fusion;
  fusion.fuse = fuse;
  fusion.disabled = std::move(disabled);
  Target target = llvm::ExitOnError("kiln-test-models: ")(Target::get(cpu));
  return InProcess::compile(compiler.getModule(), fusion, target);
}

/// Some of the passes that may be left out, decided by the model's name.
static std::vector<std::string> chooseDisabled(llvm::StringRef name) {
  std::vector<std::string> chosen;
  uint64_t bits = llvm::xxh3_64bits(name);
  for (const std::string &pass : getOptionalPasses()) {
    if (bits & 1)
      chosen.push_back(pass);
    bits >>= 1;
  }
  return chosen;
}

void ModelTest::compare(CompiledCheck &check, const InProcess &compiled,
                        unsigned steps, llvm::StringRef how) {
  auto comparisons = check.compare(compiled, steps);
  if (failed(comparisons)) {
    fail("cannot be interpreted");
    return;
  }
  for (const Comparison &comparison : *comparisons) {
    std::string line =
        llvm::formatv("{0}: '{1}' of {2}: norm {3:e2}, error {4:e2}, {5:e2} "
                      "allowed",
                      how, comparison.tensor, comparison.program,
                      comparison.norm, comparison.error, comparison.allowed);
    if (comparison.diverges() && divergent.empty())
      divergent = "'" + comparison.tensor + "' of " + comparison.program;
    if (!comparison.passed() && !comparison.diverges())
      fail(line);
    else if (verbose)
      llvm::outs() << line << "\n";
  }
}

void ModelTest::run() {
  Compiler compiler(context, options);
  if (compiler.load() != ExitCode::Success)
    return fail("is no valid model");
  CompiledCheck check(compiler.getModule(), Inputs(llvm::xxh3_64bits(name)));
  if (failed(check.prepare()))
    return fail("cannot be interpreted");

  auto fused = compile(compiler, /*fuse=*/true, "native");
  auto unfused = compile(compiler, /*fuse=*/false, "x86-64-v3");
  std::vector<std::string> disabled = chooseDisabled(name);
  auto plain = compile(compiler, /*fuse=*/true, "native", disabled);
  if (!fused || !unfused || !plain)
    return fail("does not compile");
  compare(check, *fused, /*steps=*/3, "fused");
  for (const std::string &difference : check.compareBits(*fused, *fused))
    fail("fused: " + difference);
  for (const std::string &difference : check.compareBits(*fused, *unfused))
    fail("unfused: " + difference);
  compare(check, *plain, /*steps=*/1,
          ("--disable=" + llvm::join(disabled, ",")).c_str());
  if (isDivergent())
    llvm::outs() << name << ": diverges: " << divergent << "\n";
  else if (!wrong)
    llvm::outs() << name << ": ok\n";
}

int main(int argc, char **argv) {
  cl::ParseCommandLineOptions(argc, argv, "kiln's models, tested\n");
  mlir::DialectRegistry registry;
  registerAllDialects(registry);
  unsigned wrong = 0, divergent = 0;
  for (const std::string &file : files) {
    mlir::MLIRContext context(registry, mlir::MLIRContext::Threading::DISABLED);
    ModelTest test(context, file);
    test.run();
    wrong += test.isWrong();
    divergent += test.isDivergent();
    llvm::outs().flush();
  }
  llvm::outs() << llvm::formatv("{0} models, {1} wrong, {2} diverge\n",
                                files.size(), wrong, divergent);
  return wrong != 0;
}
