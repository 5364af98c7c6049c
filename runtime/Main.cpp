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
#include <stdlib.h>

// ThreadSanitizer's own; absent where a program is built without.
extern "C" void __tsan_init() __attribute__((weak));

/// Asked by ThreadSanitizer when it starts. OpenMP's library is not built for
/// it: what that does inside is none of the program's races.
#define KILN_TSAN_OPTIONS "ignore_noninstrumented_modules=1"
extern "C" const char *__tsan_default_options() { return KILN_TSAN_OPTIONS; }

int main(int argc, char **argv) {
  if (const char *missing = kiln::rt::missingForRuntime()) {
    fprintf(stderr,
            "error: this program needs a processor of level x86-64-v3: "
            "expected %s, which this one lacks\n",
            missing);
    return 1;
  }
  // Archer looks for the same words in the environment only.
  if (__tsan_init)
    setenv("TSAN_OPTIONS", KILN_TSAN_OPTIONS, 0);
  return kiln::rt::runTrainer(argc, argv, kiln_the_model);
}
