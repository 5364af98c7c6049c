//===- FakePair.cpp - The model made by hand, twice -----------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "FakeModel.h"

extern "C" {
extern const kiln_model kiln_fused_model;
extern const kiln_model kiln_unfused_model;
const kiln_model kiln_fused_model = makeFakeModel();
const kiln_model kiln_unfused_model = makeFakeModel();
}
