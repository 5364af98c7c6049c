//===- PackArena.h - Values that share a block of memory --------*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_CODEGEN_PACKARENA_H
#define KILN_CODEGEN_PACKARENA_H

#include "mlir/IR/Value.h"

#include <vector>

namespace kiln {

/// Values of a block of memory start at multiples of this many bytes: a pair of
/// cache lines, which processors prefetch together.
inline constexpr int64_t sharedAlignment = 128;

/// A value that needs `bytes` from the time `first` to `last`, both included.
struct Life {
  mlir::OpResult value;
  int64_t bytes;
  unsigned first, last;
  /// Where it stands among the function's values.
  size_t number;
  /// Where it goes.
  int64_t offset = 0;
};

/// Gives the largest value its offset first, each the lowest that is free for
/// the whole of its life, and returns the bytes in use. Sorts `lives` by size.
int64_t packArena(std::vector<Life> &lives);

} // namespace kiln

#endif // KILN_CODEGEN_PACKARENA_H
