//===- CompileFlags.cpp - Options of all that compile a model -------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "tools/kiln/CompileFlags.h"

#include "frontend/Diagnostics.h"
#include "mlir/IR/AsmState.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Support/Timing.h"
#include "mlir/Transforms/Passes.h"
#include "passes/Stats.h"
#include "tools/RegisterAll.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"

using namespace kiln;
namespace cl = llvm::cl;

cl::OptionCategory &kiln::getCategory() {
  static cl::OptionCategory category("Options");
  return category;
}

/// Says in one line what LLVM's parser says in several.
static void reportUsage(llvm::StringRef said, llvm::StringRef program) {
  std::string message, hint = ("see '" + program + " --help'").str();
  llvm::SmallVector<llvm::StringRef> lines;
  said.split(lines, '\n', -1, /*KeepEmpty=*/false);
  for (llvm::StringRef line : lines) {
    line.consume_front(program);
    std::string text = line.ltrim(": ").split(".  Try").first.str();
    if (!text.empty())
      text[0] = llvm::toLower(text[0]);
    if (llvm::StringRef(text).starts_with("did you mean"))
      hint = text;
    else if (message.empty())
      message = text;
  }
  // The parser prints what is wrong with a value by itself.
  if (!message.empty())
    reportError(llvm::StringRef(message).rtrim("!") + " (hint: " + hint + ")");
}

bool kiln::parseArguments(int argc, char **argv, llvm::StringRef overview) {
  // Flags such as --mlir-print-ir-after take passes by name.
  registerAllPasses();
  mlir::registerTransformsPasses();
  mlir::registerMLIRContextCLOptions();
  mlir::registerPassManagerCLOptions();
  mlir::registerDefaultTimingManagerCLOptions();
  mlir::registerAsmPrinterCLOptions();
  cl::HideUnrelatedOptions(getCategory());
  std::string said;
  llvm::raw_string_ostream stream(said);
  if (cl::ParseCommandLineOptions(argc, argv, overview, &stream))
    return true;
  reportUsage(said, argv[0]);
  return false;
}

std::string kiln::getMainProgram() {
  static char anchor;
  return llvm::sys::fs::getMainExecutable(nullptr, &anchor);
}

/// Says an error of a pass as readers of files do.
static llvm::LogicalResult sayError(mlir::Diagnostic &diagnostic) {
  auto place = diagnostic.getLocation()->findInstanceOf<mlir::FileLineColLoc>();
  if (!place || diagnostic.getSeverity() != mlir::DiagnosticSeverity::Error)
    return llvm::failure();
  llvm::errs() << place.getFilename().getValue() << ":" << place.getLine()
               << ":" << place.getColumn() << ": error: " << diagnostic << "\n";
  return llvm::success();
}

std::unique_ptr<mlir::MLIRContext> kiln::createContext() {
  mlir::DialectRegistry registry;
  registerAllDialects(registry);
  // The modules are small: threads cost more than they save.
  auto context = std::make_unique<mlir::MLIRContext>(
      registry, mlir::MLIRContext::Threading::DISABLED);
  context->getDiagEngine().registerHandler(sayError);
  return context;
}

CompileFlags::CompileFlags()
    : model(cl::Positional, cl::desc("MODEL"), cl::cat(getCategory())),
      cpu("cpu", cl::init("native"), cl::value_desc("name"),
          cl::desc("processor: native, x86-64-v3, x86-64-v4 or LLVM's name"),
          cl::cat(getCategory())),
      batchSize("batch-size", cl::init(0), cl::value_desc("n"),
                cl::desc("samples in a batch, instead of the model file's"),
                cl::cat(getCategory())),
      noFuse("no-fuse", cl::desc("run every op as a kernel of its own"),
             cl::cat(getCategory())),
      disable("disable", cl::CommaSeparated, cl::value_desc("name,..."),
              cl::desc("leave out a fusion or a schedule, by pass name without "
                       "'kiln-'"),
              cl::cat(getCategory())),
      werror("werror", cl::desc("treat warnings as errors"),
             cl::cat(getCategory())),
      verifyEach("verify-each", cl::desc("verify the IR after each pass"),
                 cl::cat(getCategory())),
      stats("kiln-stats",
            cl::desc("print on stderr what each pass did: operations and "
                     "kernels before and after"),
            cl::cat(getCategory())) {}

/// Whether `name` is a pass that can be left out; reports it otherwise.
static bool checkOptionalPass(llvm::StringRef name) {
  std::vector<std::string> valid = getOptionalPasses();
  if (llvm::is_contained(valid, name))
    return true;
  llvm::SmallVector<llvm::StringRef> names(valid.begin(), valid.end());
  std::string hint = suggest(name, names);
  reportError("unknown pass '" + name + "' in --disable" +
              (hint.empty() ? "" : " (hint: " + hint + ")"));
  return false;
}

std::optional<CompileOptions> CompileFlags::get() const {
  CompileOptions options;
  options.model = model;
  if (model.empty()) {
    reportError("expected a model file, got none (hint: see '--help')");
    return std::nullopt;
  }
  options.cpu = cpu;
  if (batchSize.getNumOccurrences()) {
    if (batchSize < 1) {
      reportError("expected --batch-size of at least 1, got " +
                  llvm::Twine(batchSize));
      return std::nullopt;
    }
    options.batchSize = batchSize;
  }
  for (const std::string &name : disable)
    if (!checkOptionalPass(name))
      return std::nullopt;
  options.werror = werror;
  options.fusion.fuse = !noFuse;
  options.fusion.disabled.assign(disable.begin(), disable.end());
  options.verifyEach = verifyEach;
  options.configure = [stats = bool(stats)](mlir::PassManager &pm) {
    (void)mlir::applyPassManagerCLOptions(pm);
    mlir::applyDefaultTimingPassManagerCLOptions(pm);
    if (stats)
      pm.addInstrumentation(createPassStats(llvm::errs()));
  };
  return options;
}
