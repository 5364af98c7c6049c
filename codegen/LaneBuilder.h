//===- LaneBuilder.h - Expressions on lanes or scalars ----------*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// Builds arith, math and vector ops on scalars and on 1-D vectors alike, so
// that an expression is written once and has the same bits in either form.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_CODEGEN_LANEBUILDER_H
#define KILN_CODEGEN_LANEBUILDER_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/DenseMap.h"

namespace kiln {

/// Emits expressions at the insertion point of `b`. Constants go to the start
/// of the block given at construction, one op a value.
class LaneBuilder {
public:
  /// With `vectorBits` = 512, code may use AVX-512's own instructions.
  LaneBuilder(mlir::OpBuilder &b, mlir::Location loc, mlir::Block *constants,
              unsigned vectorBits)
      : vectorBits(vectorBits), b(b), loc(loc), constants(constants) {}

  const unsigned vectorBits;

  mlir::OpBuilder &getBuilder() { return b; }
  mlir::Location getLoc() const { return loc; }

  /// `element`, or a vector of it with as many lanes as `like` has.
  static mlir::Type typeLike(mlir::Type element, mlir::Value like);
  /// Number of lanes of a value, 0 for a scalar.
  static int64_t getLanes(mlir::Value v);

  mlir::Value constant(mlir::TypedAttr value);
  mlir::Value index(int64_t value);
  /// `value` rounded to f32, in every lane of `like`.
  mlir::Value f32(double value, mlir::Value like);
  mlir::Value i32(int32_t value, mlir::Value like);
  /// The same for a type of f32 or i32, scalar or vector.
  mlir::Value f32(double value, mlir::Type type);
  mlir::Value i32(int32_t value, mlir::Type type);
  /// {0, 1, 2, ...} of i32.
  mlir::Value iota(int64_t lanes);
  /// True in the first `valid` of `lanes` lanes.
  mlir::Value mask(int64_t lanes, int64_t valid);
  /// The same for a number that is known only when the code runs (an index).
  mlir::Value mask(int64_t lanes, mlir::Value valid);
  /// A vector of `lanes` copies; a vector, or `lanes` = 0, stays as it is.
  mlir::Value splat(mlir::Value scalar, int64_t lanes);

  mlir::Value add(mlir::Value x, mlir::Value y);
  mlir::Value sub(mlir::Value x, mlir::Value y);
  mlir::Value mul(mlir::Value x, mlir::Value y);
  mlir::Value div(mlir::Value x, mlir::Value y);
  /// x * y + z, rounded once.
  mlir::Value fma(mlir::Value x, mlir::Value y, mlir::Value z);
  mlir::Value neg(mlir::Value x);
  mlir::Value abs(mlir::Value x);
  mlir::Value sqrt(mlir::Value x);
  mlir::Value less(mlir::Value x, mlir::Value y);
  mlir::Value select(mlir::Value c, mlir::Value x, mlir::Value y);
  /// The smaller one; `y` when either is a NaN (one instruction on x86).
  mlir::Value minOrRight(mlir::Value x, mlir::Value y);
  /// The larger one; `y` when either is a NaN.
  mlir::Value maxOrRight(mlir::Value x, mlir::Value y);
  /// The larger one; NaN when either is.
  mlir::Value maximum(mlir::Value x, mlir::Value y);
  /// The smaller one; NaN when either is.
  mlir::Value minimum(mlir::Value x, mlir::Value y);

  mlir::Value addI(mlir::Value x, mlir::Value y);
  mlir::Value subI(mlir::Value x, mlir::Value y);
  mlir::Value mulI(mlir::Value x, mlir::Value y);
  mlir::Value andI(mlir::Value x, mlir::Value y);
  mlir::Value orI(mlir::Value x, mlir::Value y);
  mlir::Value shl(mlir::Value x, mlir::Value y);
  /// Shift to the right that repeats the sign.
  mlir::Value shrS(mlir::Value x, mlir::Value y);
  /// The bits of an f32 as i32, and back.
  mlir::Value bits(mlir::Value x);
  mlir::Value fromBits(mlir::Value x);

  /// What `llvm.x86.NAME` makes of the operands.
  mlir::Value callX86(llvm::StringRef name, mlir::Type result,
                      mlir::ValueRange operands);

  /// Combines the 16 lanes of `v` by the tree 8, 4, 2, 1 into a scalar: lane i
  /// with lane i + 8, then with i + 4, and so on.
  mlir::Value
  tree(mlir::Value v,
       llvm::function_ref<mlir::Value(mlir::Value, mlir::Value)> combine);

private:
  mlir::OpBuilder &b;
  mlir::Location loc;
  mlir::Block *constants;
  llvm::DenseMap<mlir::Attribute, mlir::Value> known;
};

} // namespace kiln

#endif // KILN_CODEGEN_LANEBUILDER_H
