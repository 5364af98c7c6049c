//===- Effects.cpp - What a pass may do to results ------------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "passes/Effects.h"

#include "llvm/ADT/StringSwitch.h"

using namespace kiln;

std::optional<Effect> kiln::getEffect(llvm::StringRef pass) {
  return llvm::StringSwitch<std::optional<Effect>>(pass)
      // Upstream.
      .Cases("canonicalize", "cse", Effect::Exact)
      // model -> train. Schedules of the forward pass keep its bits; the sums
      // that gradients are then made of come from autodiff.
      .Case("kiln-verify-phase", Effect::Exact)
      .Case("kiln-build-programs", Effect::Builds)
      .Cases("kiln-hoist-projections", "kiln-dedupe-tokens", Effect::Exact)
      .Cases("kiln-autodiff", "kiln-insert-optimizer", Effect::Builds)
      .Case("kiln-share-activations", Effect::Exact)
      // train -> fused.
      .Case("kiln-recompute-activations", Effect::Exact)
      .Cases("kiln-tile-scans", "kiln-split-sums", Effect::Sums)
      .Cases("kiln-arrange-batches", "kiln-skip-masked-steps", Effect::Exact)
      .Cases("kiln-chunk-gradients", "kiln-chain-scatters", Effect::Exact)
      .Cases("kiln-pack-operands", "kiln-materialize-transposes", Effect::Exact)
      .Cases("kiln-fuse-update", "kiln-fuse-epilogue", "kiln-fuse-loss",
             "kiln-fuse-elementwise", "kiln-fuse-scan", Effect::Exact)
      .Cases("kiln-form-groups", "kiln-split-groups", "kiln-skip-padding",
             "kiln-skip-zeros", "kiln-ask-ahead", Effect::Exact)
      // fused -> tiled.
      .Cases("kiln-hoist-invariant-groups", "kiln-schedule",
             "kiln-insert-barriers", "kiln-form-tile-loops", "kiln-plan-memory",
             "kiln-verify-plan", Effect::Exact)
      .Cases("kiln-lower-to-spmd", "kiln-share-kernels", "kiln-verify-tiled",
             "kiln-check-bounds", "kiln-convert-to-llvm", Effect::Lowers)
      .Cases("expand-strided-metadata", "lower-affine", "convert-scf-to-cf",
             "convert-vector-to-llvm", "reconcile-unrealized-casts",
             "ensure-debug-info-scope-on-llvm-func", Effect::Lowers)
      .Default(std::nullopt);
}

double kiln::getAllowedError(Effect effect, bool isF64) {
  if (effect != Effect::Sums)
    return 0.0;
  return isF64 ? 1e-12 : 1e-5;
}
