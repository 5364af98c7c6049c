//===- Image.h - Pictures to predict -------------------------- -*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_RUNTIME_IMAGE_H
#define KILN_RUNTIME_IMAGE_H

#include "runtime/Array.h"
#include "runtime/Status.h"

namespace kiln::rt {

/// Reads a PNG of height `shape[0]` and width `shape[1]` as grey bytes of shape
/// [1, height, width]. Colours become grey, transparency black; nothing is
/// scaled or inverted. Another size is an error that names both.
Status readPng(const std::string &path, const std::vector<int64_t> &shape,
               Array &array);

} // namespace kiln::rt

#endif // KILN_RUNTIME_IMAGE_H
