//===- Pipelines.cpp - Sequences of passes between phases -----------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "passes/Pipelines.h"

#include "passes/Passes.h"
#include "passes/Phases.h"

#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;
using namespace kiln;

static std::unique_ptr<Pass> createGate(Phase phase) {
  VerifyPhaseOptions options;
  options.phase = stringifyPhase(phase).str();
  return createVerifyPhase(options);
}

void kiln::buildTrainPipeline(OpPassManager &pm) {
  pm.addPass(createGate(Phase::Model));
  pm.addPass(createBuildPrograms());
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
  pm.addPass(createAutodiff());
  pm.addPass(createInsertOptimizer());
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
  pm.addNestedPass<func::FuncOp>(createShareActivations());
  pm.addPass(createCSEPass());
  pm.addPass(createGate(Phase::Train));
}

namespace {
struct NamedFusion {
  llvm::StringLiteral name;
  std::unique_ptr<Pass> (*create)();
};
} // namespace

/// In the order in which they choose: an update takes its gradient before an
/// epilogue could, a contraction its bias before the loss could.
static constexpr NamedFusion kFusions[] = {
    {"fuse-update", createFuseUpdate},
    {"fuse-epilogue", createFuseEpilogue},
    {"fuse-loss", createFuseLoss},
    {"fuse-elementwise", createFuseElementwise},
};

std::vector<std::string> kiln::getFusionNames() {
  std::vector<std::string> names;
  for (const NamedFusion &fusion : kFusions)
    names.push_back(fusion.name.str());
  return names;
}

void kiln::buildFusePipeline(OpPassManager &pm, const FusionOptions &options) {
  pm.addNestedPass<func::FuncOp>(createChainScatters());
  pm.addNestedPass<func::FuncOp>(createMaterializeTransposes());
  pm.addPass(createCSEPass());
  for (const NamedFusion &fusion : kFusions)
    if (!llvm::is_contained(options.disabled, fusion.name))
      pm.addNestedPass<func::FuncOp>(fusion.create());
  pm.addNestedPass<func::FuncOp>(createFormGroups());
  if (!options.fuse)
    pm.addNestedPass<func::FuncOp>(createSplitGroups());
  pm.addPass(createGate(Phase::Fused));
}

namespace {
struct FusePipelineOptions : public PassPipelineOptions<FusePipelineOptions> {
  Option<bool> fuse{*this, "fuse",
                    llvm::cl::desc("false: every op a kernel of its own"),
                    llvm::cl::init(true)};
  ListOption<std::string> disabled{
      *this, "disable", llvm::cl::desc("fusions to leave out, by name")};
};
} // namespace

void kiln::registerPipelines() {
  PassPipelineRegistration<>("kiln-train", "from a model to its training step",
                             buildTrainPipeline);
  PassPipelineRegistration<FusePipelineOptions>(
      "kiln-fuse", "every op into a kernel",
      [](OpPassManager &pm, const FusePipelineOptions &given) {
        FusionOptions options;
        options.fuse = given.fuse;
        options.disabled.assign(given.disabled.begin(), given.disabled.end());
        buildFusePipeline(pm, options);
      });
}
