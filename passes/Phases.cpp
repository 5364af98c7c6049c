//===- Phases.cpp - The levels of IR that a model goes through ------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "passes/Phases.h"

#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/ErrorHandling.h"

using namespace kiln;

llvm::StringRef kiln::stringifyPhase(Phase phase) {
  switch (phase) {
  case Phase::Model:
    return "model";
  case Phase::Train:
    return "train";
  case Phase::Fused:
    return "fused";
  case Phase::Tiled:
    return "tiled";
  case Phase::LLVM:
    return "llvm";
  }
  llvm_unreachable("unknown phase");
}

std::optional<Phase> kiln::symbolizePhase(llvm::StringRef name) {
  return llvm::StringSwitch<std::optional<Phase>>(name)
      .Case("model", Phase::Model)
      .Case("train", Phase::Train)
      .Case("fused", Phase::Fused)
      .Case("tiled", Phase::Tiled)
      .Case("llvm", Phase::LLVM)
      .Default(std::nullopt);
}
