//===- kiln-translate.cpp - IR in the phase llvm to LLVM's own text -------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "mlir/Support/LogicalResult.h"
#include "mlir/Tools/mlir-translate/MlirTranslateMain.h"

namespace mlir {
void registerToLLVMIRTranslation();
} // namespace mlir

int main(int argc, char **argv) {
  mlir::registerToLLVMIRTranslation();
  return failed(mlir::mlirTranslateMain(argc, argv, "kiln's translation tool"));
}
