//===- MathBounds.h - What elementary functions may lose --------*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// Largest errors of compiled elementary functions, in units in the last place
// of f32. codegen/VectorMath keeps to them, and what is compared with compiled
// code reckons with them.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_IR_MATHBOUNDS_H
#define KILN_IR_MATHBOUNDS_H

namespace kiln::ulps {

inline constexpr double exp = 1.0;
inline constexpr double log = 1.0;
/// Exact beyond +-9, where it is +-1.
inline constexpr double tanh = 5.2;
inline constexpr double sigmoid = 3.0;
/// ln(1 + e^-|x|).
inline constexpr double softplusTail = 3.0;

} // namespace kiln::ulps

#endif // KILN_IR_MATHBOUNDS_H
