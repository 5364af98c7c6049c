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

namespace {
/// A pass that a user may leave out.
struct OptionalPass {
  llvm::StringLiteral name;
  std::unique_ptr<Pass> (*create)();
  /// What takes its place then, if code generation needs something.
  std::unique_ptr<Pass> (*createInstead)() = nullptr;
};
} // namespace

/// Schedules of the forward pass: before autodiff, so that gradients follow.
static constexpr OptionalPass kForwardSchedules[] = {
    {"hoist-projections", createHoistProjections},
    {"dedupe-tokens", createDedupeTokens},
};

static std::unique_ptr<Pass> createOneTile() {
  TileScansOptions options;
  options.rows = 0;
  return createTileScans(options);
}

static std::unique_ptr<Pass> createTiles() { return createTileScans(); }

/// Schedules of training steps: what is saved, in which parts sums are made.
static constexpr OptionalPass kSchedules[] = {
    {"recompute-activations", createRecomputeActivations},
    {"tile-scans", createTiles, createOneTile},
    {"arrange-batches", createArrangeBatches},
    {"skip-masked-steps", createSkipMaskedSteps},
    {"chunk-gradients", createChunkGradients},
    {"split-sums", createSplitSums},
};

/// Schedules of groups.
static constexpr OptionalPass kGroupSchedules[] = {
    {"skip-padding", createSkipPadding},
    {"skip-zeros", createSkipZeros},
    {"ask-ahead", createAskAhead},
};

/// In the order in which they choose: an update takes its gradient before an
/// epilogue could, a contraction its bias before the loss could.
static constexpr OptionalPass kFusions[] = {
    {"fuse-update", createFuseUpdate},
    {"fuse-epilogue", createFuseEpilogue},
    {"fuse-loss", createFuseLoss},
    {"fuse-elementwise", createFuseElementwise},
    {"fuse-scan", createFuseScan},
};

std::vector<std::string> kiln::getOptionalPasses() {
  std::vector<std::string> names;
  for (ArrayRef<OptionalPass> passes :
       {ArrayRef(kForwardSchedules), ArrayRef(kSchedules), ArrayRef(kFusions),
        ArrayRef(kGroupSchedules)})
    for (const OptionalPass &pass : passes)
      names.push_back(pass.name.str());
  return names;
}

static void addEnabled(OpPassManager &pm, ArrayRef<OptionalPass> passes,
                       const FusionOptions &options) {
  for (const OptionalPass &pass : passes)
    if (!llvm::is_contained(options.disabled, pass.name))
      pm.addNestedPass<func::FuncOp>(pass.create());
    else if (pass.createInstead)
      pm.addNestedPass<func::FuncOp>(pass.createInstead());
}

static void addSimplifications(OpPassManager &pm) {
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
}

void kiln::buildTrainPipeline(OpPassManager &pm, const FusionOptions &options) {
  pm.addPass(createGate(Phase::Model));
  pm.addPass(createBuildPrograms());
  addSimplifications(pm);
  addEnabled(pm, kForwardSchedules, options);
  addSimplifications(pm);
  pm.addPass(createAutodiff());
  pm.addPass(createInsertOptimizer());
  addSimplifications(pm);
  pm.addNestedPass<func::FuncOp>(createShareActivations());
  pm.addPass(createCSEPass());
  pm.addPass(createGate(Phase::Train));
}

void kiln::buildFusePipeline(OpPassManager &pm, const FusionOptions &options) {
  addEnabled(pm, kSchedules, options);
  addSimplifications(pm);
  pm.addNestedPass<func::FuncOp>(createChainScatters());
  pm.addNestedPass<func::FuncOp>(createPackOperands());
  pm.addNestedPass<func::FuncOp>(createMaterializeTransposes());
  pm.addPass(createCSEPass());
  addEnabled(pm, kFusions, options);
  pm.addNestedPass<func::FuncOp>(createFormGroups());
  if (!options.fuse)
    pm.addNestedPass<func::FuncOp>(createSplitGroups());
  addEnabled(pm, kGroupSchedules, options);
  pm.addPass(createGate(Phase::Fused));
}

static FusionOptions makeOptions(bool fuse, ArrayRef<std::string> disabled) {
  FusionOptions options;
  options.fuse = fuse;
  options.disabled.assign(disabled.begin(), disabled.end());
  return options;
}

namespace {
struct TrainPipelineOptions : public PassPipelineOptions<TrainPipelineOptions> {
  ListOption<std::string> disabled{
      *this, "disable", llvm::cl::desc("schedules to leave out, by name")};
};
struct FusePipelineOptions : public PassPipelineOptions<FusePipelineOptions> {
  Option<bool> fuse{*this, "fuse",
                    llvm::cl::desc("false: every op a kernel of its own"),
                    llvm::cl::init(true)};
  ListOption<std::string> disabled{
      *this, "disable",
      llvm::cl::desc("fusions and schedules to leave out, by name")};
};
} // namespace

void kiln::registerPipelines() {
  PassPipelineRegistration<TrainPipelineOptions>(
      "kiln-train", "from a model to its training step",
      [](OpPassManager &pm, const TrainPipelineOptions &given) {
        buildTrainPipeline(pm, makeOptions(/*fuse=*/true, given.disabled));
      });
  PassPipelineRegistration<FusePipelineOptions>(
      "kiln-fuse", "every op into a kernel",
      [](OpPassManager &pm, const FusePipelineOptions &given) {
        buildFusePipeline(pm, makeOptions(given.fuse, given.disabled));
      });
}
