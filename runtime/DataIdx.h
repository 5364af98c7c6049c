//===- DataIdx.h - The IDX format of MNIST -------------------- -*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_RUNTIME_DATAIDX_H
#define KILN_RUNTIME_DATAIDX_H

#include "runtime/Array.h"
#include "runtime/Status.h"

namespace kiln::rt {

/// Reads an IDX file, plain or gzip: two zero bytes, a type, the rank, the
/// extents and the elements, all big-endian.
Status readIdx(const std::string &path, Array &array);

} // namespace kiln::rt

#endif // KILN_RUNTIME_DATAIDX_H
