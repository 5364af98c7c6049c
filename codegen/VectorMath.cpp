//===- VectorMath.cpp - Transcendental functions without libm -------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// The polynomials minimize the largest relative error of the function on the
// reduced interval (Lawson's iteration on Chebyshev nodes in 50 digits, one
// coefficient after another rounded to f32 and the others fitted again).
//
//===----------------------------------------------------------------------===//

#include "codegen/VectorMath.h"

#include <cmath>
#include <limits>

using namespace mlir;

namespace kiln {

/// ln 2 as a sum of two f32. The first has 15 bits, so that its products with
/// the exponents of f32 are exact.
static constexpr double ln2High = 0.693145751953125;
static constexpr double ln2Low = 1.428606765330187e-06;

/// 1.5 * 2^23: adding it leaves a number, rounded, in the low bits of the sum.
static constexpr double magic = 12582912.0;

static constexpr double infinity = std::numeric_limits<double>::infinity();
/// The least normal f32.
static constexpr double least = 0x1p-126;

/// c[0] + x * (c[1] + x * (...)).
static Value emitPolynomial(LaneBuilder &lane, Value x, ArrayRef<double> c) {
  Value sum = lane.f32(c.back(), x);
  for (double term : llvm::reverse(c.drop_back()))
    sum = lane.fma(sum, x, lane.f32(term, x));
  return sum;
}

namespace {
/// A number as n ln 2 + r.
struct Reduced {
  /// n in the low bits; e^r.
  Value n, power;
};
} // namespace

/// Of x, or of -x if `negated`.
static Reduced emitReducedExp(LaneBuilder &lane, Value x, bool negated) {
  double sign = negated ? -1.0 : 1.0;
  Value shifted =
      lane.fma(x, lane.f32(sign * 1.4426950408889634, x), lane.f32(magic, x));
  Value n = lane.sub(shifted, lane.f32(magic, x));
  Value r = lane.fma(n, lane.f32(-sign * ln2High, x), x);
  r = lane.fma(n, lane.f32(-sign * ln2Low, x), r);
  // In Horner's form from the 1 on: relative error below 2^-28, and rounding.
  Value power = emitPolynomial(
      lane, r,
      {1.0, sign, 0.4999999403953552, sign * 0.16666515171527863,
       0.04166823998093605, sign * 0.008369384333491325, 0.001382445334456861});
  return {lane.bits(shifted), power};
}

Value emitExp(LaneBuilder &lane, Value x) {
  auto [n, power] = emitReducedExp(lane, x, /*negated=*/false);
  // Shifted to the exponent's place, n alone is left of the low bits.
  Value y =
      lane.fromBits(lane.addI(lane.bits(power), lane.shl(n, lane.i32(23, n))));
  // That is anything where the result is no normal number.
  Value zero = lane.f32(0.0, x);
  y = lane.select(lane.less(lane.f32(-87.3365478515625, x), x), y, zero);
  // Infinity, and NaN of NaN.
  return lane.select(lane.less(x, lane.f32(88.72283935546875, x)), y,
                     lane.add(x, lane.f32(infinity, x)));
}

/// n ln 2 + ln(1 + f) for e = n * 2^23, an integer n, and f from sqrt(1/2) - 1
/// to sqrt(2) - 1. Infinity or NaN if e is.
static Value emitLogOfReduced(LaneBuilder &lane, Value e, Value f) {
  // ln(1 + f) = f - f^2 / 2 + f^3 p(f), relative error below 2^-27. One f32 for
  // ln 2 adds 2^-28.
  Value p = emitPolynomial(lane, f,
                           {0.3333333134651184, -0.2500081956386566,
                            0.2000124156475067, -0.166234090924263,
                            0.14201581478118896, -0.1315961331129074,
                            0.12762199342250824, -0.07636399567127228});
  p = lane.fma(p, f, lane.f32(-0.5, f));
  Value y = lane.fma(lane.mul(f, f), p, f);
  return lane.fma(e, lane.f32(0x1p-23 * 0.6931471805599453, e), y);
}

Value emitLog(LaneBuilder &lane, Value x) {
  OpBuilder &b = lane.getBuilder();
  Location loc = lane.getLoc();

  // x = 2^n m with sqrt(1/2) <= m < sqrt(2); the exponent stays where it is.
  Value bits = lane.bits(x);
  Value exponent = lane.andI(lane.subI(bits, lane.i32(0x3f3504f3, bits)),
                             lane.i32(int32_t(0xff800000), bits));
  Value m = lane.fromBits(lane.subI(bits, exponent));
  Value e = b.create<arith::SIToFPOp>(
      loc, LaneBuilder::typeLike(b.getF32Type(), x), exponent);

  // What is no number goes by way of the exponent, while p is being added up.
  Value nan = lane.f32(std::numeric_limits<float>::quiet_NaN(), x);
  e = lane.select(lane.less(x, lane.f32(infinity, x)), e, x);
  e = lane.select(lane.less(x, lane.f32(least, x)), lane.f32(-infinity, x), e);
  e = lane.select(lane.less(x, lane.f32(0.0, x)), nan, e);
  return emitLogOfReduced(lane, e, lane.sub(m, lane.f32(1.0, x)));
}

Value emitTanh(LaneBuilder &lane, Value x) {
  // x P(x^2) / Q(x^2) on |x| <= 9, relative error below 2^-29.
  Value square = lane.mul(x, x);
  Value p = emitPolynomial(lane, square,
                           {1.0, 0.13680127263069153, 0.003868594067171216,
                            2.8012835173285566e-05, 3.0597952616062685e-08,
                            -1.221305348519941e-11});
  Value q = emitPolynomial(lane, square,
                           {1.0, 0.47013458609580994, 0.027246814221143723,
                            0.00039391007157973945, 1.287742179556517e-06});
  Value y = lane.div(lane.mul(x, p), q);

  Value one = lane.f32(1.0, x), minusOne = lane.f32(-1.0, x);
  y = lane.maxOrRight(minusOne, lane.minOrRight(one, y));
  Value nine = lane.f32(9.0, x), minusNine = lane.f32(-9.0, x);
  y = lane.select(lane.less(nine, x), one, y);
  return lane.select(lane.less(x, minusNine), minusOne, y);
}

Value emitSigmoid(LaneBuilder &lane, Value x) {
  // Beyond these bounds the result has long been 0 or 1, and within them 2^n is
  // a number.
  x = lane.minOrRight(lane.f32(87.0, x), x);
  x = lane.maxOrRight(lane.f32(-88.3, x), x);
  auto [n, power] = emitReducedExp(lane, x, /*negated=*/true);
  Value scale = lane.fromBits(
      lane.addI(lane.shl(n, lane.i32(23, n)), lane.i32(0x3f800000, n)));
  Value one = lane.f32(1.0, x);
  return lane.div(one, lane.fma(power, scale, one));
}

Value emitSoftplusTail(LaneBuilder &lane, Value x) {
  // 1 + u lies in (1, 2]: above sqrt(2) it is halved, exactly, as u - 1 is.
  Value u = emitExp(lane, lane.neg(lane.abs(x)));
  Value one = lane.f32(1.0, x);
  Value large = lane.less(lane.f32(0.41421356, x), u);
  Value halved = lane.mul(lane.sub(u, one), lane.f32(0.5, x));
  Value exponent = lane.select(large, lane.f32(0x1p23, x), lane.f32(0.0, x));
  return emitLogOfReduced(lane, exponent, lane.select(large, halved, u));
}

/// The root of 16 numbers by multiplications, where a quotient comes next: the
/// one divider is busy for 12 cycles with a root and for 10 with a quotient,
/// multiplications go on beside it. The bits are those of vsqrtps for all x but
/// those from 2^-126 to 2^-102, where it lies between 0 and 2^-51. That holds
/// for whatever first estimate is within 2^-14, as AVX-512 promises it: all
/// significands were tried, each with 65 estimates from one end to the other.
///
/// Markstein's last step (IA-64 and Elementary Functions, 2000): the residual
/// of a root within one ulp is exact, or so small that flushing it changes
/// nothing.
static Value emitRootByProducts(LaneBuilder &lane, Value x) {
  Builder &b = lane.getBuilder();
  Value allLanes = lane.constant(b.getI16IntegerAttr(-1));
  Value half = lane.f32(0.5, x);
  Value y = lane.callX86("avx512.rsqrt14.ps.512", x.getType(),
                         {x, lane.f32(0.0, x), allLanes});
  // Goldschmidt: root goes to sqrt(x), tail to 1 / (2 sqrt(x)).
  Value root = lane.mul(x, y), tail = lane.mul(y, half);
  Value error = lane.fma(lane.neg(root), tail, half);
  root = lane.fma(root, error, root);
  tail = lane.fma(tail, error, tail);
  Value residual = lane.fma(lane.neg(root), root, x);
  root = lane.fma(residual, tail, root);
  // By the class of x, in fours of bits from the right: NaN stays NaN (2), 0
  // and infinity are their own roots (1), negative numbers have none (3).
  constexpr int32_t classes = 0x03130122;
  constexpr int32_t raisesNothing = 0, currentRounding = 4;
  return lane.callX86("avx512.mask.fixupimm.ps.512", x.getType(),
                      {root, x, lane.i32(classes, lane.bits(x)),
                       lane.constant(b.getI32IntegerAttr(raisesNothing)),
                       allLanes,
                       lane.constant(b.getI32IntegerAttr(currentRounding))});
}

Value emitRootPlus(LaneBuilder &lane, Value x, double c) {
  // Beside a larger c, roots below 2^-51 are lost.
  bool byProducts =
      lane.vectorBits == 512 && LaneBuilder::getLanes(x) == 16 && c >= 0x1p-26;
  return lane.add(byProducts ? emitRootByProducts(lane, x) : lane.sqrt(x),
                  lane.f32(c, x));
}

} // namespace kiln
