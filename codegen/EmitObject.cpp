//===- EmitObject.cpp - LLVM dialect to machine code ----------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "codegen/EmitObject.h"

#include "mlir/IR/Diagnostics.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/OpenMP/OpenMPToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/Analysis/TargetLibraryInfo.h"
#include "llvm/CodeGen/MachineModuleInfo.h"
#include "llvm/CodeGen/Passes.h"
#include "llvm/CodeGen/TargetPassConfig.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Target/TargetLoweringObjectFile.h"
#include "llvm/Target/TargetMachine.h"

using namespace kiln;

static constexpr llvm::StringLiteral triple("x86_64-unknown-linux-gnu");

std::unique_ptr<llvm::TargetMachine>
kiln::createTargetMachine(const Target &target) {
  initializeTargets();
  std::string message;
  const llvm::Target *llvmTarget =
      llvm::TargetRegistry::lookupTarget(triple.str(), message);
  assert(llvmTarget && "the x86 target is part of LLVM");
  llvm::TargetOptions options;
  options.AllowFPOpFusion = llvm::FPOpFusion::Standard;
  options.FunctionSections = true;
  options.DataSections = true;
  return std::unique_ptr<llvm::TargetMachine>(llvmTarget->createTargetMachine(
      triple, "x86-64", target.features, options, llvm::Reloc::PIC_,
      llvm::CodeModel::Small, llvm::CodeGenOptLevel::Default));
}

/// Says on every function that has a body what it is compiled for.
static void setFunctionAttributes(llvm::Module &module, const Target &target) {
  llvm::AttrBuilder attributes(module.getContext());
  attributes.addAttribute(llvm::Attribute::NoUnwind);
  attributes.addAttribute("target-cpu", "x86-64");
  attributes.addAttribute("tune-cpu", target.cpu);
  attributes.addAttribute("target-features", target.features);
  attributes.addAttribute("prefer-vector-width",
                          std::to_string(target.vectorBits));
  attributes.addAttribute("min-legal-vector-width",
                          std::to_string(target.vectorBits));
  for (llvm::Function &function : module)
    if (!function.isDeclaration())
      function.addFnAttrs(attributes);
}

static void optimize(llvm::Module &module, llvm::TargetMachine &machine,
                     Sanitizer sanitizer) {
  llvm::PipelineTuningOptions tuning;
  tuning.LoopVectorization = false;
  tuning.LoopInterleaving = false;
  tuning.SLPVectorization = false;
  tuning.LoopUnrolling = false;
  llvm::PassBuilder builder(&machine, tuning);
  addSanitizer(builder, sanitizer);
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager components;
  llvm::ModuleAnalysisManager modules;
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(components);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, components, modules);
  builder.buildPerModuleDefaultPipeline(llvm::OptimizationLevel::O2)
      .run(module, modules);
}

std::unique_ptr<llvm::Module> kiln::translateToLLVM(mlir::ModuleOp module,
                                                    const Target &target,
                                                    llvm::LLVMContext &context,
                                                    Sanitizer sanitizer) {
  mlir::MLIRContext &mlirContext = *module.getContext();
  mlir::registerBuiltinDialectTranslation(mlirContext);
  mlir::registerLLVMDialectTranslation(mlirContext);
  mlir::registerOpenMPDialectTranslation(mlirContext);
  // The name ends up in the object's symbol table; the model's is no path.
  std::unique_ptr<llvm::Module> llvmModule = mlir::translateModuleToLLVMIR(
      module, context, module.getName().value_or("kiln"));
  if (!llvmModule)
    return nullptr;
  std::unique_ptr<llvm::TargetMachine> machine = createTargetMachine(target);
  llvmModule->setTargetTriple(triple);
  llvmModule->setDataLayout(machine->createDataLayout());
  setFunctionAttributes(*llvmModule, target);
  markForSanitizer(*llvmModule, sanitizer);
  optimize(*llvmModule, *machine, sanitizer);
  return llvmModule;
}

static llvm::LogicalResult emit(mlir::ModuleOp module, const Target &target,
                                llvm::raw_pwrite_stream &stream,
                                const EmitOptions &options,
                                llvm::CodeGenFileType type) {
  llvm::LLVMContext context;
  std::unique_ptr<llvm::Module> llvmModule;
  {
    Timing::Scope time(options.timing, "optimize");
    llvmModule = translateToLLVM(module, target, context, options.sanitizer);
  }
  if (!llvmModule)
    return llvm::failure();
  Timing::Scope time(options.timing, "emit");
  std::unique_ptr<llvm::TargetMachine> machine = createTargetMachine(target);
  auto &codegen = static_cast<llvm::LLVMTargetMachine &>(*machine);

  // addPassesToEmitFile by its parts, for that offers no way to leave out a
  // pass; the command-line flag would do it for the whole process.
  llvm::legacy::PassManager passes;
  passes.add(new llvm::TargetLibraryInfoWrapperPass(
      llvm::TargetLibraryInfoImpl(llvm::Triple(triple))));
  llvm::TargetPassConfig *config = codegen.createPassConfig(passes);
  if (!options.machineScheduler)
    config->disablePass(&llvm::MachineSchedulerID);
  auto *machineModules = new llvm::MachineModuleInfoWrapperPass(&codegen);
  passes.add(config);
  passes.add(machineModules);
  [[maybe_unused]] bool lacksSelection = config->addISelPasses();
  assert(!lacksSelection && "the x86 target selects instructions");
  config->addMachinePasses();
  config->setInitialized();
  llvm::MCContext &mcContext = machineModules->getMMI().getContext();
  [[maybe_unused]] bool lacksPrinter =
      codegen.addAsmPrinter(passes, stream, nullptr, type, mcContext);
  assert(!lacksPrinter && "the x86 target writes assembly and objects");
  passes.add(llvm::createFreeMachineFunctionPass());
  const_cast<llvm::TargetLoweringObjectFile *>(codegen.getObjFileLowering())
      ->Initialize(mcContext, codegen);
  passes.run(*llvmModule);
  return llvm::success();
}

llvm::LogicalResult kiln::emitObject(mlir::ModuleOp module,
                                     const Target &target,
                                     llvm::raw_pwrite_stream &stream,
                                     const EmitOptions &options) {
  return emit(module, target, stream, options,
              llvm::CodeGenFileType::ObjectFile);
}

llvm::LogicalResult kiln::emitAssembly(mlir::ModuleOp module,
                                       const Target &target,
                                       llvm::raw_pwrite_stream &stream,
                                       const EmitOptions &options) {
  return emit(module, target, stream, options,
              llvm::CodeGenFileType::AssemblyFile);
}
