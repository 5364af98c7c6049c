//===- Target.h - The processor that code is made for -----------*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_CODEGEN_TARGET_H
#define KILN_CODEGEN_TARGET_H

#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace kiln {

/// A processor: LLVM's name of it, and the features that code for it uses. Code
/// uses the features of a level (x86-64-v3 or v4) and no others, so that a
/// trainer runs on every processor of that level; the name only tunes.
struct Target {
  /// LLVM's name of the processor to tune for, `znver4` or `x86-64-v3`.
  std::string cpu;
  /// LLVM's feature string, `+avx2,+fma,...`: all of `required`, and what the
  /// matrix unit needs.
  std::string features;
  /// The features that a trainer checks for when it starts, by LLVM's name.
  std::vector<std::string> required;
  /// 512 or 256.
  unsigned vectorBits = 256;
  /// Whether it multiplies tiles of bfloat16 (AMX); of this machine, also
  /// whether the system lets this process do so. Code that does needs
  /// `getMatrixFeatures` as well.
  bool matrixUnit = false;

  /// What code that uses the matrix unit needs beyond `required`.
  static const std::vector<std::string> &getMatrixFeatures();

  /// `cpu` as given to `--cpu`: `native`, `x86-64-v3`, `x86-64-v4` or any of
  /// LLVM's names that has AVX2 and FMA; the error lists what is missing.
  static llvm::Expected<Target> get(llvm::StringRef cpu);
};

/// Registers LLVM's code generator for the processors that kiln knows; cheap
/// when done already.
void initializeTargets();

} // namespace kiln

#endif // KILN_CODEGEN_TARGET_H
