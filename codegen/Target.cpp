//===- Target.cpp - The processor that code is made for -------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "codegen/Target.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/TargetParser/Host.h"

#include <sys/syscall.h>
#include <unistd.h>

using namespace kiln;

/// What code for 256-bit vectors uses beyond the first x86-64: the floor.
static constexpr llvm::StringLiteral floorFeatures[] = {
    "avx2", "bmi", "bmi2", "f16c", "fma", "lzcnt", "popcnt"};

/// What code for 512-bit vectors uses as well.
static constexpr llvm::StringLiteral wideFeatures[] = {"avx512f", "avx512bw",
                                                       "avx512dq", "avx512vl"};

const std::vector<std::string> &kiln::Target::getMatrixFeatures() {
  static const std::vector<std::string> features = {"amx-bf16", "amx-tile"};
  return features;
}

/// Asks the system to keep the matrix unit's registers for this process; false
/// if it does not.
static bool requestMatrixUnit() {
#if defined(__linux__) && defined(__x86_64__)
  constexpr long requestPermission = 0x1023, tileData = 18;
  return syscall(SYS_arch_prctl, requestPermission, tileData) == 0;
#else
  return false;
#endif
}

void kiln::initializeTargets() {
  static const bool done = [] {
    LLVMInitializeX86TargetInfo();
    LLVMInitializeX86Target();
    LLVMInitializeX86TargetMC();
    LLVMInitializeX86AsmPrinter();
    LLVMInitializeX86AsmParser();
    return true;
  }();
  (void)done;
}

/// The machine that this process runs on, or LLVM's table of processors.
namespace {
class FeatureTable {
public:
  static llvm::Expected<FeatureTable> get(llvm::StringRef cpu);

  bool has(llvm::StringRef feature) const {
    if (!info)
      return host.lookup(feature);
    return info->checkFeatures(("+" + feature).str());
  }
  llvm::StringRef getName() const { return name; }

private:
  std::string name;
  llvm::StringMap<bool> host;
  std::unique_ptr<llvm::MCSubtargetInfo> info;
};
} // namespace

llvm::Expected<FeatureTable> FeatureTable::get(llvm::StringRef cpu) {
  FeatureTable table;
  if (cpu == "native") {
    // Names say less than the machine: a hypervisor may hide features.
    for (const auto &entry : llvm::sys::getHostCPUFeatures())
      table.host[entry.getKey()] = entry.getValue();
    table.name = llvm::sys::getHostCPUName().str();
    return table;
  }
  const std::string triple = "x86_64-unknown-linux-gnu";
  std::string message;
  const llvm::Target *target =
      llvm::TargetRegistry::lookupTarget(triple, message);
  assert(target && "the x86 target is part of LLVM");
  // Asked without a name first: LLVM prints its own warning at unknown ones.
  table.info.reset(target->createMCSubtargetInfo(triple, "", ""));
  if (!table.info->isCPUStringValid(cpu))
    return llvm::createStringError(
        "unknown processor '" + cpu +
        "' (hint: native, x86-64-v3, x86-64-v4 or a name that "
        "'clang-19 --print-supported-cpus' lists)");
  table.info.reset(target->createMCSubtargetInfo(triple, cpu, ""));
  table.name = cpu.str();
  return table;
}

llvm::Expected<kiln::Target> kiln::Target::get(llvm::StringRef cpu) {
  initializeTargets();
  llvm::Expected<FeatureTable> table = FeatureTable::get(cpu);
  if (!table)
    return table.takeError();

  std::vector<std::string> missing;
  for (llvm::StringRef feature : floorFeatures)
    if (!table->has(feature))
      missing.push_back(feature.str());
  if (!missing.empty())
    return llvm::createStringError(
        (cpu == "native" ? "this machine's processor, " + table->getName() + ","
                         : "processor '" + cpu + "'") +
        llvm::Twine(" lacks ") + llvm::join(missing, ", ") +
        ": kiln needs at least x86-64-v3");

  Target target;
  target.cpu = table->getName().str();
  target.required.assign(std::begin(floorFeatures), std::end(floorFeatures));
  if (llvm::all_of(wideFeatures,
                   [&](llvm::StringRef f) { return table->has(f); })) {
    target.vectorBits = 512;
    target.required.insert(target.required.end(), std::begin(wideFeatures),
                           std::end(wideFeatures));
    target.matrixUnit = llvm::all_of(
        getMatrixFeatures(), [&](llvm::StringRef f) { return table->has(f); });
    // What runs in this process needs the permission, whatever the processor.
    if (target.matrixUnit && !requestMatrixUnit() && cpu == "native")
      target.matrixUnit = false;
  }
  for (const std::string &feature : target.required)
    target.features += (target.features.empty() ? "+" : ",+") + feature;
  if (target.matrixUnit)
    for (const std::string &feature : getMatrixFeatures())
      target.features += ",+" + feature;
  return target;
}
