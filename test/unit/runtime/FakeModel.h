//===- FakeModel.h - A compiled model made by hand ------------ -*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_TEST_UNIT_RUNTIME_FAKEMODEL_H
#define KILN_TEST_UNIT_RUNTIME_FAKEMODEL_H

#include "runtime/Abi.h"

/// The model that the environment describes; it lives for ever.
kiln_model makeFakeModel();

#endif // KILN_TEST_UNIT_RUNTIME_FAKEMODEL_H
