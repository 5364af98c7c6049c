//===- KilnAttrs.h - Attributes of the kiln dialect -------------*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_IR_KILNATTRS_H
#define KILN_IR_KILNATTRS_H

#include "ir/KilnDialect.h"
#include "mlir/IR/Attributes.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/Hashing.h"
#include "llvm/ADT/bit.h"

#include "ir/KilnEnums.h.inc"

namespace kiln {

/// An f64 parameter of an attribute. Two are the same if their bits are, so
/// that -0 is not 0 and a NaN is itself.
struct UniqueDouble {
  UniqueDouble() = default;
  UniqueDouble(double value) : value(value) {}

  operator double() const { return value; }
  bool operator==(UniqueDouble other) const {
    return llvm::bit_cast<uint64_t>(value) ==
           llvm::bit_cast<uint64_t>(other.value);
  }
  friend llvm::hash_code hash_value(UniqueDouble number) {
    return llvm::hash_value(llvm::bit_cast<uint64_t>(number.value));
  }

  double value = 0;
};

} // namespace kiln

#define GET_ATTRDEF_CLASSES
#include "ir/KilnAttrs.h.inc"

#endif // KILN_IR_KILNATTRS_H
