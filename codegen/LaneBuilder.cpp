//===- LaneBuilder.cpp - Expressions on lanes or scalars ------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "codegen/LaneBuilder.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace kiln {

Type LaneBuilder::typeLike(Type element, Value like) {
  if (auto vector = dyn_cast<VectorType>(like.getType()))
    return VectorType::get(vector.getShape(), element);
  return element;
}

int64_t LaneBuilder::getLanes(Value v) {
  auto vector = dyn_cast<VectorType>(v.getType());
  return vector ? vector.getNumElements() : 0;
}

Value LaneBuilder::constant(TypedAttr value) {
  Value &known = this->known[value];
  if (!known) {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(constants);
    known = b.create<arith::ConstantOp>(loc, value);
  }
  return known;
}

Value LaneBuilder::index(int64_t value) {
  return constant(b.getIndexAttr(value));
}

static TypedAttr splatAttr(Type type, Attribute element) {
  if (auto vector = dyn_cast<VectorType>(type))
    return DenseElementsAttr::get(vector, element);
  return cast<TypedAttr>(element);
}

Value LaneBuilder::f32(double value, Type type) {
  return constant(splatAttr(type, b.getF32FloatAttr(float(value))));
}

Value LaneBuilder::i32(int32_t value, Type type) {
  return constant(splatAttr(type, b.getI32IntegerAttr(value)));
}

Value LaneBuilder::f32(double value, Value like) {
  return f32(value, typeLike(b.getF32Type(), like));
}

Value LaneBuilder::i32(int32_t value, Value like) {
  return i32(value, typeLike(b.getI32Type(), like));
}

Value LaneBuilder::iota(int64_t lanes) {
  SmallVector<int32_t> values;
  for (int64_t i = 0; i < lanes; ++i)
    values.push_back(i);
  return constant(DenseElementsAttr::get(
      VectorType::get({lanes}, b.getI32Type()), ArrayRef<int32_t>(values)));
}

Value LaneBuilder::mask(int64_t lanes, int64_t valid) {
  SmallVector<bool> values;
  for (int64_t i = 0; i < lanes; ++i)
    values.push_back(i < valid);
  return constant(DenseElementsAttr::get(
      VectorType::get({lanes}, b.getI1Type()), ArrayRef<bool>(values)));
}

Value LaneBuilder::mask(int64_t lanes, Value valid) {
  Value count = b.create<arith::IndexCastOp>(loc, b.getI32Type(), valid);
  return b.create<arith::CmpIOp>(loc, arith::CmpIPredicate::slt, iota(lanes),
                                 splat(count, lanes));
}

Value LaneBuilder::splat(Value scalar, int64_t lanes) {
  if (lanes == 0 || isa<VectorType>(scalar.getType()))
    return scalar;
  return b.create<vector::BroadcastOp>(
      loc, VectorType::get({lanes}, scalar.getType()), scalar);
}

Value LaneBuilder::add(Value x, Value y) {
  return b.create<arith::AddFOp>(loc, x, y);
}

Value LaneBuilder::sub(Value x, Value y) {
  return b.create<arith::SubFOp>(loc, x, y);
}

Value LaneBuilder::mul(Value x, Value y) {
  return b.create<arith::MulFOp>(loc, x, y);
}

Value LaneBuilder::div(Value x, Value y) {
  return b.create<arith::DivFOp>(loc, x, y);
}

Value LaneBuilder::fma(Value x, Value y, Value z) {
  return b.create<math::FmaOp>(loc, x, y, z);
}

Value LaneBuilder::neg(Value x) { return b.create<arith::NegFOp>(loc, x); }

Value LaneBuilder::abs(Value x) { return b.create<math::AbsFOp>(loc, x); }

Value LaneBuilder::sqrt(Value x) { return b.create<math::SqrtOp>(loc, x); }

Value LaneBuilder::callX86(StringRef name, Type result, ValueRange operands) {
  return b
      .create<LLVM::CallIntrinsicOp>(
          loc, TypeRange(result), b.getStringAttr("llvm.x86." + name), operands)
      .getResult(0);
}

Value LaneBuilder::less(Value x, Value y) {
  return b.create<arith::CmpFOp>(loc, arith::CmpFPredicate::OLT, x, y);
}

Value LaneBuilder::select(Value c, Value x, Value y) {
  return b.create<arith::SelectOp>(loc, c, x, y);
}

Value LaneBuilder::minOrRight(Value x, Value y) {
  return select(less(x, y), x, y);
}

Value LaneBuilder::maxOrRight(Value x, Value y) {
  Value greater = b.create<arith::CmpFOp>(loc, arith::CmpFPredicate::OGT, x, y);
  return select(greater, x, y);
}

Value LaneBuilder::maximum(Value x, Value y) {
  return b.create<arith::MaximumFOp>(loc, x, y);
}

Value LaneBuilder::minimum(Value x, Value y) {
  return b.create<arith::MinimumFOp>(loc, x, y);
}

Value LaneBuilder::addI(Value x, Value y) {
  return b.create<arith::AddIOp>(loc, x, y);
}

Value LaneBuilder::subI(Value x, Value y) {
  return b.create<arith::SubIOp>(loc, x, y);
}

Value LaneBuilder::mulI(Value x, Value y) {
  return b.create<arith::MulIOp>(loc, x, y);
}

Value LaneBuilder::andI(Value x, Value y) {
  return b.create<arith::AndIOp>(loc, x, y);
}

Value LaneBuilder::orI(Value x, Value y) {
  return b.create<arith::OrIOp>(loc, x, y);
}

Value LaneBuilder::shl(Value x, Value y) {
  return b.create<arith::ShLIOp>(loc, x, y);
}

Value LaneBuilder::shrS(Value x, Value y) {
  return b.create<arith::ShRSIOp>(loc, x, y);
}

Value LaneBuilder::bits(Value x) {
  return b.create<arith::BitcastOp>(loc, typeLike(b.getI32Type(), x), x);
}

Value LaneBuilder::fromBits(Value x) {
  return b.create<arith::BitcastOp>(loc, typeLike(b.getF32Type(), x), x);
}

Value LaneBuilder::tree(Value v, function_ref<Value(Value, Value)> combine) {
  for (int64_t half = getLanes(v) / 2; half > 1; half /= 2) {
    SmallVector<int64_t> low, high;
    for (int64_t i = 0; i < half; ++i) {
      low.push_back(i);
      high.push_back(half + i);
    }
    v = combine(b.create<vector::ShuffleOp>(loc, v, v, low),
                b.create<vector::ShuffleOp>(loc, v, v, high));
  }
  return combine(b.create<vector::ExtractOp>(loc, v, 0),
                 b.create<vector::ExtractOp>(loc, v, 1));
}

} // namespace kiln
