//===- FuzzDialect.cpp - The dialect's text: parsed, verified, canonicalized
//===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "test/fuzz/FuzzFile.h"

#include "ir/KilnDialect.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;

/// MLIR's parser calls itself for each level of nesting and knows no bound.
static constexpr int maxDepth = 24;

static bool isDeep(llvm::StringRef text) {
  int depth = 0;
  for (char c : text) {
    depth += llvm::StringRef("([{<").contains(c);
    depth -= depth > 0 && llvm::StringRef(")]}>").contains(c);
    if (depth > maxDepth)
      return true;
  }
  return false;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  std::string text(reinterpret_cast<const char *>(data), size);
  if (isDeep(text))
    return 0;
  // Two, for a context names a blob of the second text anew.
  MLIRContext context(MLIRContext::Threading::DISABLED);
  MLIRContext other(MLIRContext::Threading::DISABLED);
  for (MLIRContext *each : {&context, &other})
    each->loadDialect<kiln::KilnDialect, arith::ArithDialect,
                      func::FuncDialect>();
  ScopedDiagnosticHandler quiet(&context, [](Diagnostic &) {});
  ScopedDiagnosticHandler quietToo(&other, [](Diagnostic &) {});
  OwningOpRef<ModuleOp> module = parseSourceString<ModuleOp>(text, &context);
  if (!module)
    return 0;
  // What verifies is printed and read again as the same.
  std::string first, second;
  llvm::raw_string_ostream(first) << *module;
  OwningOpRef<ModuleOp> again = parseSourceString<ModuleOp>(first, &other);
  FUZZ_CHECK(again);
  llvm::raw_string_ostream(second) << *again;
  FUZZ_CHECK(first == second);

  PassManager passes(&context);
  passes.enableVerifier(false);
  passes.addPass(createCanonicalizerPass());
  FUZZ_CHECK(succeeded(passes.run(*module)));
  FUZZ_CHECK(succeeded(verify(*module)));
  return 0;
}
