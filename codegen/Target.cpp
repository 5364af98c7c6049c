//===- Target.cpp - The processor that code is made for -------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "codegen/Target.h"
