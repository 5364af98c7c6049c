//===- KilnAttrs.cpp - Attributes of the kiln dialect -------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "ir/KilnAttrs.h"

#include "mlir/IR/Builders.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace kiln;

#include "ir/KilnEnums.cpp.inc"

/// Parses a floating-point number of either sign.
static FailureOr<UniqueDouble> parseDouble(AsmParser &parser) {
  double value;
  if (parser.parseFloat(value))
    return failure();
  return UniqueDouble(value);
}

/// Prints `value` with as many digits as it takes to read it back, and in any
/// case as the parser knows a floating-point number.
static void printDouble(AsmPrinter &printer, double value) {
  printer.printFloat(llvm::APFloat(value));
}

#define GET_ATTRDEF_CLASSES
#include "ir/KilnAttrs.cpp.inc"

void KilnDialect::registerAttributes() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "ir/KilnAttrs.cpp.inc"
      >();
}
