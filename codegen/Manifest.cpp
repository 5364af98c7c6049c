//===- Manifest.cpp - What a trainer carries of its model -----------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "codegen/Manifest.h"

#include "codegen/Buffers.h"
#include "codegen/Passes.h"
#include "frontend/manifest_generated.h"
#include "runtime/Abi.h"

#include "llvm/ADT/StringSwitch.h"

using namespace kiln;
namespace func = mlir::func;
namespace LLVM = mlir::LLVM;

static std::vector<int64_t> getShape(mlir::Type type) {
  return llvm::cast<mlir::ShapedType>(type).getShape().vec();
}

static int64_t getInteger(mlir::Operation *op, llvm::StringRef name) {
  return op->getAttrOfType<mlir::IntegerAttr>(name).getInt();
}

/// The line of the model file that an op stands for; 0 if none.
static uint32_t getLine(mlir::Location location) {
  uint32_t line = 0;
  location->walk([&](mlir::Location part) {
    auto place = llvm::dyn_cast<mlir::FileLineColLoc>(part);
    if (!place)
      return mlir::WalkResult::advance();
    line = place.getLine();
    return mlir::WalkResult::interrupt();
  });
  return line;
}

static std::unique_ptr<model::InitializerT> convert(InitializerAttr attr) {
  auto initializer = std::make_unique<model::InitializerT>();
  switch (attr.getKind()) {
  case InitializerKind::zeros:
    initializer->kind = model::InitializerKind_zeros;
    break;
  case InitializerKind::ones:
    initializer->kind = model::InitializerKind_ones;
    break;
  case InitializerKind::constant:
    initializer->kind = model::InitializerKind_constant;
    initializer->value = attr.getLow();
    break;
  case InitializerKind::random_uniform:
    initializer->kind = model::InitializerKind_random_uniform;
    initializer->minval = attr.getLow();
    initializer->maxval = attr.getHigh();
    break;
  case InitializerKind::glorot_uniform:
    initializer->kind = model::InitializerKind_glorot_uniform;
    break;
  case InitializerKind::he_normal:
    initializer->kind = model::InitializerKind_he_normal;
    break;
  case InitializerKind::orthogonal:
    initializer->kind = model::InitializerKind_orthogonal;
    break;
  }
  return initializer;
}

static std::unique_ptr<model::KernelT> describeKernel(FusionOp group) {
  auto kernel = std::make_unique<model::KernelT>();
  kernel->id = group.getId().str();
  kernel->flops = group.getFlops();
  kernel->bytes = group.getBytes();
  kernel->line = getLine(group.getLoc());
  kernel->summary = summarize(group);
  kernel->ragged = group->hasAttr(attrs::ragged);
  for (auto scan : group.getBody().front().getOps<ScanOp>()) {
    for (auto part : scan.getBody().front().getOps<FusionOp>())
      kernel->cell.push_back(describeKernel(part));
    auto rest = std::make_unique<model::KernelT>();
    rest->id = "rows in and out";
    rest->line = kernel->line;
    rest->summary = "copy";
    kernel->cell.push_back(std::move(rest));
  }
  return kernel;
}

/// What the runtime must know of one planned function.
static std::unique_ptr<model::ProgramT> describeProgram(func::FuncOp func) {
  auto program = std::make_unique<model::ProgramT>();
  for (mlir::BlockArgument argument : func.getArguments()) {
    if (!isThreadPrivate(argument))
      continue;
    unsigned i = argument.getArgNumber();
    auto role = func.getArgAttrOfType<mlir::StringAttr>(i, attrs::role);
    auto operand = std::make_unique<model::OperandT>();
    operand->role = llvm::StringSwitch<model::OperandRole>(role.getValue())
                        .Case("input", model::OperandRole_input)
                        .Case("target", model::OperandRole_target)
                        .Default(model::OperandRole_weight);
    operand->shape = getShape(argument.getType());
    if (mlir::getElementTypeOrSelf(argument.getType()).isInteger(32))
      operand->type = model::ElementType_i32;
    program->operands.push_back(std::move(operand));
  }
  for (auto [i, type] : llvm::enumerate(func.getResultTypes())) {
    auto role = func.getResultAttrOfType<mlir::StringAttr>(i, attrs::role);
    if (!role)
      continue;
    auto name = func.getResultAttrOfType<mlir::StringAttr>(i, attrs::name);
    auto result = std::make_unique<model::ResultT>();
    result->role = llvm::StringSwitch<model::ResultRole>(role.getValue())
                       .Case("loss", model::ResultRole_loss)
                       .Case("metric", model::ResultRole_metric)
                       .Default(model::ResultRole_output);
    result->name = (name ? name : role).str();
    result->shape = getShape(type);
    result->offset =
        func.getResultAttrOfType<PlaceAttr>(i, attrs::place).getOffset();
    program->results.push_back(std::move(result));
  }
  for (auto group : func.getBody().front().getOps<FusionOp>())
    program->kernels.push_back(describeKernel(group));
  program->arena_bytes = getInteger(func, attrs::arenaBytes);
  program->thread_bytes = getInteger(func, attrs::threadBytes);
  program->result_bytes = getInteger(func, attrs::resultBytes);
  program->arranged = func->hasAttr(attrs::arranged);
  return program;
}

/// Parameters and slots, as `@train_step` has them for arguments.
static void describeState(func::FuncOp train, model::ManifestT &manifest) {
  auto module = train->getParentOfType<mlir::ModuleOp>();
  for (mlir::BlockArgument argument : train.getArguments()) {
    unsigned i = argument.getArgNumber();
    auto symbol =
        train.getArgAttrOfType<mlir::FlatSymbolRefAttr>(i, attrs::param);
    if (!symbol)
      continue;
    auto param = module.lookupSymbol<ParamOp>(symbol.getAttr());
    auto slot = train.getArgAttrOfType<mlir::StringAttr>(i, attrs::slot);
    auto tensor = std::make_unique<model::StateTensorT>();
    tensor->layer = param.getLayer().str();
    tensor->shape = getShape(argument.getType());
    tensor->offset =
        train.getArgAttrOfType<PlaceAttr>(i, attrs::place).getOffset();
    if (slot) {
      tensor->name =
          ("optimizer/" + symbol.getValue() + "/" + slot.getValue()).str();
      manifest.slots.push_back(std::move(tensor));
    } else {
      tensor->name = symbol.getValue().str();
      tensor->initializer = convert(param.getInitializer());
      tensor->unit_forget_bias = param.getUnitForgetBias();
      manifest.parameters.push_back(std::move(tensor));
    }
  }
}

std::string kiln::buildManifest(const model::ModelT &model,
                                mlir::ModuleOp planned, const Target &target,
                                bool fused, bool traced) {
  model::ManifestT manifest;
  manifest.abi = KILN_ABI_VERSION;
  manifest.model = std::make_unique<model::ModelT>(model);
  manifest.cpu = target.cpu;
  manifest.features = target.required;
  bool usesMatrixUnit =
      target.matrixUnit &&
      planned
          ->walk([](PackedMatmulOp) { return mlir::WalkResult::interrupt(); })
          .wasInterrupted();
  if (usesMatrixUnit)
    llvm::append_range(manifest.features, Target::getMatrixFeatures());
  manifest.batch_size = getInteger(planned, attrs::batch);
  manifest.fused = fused;
  manifest.traced = traced;
  auto train = planned.lookupSymbol<func::FuncOp>(funcs::trainStep);
  manifest.state_bytes = getInteger(train, attrs::stateBytes);
  describeState(train, manifest);
  manifest.train = describeProgram(train);
  manifest.evaluate =
      describeProgram(planned.lookupSymbol<func::FuncOp>(funcs::evaluate));
  manifest.predict =
      describeProgram(planned.lookupSymbol<func::FuncOp>(funcs::predict));

  flatbuffers::FlatBufferBuilder builder;
  model::FinishManifestBuffer(builder,
                              model::CreateManifest(builder, &manifest));
  return std::string(reinterpret_cast<const char *>(builder.GetBufferPointer()),
                     builder.GetSize());
}

void kiln::embedModel(mlir::ModuleOp module, llvm::StringRef manifest,
                      llvm::StringRef symbol) {
  mlir::OpBuilder builder(module.getBodyRegion());
  mlir::Location loc = module.getLoc();
  for (auto function : module.getOps<LLVM::LLVMFuncOp>())
    if (!function.isExternal())
      function.setLinkage(LLVM::Linkage::Internal);

  auto bytesType =
      LLVM::LLVMArrayType::get(builder.getI8Type(), manifest.size());
  auto bytes = builder.create<LLVM::GlobalOp>(
      loc, bytesType, /*isConstant=*/true, LLVM::Linkage::Internal,
      symbol.str() + "_manifest", builder.getStringAttr(manifest),
      /*alignment=*/16);

  auto pointer = LLVM::LLVMPointerType::get(builder.getContext());
  mlir::Type size = builder.getI64Type();
  auto structType = LLVM::LLVMStructType::getLiteral(
      builder.getContext(), {pointer, size, pointer, pointer, pointer});
  auto global = builder.create<LLVM::GlobalOp>(
      loc, structType, /*isConstant=*/true, LLVM::Linkage::External, symbol,
      mlir::Attribute());
  builder.createBlock(&global.getInitializerRegion());
  mlir::Value value = builder.create<LLVM::UndefOp>(loc, structType);
  int64_t field = 0;
  auto insert = [&](mlir::Value element) {
    value = builder.create<LLVM::InsertValueOp>(loc, value, element, field++);
  };
  insert(builder.create<LLVM::AddressOfOp>(loc, bytes));
  insert(builder.create<LLVM::ConstantOp>(
      loc, size, builder.getI64IntegerAttr(manifest.size())));
  for (llvm::StringRef program :
       {"kiln_train", "kiln_evaluate", "kiln_predict"})
    insert(builder.create<LLVM::AddressOfOp>(
        loc, module.lookupSymbol<LLVM::LLVMFuncOp>(program)));
  builder.create<LLVM::ReturnOp>(loc, value);
}
