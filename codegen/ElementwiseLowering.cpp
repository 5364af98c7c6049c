//===- ElementwiseLowering.cpp - One entry an elementwise op --------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "codegen/ElementwiseLowering.h"

#include "codegen/VectorMath.h"
#include "ir/KilnOps.h"

using namespace mlir;

namespace kiln {

using Results = SmallVectorImpl<Value>;

/// A function of the operands alone.
template <Value (*f)(LaneBuilder &, Value)>
static void unary(LaneBuilder &lane, Operation *, ValueRange in, Results &out) {
  out.push_back(f(lane, in[0]));
}

template <Value (LaneBuilder::*f)(Value)>
static void unary(LaneBuilder &lane, Operation *, ValueRange in, Results &out) {
  out.push_back((lane.*f)(in[0]));
}

template <Value (LaneBuilder::*f)(Value, Value)>
static void binary(LaneBuilder &lane, Operation *, ValueRange in,
                   Results &out) {
  out.push_back((lane.*f)(in[0], in[1]));
}

static Value emitSign(LaneBuilder &lane, Value x) {
  Value zero = lane.f32(0.0, x);
  Value negative =
      lane.select(lane.less(x, zero), lane.f32(-1.0, x), lane.f32(0.0, x));
  return lane.select(lane.less(zero, x), lane.f32(1.0, x), negative);
}

static Value emitRelu(LaneBuilder &lane, Value x) {
  return lane.maxOrRight(lane.f32(0.0, x), x);
}

static void lowerSigmoidCrossEntropy(LaneBuilder &lane, Operation *,
                                     ValueRange in, Results &out) {
  Value x = in[0], y = in[1];
  out.push_back(lane.add(lane.sub(emitRelu(lane, x), lane.mul(x, y)),
                         emitSoftplusTail(lane, x)));
}

static arith::CmpFPredicate getFloatPredicate(Predicate predicate) {
  switch (predicate) {
  case Predicate::eq:
    return arith::CmpFPredicate::OEQ;
  case Predicate::ne:
    return arith::CmpFPredicate::UNE;
  case Predicate::lt:
    return arith::CmpFPredicate::OLT;
  case Predicate::le:
    return arith::CmpFPredicate::OLE;
  case Predicate::gt:
    return arith::CmpFPredicate::OGT;
  case Predicate::ge:
    return arith::CmpFPredicate::OGE;
  }
  llvm_unreachable("unknown predicate");
}

static arith::CmpIPredicate getIntegerPredicate(Predicate predicate,
                                                bool isSigned) {
  switch (predicate) {
  case Predicate::eq:
    return arith::CmpIPredicate::eq;
  case Predicate::ne:
    return arith::CmpIPredicate::ne;
  case Predicate::lt:
    return isSigned ? arith::CmpIPredicate::slt : arith::CmpIPredicate::ult;
  case Predicate::le:
    return isSigned ? arith::CmpIPredicate::sle : arith::CmpIPredicate::ule;
  case Predicate::gt:
    return isSigned ? arith::CmpIPredicate::sgt : arith::CmpIPredicate::ugt;
  case Predicate::ge:
    return isSigned ? arith::CmpIPredicate::sge : arith::CmpIPredicate::uge;
  }
  llvm_unreachable("unknown predicate");
}

static void lowerCompare(LaneBuilder &lane, Operation *op, ValueRange in,
                         Results &out) {
  OpBuilder &b = lane.getBuilder();
  Predicate predicate = cast<CompareOp>(op).getPredicate();
  Type element = getElementTypeOrSelf(in[0].getType());
  if (isa<FloatType>(element))
    out.push_back(b.create<arith::CmpFOp>(
        lane.getLoc(), getFloatPredicate(predicate), in[0], in[1]));
  else
    out.push_back(b.create<arith::CmpIOp>(
        lane.getLoc(), getIntegerPredicate(predicate, !element.isInteger(1)),
        in[0], in[1]));
}

static void lowerSelect(LaneBuilder &lane, Operation *, ValueRange in,
                        Results &out) {
  out.push_back(lane.select(in[0], in[1], in[2]));
}

static void lowerConvert(LaneBuilder &lane, Operation *, ValueRange in,
                         Results &out) {
  OpBuilder &b = lane.getBuilder();
  Value x = in[0];
  Type element = getElementTypeOrSelf(x.getType());
  if (element.isInteger(1))
    out.push_back(lane.select(x, lane.f32(1.0, x), lane.f32(0.0, x)));
  else if (isa<IntegerType>(element))
    out.push_back(b.create<arith::SIToFPOp>(
        lane.getLoc(), LaneBuilder::typeLike(b.getF32Type(), x), x));
  else
    out.push_back(x);
}

static void lowerDropout(LaneBuilder &lane, Operation *op, ValueRange in,
                         Results &out) {
  Value x = in[0];
  double rate = cast<DropoutOp>(op).getRate().convertToDouble();
  out.push_back(lane.select(in[1], lane.mul(x, lane.f32(1.0 / (1.0 - rate), x)),
                            lane.f32(0.0, x)));
}

static void lowerSgdUpdate(LaneBuilder &lane, Operation *, ValueRange in,
                           Results &out) {
  Value w = in[0], g = in[1], rate = in[2];
  out.push_back(lane.sub(w, lane.mul(rate, g)));
}

static void lowerMomentumUpdate(LaneBuilder &lane, Operation *op, ValueRange in,
                                Results &out) {
  auto update = cast<MomentumUpdateOp>(op);
  Value w = in[0], g = in[1], m = in[2], rate = in[3];
  Value momentum = lane.f32(update.getMomentum().convertToDouble(), w);
  Value step = lane.mul(rate, g);
  m = lane.sub(lane.mul(momentum, m), step);
  if (update.getNesterov())
    out.push_back(lane.sub(lane.add(w, lane.mul(momentum, m)), step));
  else
    out.push_back(lane.add(w, m));
  out.push_back(m);
}

static void lowerAdamUpdate(LaneBuilder &lane, Operation *op, ValueRange in,
                            Results &out) {
  auto update = cast<AdamUpdateOp>(op);
  Value w = in[0], g = in[1], m = in[2], v = in[3], alpha = in[4];
  auto oneMinus = [&](const APFloat &beta) {
    return lane.f32(1.0 - beta.convertToDouble(), w);
  };
  m = lane.fma(lane.sub(g, m), oneMinus(update.getBeta_1()), m);
  v = lane.fma(lane.fma(g, g, lane.neg(v)), oneMinus(update.getBeta_2()), v);
  Value root = emitRootPlus(lane, v, update.getEpsilon().convertToDouble());
  out.push_back(lane.sub(w, lane.div(lane.mul(m, alpha), root)));
  out.push_back(m);
  out.push_back(v);
}

ElementwiseLowering findElementwiseLowering(Operation *op) {
  static const llvm::DenseMap<TypeID, ElementwiseLowering> table = {
      {TypeID::get<NegOp>(), unary<&LaneBuilder::neg>},
      {TypeID::get<AbsOp>(), unary<&LaneBuilder::abs>},
      {TypeID::get<SignOp>(), unary<emitSign>},
      {TypeID::get<ExpOp>(), unary<emitExp>},
      {TypeID::get<LogOp>(), unary<emitLog>},
      {TypeID::get<SqrtOp>(), unary<&LaneBuilder::sqrt>},
      {TypeID::get<TanhOp>(), unary<emitTanh>},
      {TypeID::get<SigmoidOp>(), unary<emitSigmoid>},
      {TypeID::get<ReluOp>(), unary<emitRelu>},
      {TypeID::get<AddOp>(), binary<&LaneBuilder::add>},
      {TypeID::get<SubOp>(), binary<&LaneBuilder::sub>},
      {TypeID::get<MulOp>(), binary<&LaneBuilder::mul>},
      {TypeID::get<DivOp>(), binary<&LaneBuilder::div>},
      {TypeID::get<MaximumOp>(), binary<&LaneBuilder::maximum>},
      {TypeID::get<MinimumOp>(), binary<&LaneBuilder::minimum>},
      {TypeID::get<SigmoidCrossEntropyOp>(), lowerSigmoidCrossEntropy},
      {TypeID::get<CompareOp>(), lowerCompare},
      {TypeID::get<SelectOp>(), lowerSelect},
      {TypeID::get<ConvertOp>(), lowerConvert},
      {TypeID::get<DropoutOp>(), lowerDropout},
      {TypeID::get<SgdUpdateOp>(), lowerSgdUpdate},
      {TypeID::get<MomentumUpdateOp>(), lowerMomentumUpdate},
      {TypeID::get<AdamUpdateOp>(), lowerAdamUpdate},
  };
  return table.lookup(op->getName().getTypeID());
}

std::optional<int64_t> getHyperIndex(OpOperand &operand) {
  Operation *op = operand.getOwner();
  unsigned number = operand.getOperandNumber();
  if (isa<AdamUpdateOp>(op) && number == 4)
    return 1;
  if ((isa<SgdUpdateOp>(op) && number == 2) ||
      (isa<MomentumUpdateOp>(op) && number == 3))
    return 0;
  return std::nullopt;
}

} // namespace kiln
