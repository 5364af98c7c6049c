//===- VectorMath.h - Transcendental functions without libm -----*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// Functions of f32 as sequences of arith and math ops that give the same bits
// on every machine, for scalars and vectors alike. Bounds are against the exact
// value in units in the last place of f32, over all arguments; denormal
// arguments and results count as 0 (the machine runs with FTZ and DAZ). A NaN
// gives a NaN. test/codegen/kernels/vector-math.mlir holds them to it, and the
// interpreter reckons with the same bounds (ir/MathBounds.h). `emitRootPlus`
// alone uses instructions of AVX-512, and has the same bits without.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_CODEGEN_VECTORMATH_H
#define KILN_CODEGEN_VECTORMATH_H

#include "codegen/LaneBuilder.h"

namespace kiln {

/// e^x within 1 ulp; infinity above 88.73, 0 below -87.34.
mlir::Value emitExp(LaneBuilder &lane, mlir::Value x);

/// ln x within 1 ulp; -infinity at 0, NaN below.
mlir::Value emitLog(LaneBuilder &lane, mlir::Value x);

/// tanh x within 5.2 ulp; exactly 1 in magnitude above 9.
mlir::Value emitTanh(LaneBuilder &lane, mlir::Value x);

/// 1 / (1 + e^-x) within 3 ulp.
mlir::Value emitSigmoid(LaneBuilder &lane, mlir::Value x);

/// ln(1 + e^-|x|) within 3 ulp.
mlir::Value emitSoftplusTail(LaneBuilder &lane, mlir::Value x);

/// sqrt(x) + c, each rounded once as IEEE 754 has it.
mlir::Value emitRootPlus(LaneBuilder &lane, mlir::Value x, double c);

} // namespace kiln

#endif // KILN_CODEGEN_VECTORMATH_H
