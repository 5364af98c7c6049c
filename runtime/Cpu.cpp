//===- Cpu.cpp - What the processor can do --------------------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// Built for plain x86-64, and free of templates and inline functions that
// another file might compile for more.
//
//===----------------------------------------------------------------------===//

#include "runtime/Cpu.h"

#include <cpuid.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace kiln::rt {

namespace {
enum Register { Eax, Ebx, Ecx, Edx };
/// The registers that the system must save for a feature to be usable.
enum Saved { Always, Ymm, Zmm, Tiles };

struct Feature {
  const char *name;
  unsigned leaf, subleaf;
  Register reg;
  int bit;
  Saved saved;
};
} // namespace

static const Feature Features[] = {
    {"sse3", 1, 0, Ecx, 0, Always},
    {"pclmul", 1, 0, Ecx, 1, Always},
    {"ssse3", 1, 0, Ecx, 9, Always},
    {"fma", 1, 0, Ecx, 12, Ymm},
    {"cx16", 1, 0, Ecx, 13, Always},
    {"sse4.1", 1, 0, Ecx, 19, Always},
    {"sse4.2", 1, 0, Ecx, 20, Always},
    {"movbe", 1, 0, Ecx, 22, Always},
    {"popcnt", 1, 0, Ecx, 23, Always},
    {"aes", 1, 0, Ecx, 25, Always},
    {"xsave", 1, 0, Ecx, 26, Always},
    {"avx", 1, 0, Ecx, 28, Ymm},
    {"f16c", 1, 0, Ecx, 29, Ymm},
    {"rdrnd", 1, 0, Ecx, 30, Always},
    {"bmi", 7, 0, Ebx, 3, Always},
    {"avx2", 7, 0, Ebx, 5, Ymm},
    {"bmi2", 7, 0, Ebx, 8, Always},
    {"avx512f", 7, 0, Ebx, 16, Zmm},
    {"avx512dq", 7, 0, Ebx, 17, Zmm},
    {"adx", 7, 0, Ebx, 19, Always},
    {"avx512ifma", 7, 0, Ebx, 21, Zmm},
    {"clflushopt", 7, 0, Ebx, 23, Always},
    {"clwb", 7, 0, Ebx, 24, Always},
    {"avx512cd", 7, 0, Ebx, 28, Zmm},
    {"sha", 7, 0, Ebx, 29, Always},
    {"avx512bw", 7, 0, Ebx, 30, Zmm},
    {"avx512vl", 7, 0, Ebx, 31, Zmm},
    {"avx512vbmi", 7, 0, Ecx, 1, Zmm},
    {"avx512vbmi2", 7, 0, Ecx, 6, Zmm},
    {"gfni", 7, 0, Ecx, 8, Always},
    {"vaes", 7, 0, Ecx, 9, Ymm},
    {"vpclmulqdq", 7, 0, Ecx, 10, Ymm},
    {"avx512vnni", 7, 0, Ecx, 11, Zmm},
    {"avx512bitalg", 7, 0, Ecx, 12, Zmm},
    {"avx512vpopcntdq", 7, 0, Ecx, 14, Zmm},
    {"amx-bf16", 7, 0, Edx, 22, Tiles},
    {"avx512fp16", 7, 0, Edx, 23, Zmm},
    {"amx-tile", 7, 0, Edx, 24, Tiles},
    {"avxvnni", 7, 1, Eax, 4, Ymm},
    {"avx512bf16", 7, 1, Eax, 5, Zmm},
    {"lzcnt", 0x80000001, 0, Ecx, 5, Always},
    {"sse4a", 0x80000001, 0, Ecx, 6, Always},
    {"prfchw", 0x80000001, 0, Ecx, 8, Always},
    {"xop", 0x80000001, 0, Ecx, 11, Ymm},
    {"fma4", 0x80000001, 0, Ecx, 16, Ymm},
};

static const char *const RuntimeFeatures[] = {
    "sse3",  "ssse3", "cx16", "sse4.1", "sse4.2", "popcnt", "movbe",
    "lzcnt", "bmi",   "bmi2", "f16c",   "avx",    "avx2",   "fma"};

/// The state that the system saves on a switch of threads (XCR0).
static unsigned savedState() {
  unsigned eax, ebx, ecx, edx;
  if (!__get_cpuid(1, &eax, &ebx, &ecx, &edx) || !(ecx & 1u << 27))
    return 0;
  __asm__ volatile("xgetbv" : "=a"(eax), "=d"(edx) : "c"(0));
  return eax;
}

/// Registers of tiles are large: the system keeps them for processes that ask.
static bool requestTiles() {
  return syscall(SYS_arch_prctl, 0x1023 /* ARCH_REQ_XCOMP_PERM */,
                 18 /* the tiles' data */) == 0;
}

static bool test(const Feature &feature) {
  unsigned registers[4];
  if (!__get_cpuid_count(feature.leaf, feature.subleaf, &registers[Eax],
                         &registers[Ebx], &registers[Ecx], &registers[Edx]))
    return false;
  if (!(registers[feature.reg] & 1u << feature.bit))
    return false;
  static const unsigned States[] = {0, 0x6, 0xE6, 0x600E6};
  unsigned needed = States[feature.saved];
  if ((savedState() & needed) != needed)
    return false;
  return feature.saved != Tiles || requestTiles();
}

bool hasFeature(const char *feature) {
  if (*feature == '+')
    ++feature;
  for (unsigned i = 0; i < sizeof(Features) / sizeof(Features[0]); ++i)
    if (strcmp(feature, Features[i].name) == 0)
      return test(Features[i]);
  return true;
}

const char *missingForRuntime() {
  for (unsigned i = 0; i < sizeof(RuntimeFeatures) / sizeof(RuntimeFeatures[0]);
       ++i)
    if (!hasFeature(RuntimeFeatures[i]))
      return RuntimeFeatures[i];
  return nullptr;
}

} // namespace kiln::rt
