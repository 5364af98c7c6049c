//===- KernelBenchMain.cpp - Where kiln bench's program starts ------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// Built for plain x86-64, as Main.cpp is.
//
//===----------------------------------------------------------------------===//

#include "runtime/Abi.h"
#include "runtime/Cpu.h"

#include <stdio.h>

extern "C" const kiln_model kiln_fused_model;
extern "C" const kiln_model kiln_unfused_model;

namespace kiln::rt {
int runKernelBench(int argc, char **argv, const kiln_model &fused,
                   const kiln_model &unfused);
} // namespace kiln::rt

int main(int argc, char **argv) {
  if (const char *missing = kiln::rt::missingForRuntime()) {
    fprintf(stderr,
            "error: this program needs a processor of level x86-64-v3: "
            "expected %s, which this one lacks\n",
            missing);
    return 1;
  }
  return kiln::rt::runKernelBench(argc, argv, kiln_fused_model,
                                  kiln_unfused_model);
}
