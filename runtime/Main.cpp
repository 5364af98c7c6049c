//===- Main.cpp - Where a trainer starts ----------------------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// Built for plain x86-64: it must run where the rest cannot.
//
//===----------------------------------------------------------------------===//

#include "runtime/Abi.h"
#include "runtime/Cpu.h"
#include "runtime/Verbs.h"

#include <stdio.h>

int main(int argc, char **argv) {
  if (const char *missing = kiln::rt::missingForRuntime()) {
    fprintf(stderr,
            "error: this program needs a processor of level x86-64-v3: "
            "expected %s, which this one lacks\n",
            missing);
    return 1;
  }
  return kiln::rt::runTrainer(argc, argv, kiln_the_model);
}
