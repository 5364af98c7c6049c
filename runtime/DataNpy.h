//===- DataNpy.h - NumPy's array format ----------------------- -*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_RUNTIME_DATANPY_H
#define KILN_RUNTIME_DATANPY_H

#include "runtime/Array.h"
#include "runtime/Status.h"

namespace kiln::rt {

/// Reads a .npy file (versions 1 to 3), plain or gzip: little-endian, in C
/// order, of booleans, integers up to 64 bits, f32 or f64.
Status readNpy(const std::string &path, Array &array);

/// Writes `data`, row-major of `shape`, as a .npy file of f32 or f64.
Status writeNpy(const std::string &path, const std::vector<int64_t> &shape,
                const float *data);
Status writeNpy(const std::string &path, const std::vector<int64_t> &shape,
                const double *data);

} // namespace kiln::rt

#endif // KILN_RUNTIME_DATANPY_H
