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

/// ln 2 as a sum of two f32.
static constexpr double ln2High = 0.693147182464599609375;
static constexpr double ln2Low = -1.904654299957768e-09;

/// c[0] + x * (c[1] + x * (...)).
static Value emitPolynomial(LaneBuilder &lane, Value x, ArrayRef<double> c) {
  Value sum = lane.f32(c.back(), x);
  for (double term : llvm::reverse(c.drop_back()))
    sum = lane.fma(sum, x, lane.f32(term, x));
  return sum;
}

/// 2^n for an integer -126 <= n <= 127.
static Value emitPowerOfTwo(LaneBuilder &lane, Value n) {
  return lane.fromBits(
      lane.shl(lane.addI(n, lane.i32(127, n)), lane.i32(23, n)));
}

Value emitExp(LaneBuilder &lane, Value x) {
  // Beyond these bounds the result has long been infinity or 0.
  x = lane.minOrRight(lane.f32(89.0, x), x);
  x = lane.maxOrRight(lane.f32(-104.0, x), x);

  // x = n ln 2 + r: adding 1.5 * 2^23 leaves n, rounded, in the low bits.
  Value magic = lane.f32(12582912.0, x);
  Value shifted = lane.fma(x, lane.f32(1.4426950408889634, x), magic);
  Value n = lane.sub(shifted, magic);
  Value r = lane.fma(n, lane.f32(-ln2High, x), x);
  r = lane.fma(n, lane.f32(-ln2Low, x), r);

  // e^r = 1 + (r + r^2 q(r)), relative error below 2^-28.
  Value q = emitPolynomial(lane, r,
                           {0.4999999403953552, 0.16666515171527863,
                            0.04166823998093605, 0.008369384333491325,
                            0.001382445334456861});
  Value p = lane.add(lane.fma(lane.mul(r, r), q, r), lane.f32(1.0, x));

  // n reaches 128 and -150, so 2^n takes two factors.
  Value exponent = lane.subI(lane.bits(shifted), lane.bits(magic));
  Value half = lane.shrS(exponent, lane.i32(1, exponent));
  p = lane.mul(p, emitPowerOfTwo(lane, half));
  return lane.mul(p, emitPowerOfTwo(lane, lane.subI(exponent, half)));
}

/// e * ln 2 + ln(1 + f) for an integer e and sqrt(1/2) - 1 <= f <= sqrt(2) - 1.
static Value emitLogOfReduced(LaneBuilder &lane, Value e, Value f) {
  // ln(1 + f) = f - f^2 / 2 + f^3 p(f), relative error below 2^-30.
  Value p = emitPolynomial(
      lane, f,
      {0.3333331346511841, -0.25000011920928955, 0.20002079010009766,
       -0.16667860746383667, 0.14220041036605835, -0.12407905608415604,
       0.11887706816196442, -0.11663531512022018, 0.06732869893312454});
  Value square = lane.mul(f, f);
  Value rest = lane.mul(lane.mul(p, f), square);
  rest = lane.fma(e, lane.f32(ln2Low, e), rest);
  rest = lane.fma(square, lane.f32(-0.5, f), rest);
  return lane.fma(e, lane.f32(ln2High, e), lane.add(f, rest));
}

Value emitLog(LaneBuilder &lane, Value x) {
  OpBuilder &b = lane.getBuilder();
  Location loc = lane.getLoc();

  // x = 2^e m with sqrt(1/2) <= m < sqrt(2).
  Value bits = lane.bits(x);
  Value root = lane.i32(0x3f3504f3, bits);
  Value offset = lane.subI(bits, root);
  Value exponent = lane.shrS(offset, lane.i32(23, bits));
  Value m = lane.fromBits(
      lane.addI(lane.andI(offset, lane.i32(0x007fffff, bits)), root));
  Value e = b.create<arith::SIToFPOp>(
      loc, LaneBuilder::typeLike(b.getF32Type(), x), exponent);
  Value y = emitLogOfReduced(lane, e, lane.sub(m, lane.f32(1.0, x)));

  Value infinity = lane.f32(std::numeric_limits<float>::infinity(), x);
  Value smallest = lane.f32(std::numeric_limits<float>::min(), x);
  Value nan = lane.f32(std::numeric_limits<float>::quiet_NaN(), x);
  y = lane.select(lane.less(x, infinity), y, x);
  y = lane.select(lane.less(x, smallest), lane.neg(infinity), y);
  return lane.select(lane.less(x, lane.f32(0.0, x)), nan, y);
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
  Value one = lane.f32(1.0, x);
  return lane.div(one, lane.add(one, emitExp(lane, lane.neg(x))));
}

Value emitSoftplusTail(LaneBuilder &lane, Value x) {
  // 1 + u lies in (1, 2]: above sqrt(2) it is halved, exactly, as u - 1 is.
  Value u = emitExp(lane, lane.neg(lane.abs(x)));
  Value one = lane.f32(1.0, x);
  Value large = lane.less(lane.f32(0.41421356, x), u);
  Value halved = lane.mul(lane.sub(u, one), lane.f32(0.5, x));
  return emitLogOfReduced(lane, lane.select(large, one, lane.f32(0.0, x)),
                          lane.select(large, halved, u));
}

} // namespace kiln
