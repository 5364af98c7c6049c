//===- Compiler.cpp - From a model file to an object ----------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "codegen/Compiler.h"

#include "codegen/Manifest.h"
#include "codegen/Pipelines.h"
#include "frontend/ModelImporter.h"
#include "frontend/ModelReader.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/WithColor.h"

using namespace kiln;

void kiln::reportError(const llvm::Twine &message) {
  llvm::WithColor::error(llvm::errs(), "kiln") << message << "\n";
}

/// Gives sequences of indices another length.
static void setSequenceLength(model::ModelT &model, int64_t length) {
  for (auto &input : model.inputs)
    if (input->dtype == model::DataType_int32 && !input->shape.empty())
      input->shape.front() = length;
  if (model.data && model.data->pad_sequences)
    model.data->pad_sequences->maxlen = length;
}

ExitCode Compiler::load() {
  llvm::Expected<Target> found = Target::get(options.cpu);
  if (!found) {
    reportError(llvm::toString(found.takeError()));
    return ExitCode::User;
  }
  target = std::move(*found);
  Diagnostics diagnostics(options.werror);
  {
    Timing::Scope time(options.timing, "read");
    model = loadModel(options.model, diagnostics);
  }
  if (model && options.sequenceLength)
    setSequenceLength(*model, *options.sequenceLength);
  if (model) {
    Timing::Scope time(options.timing, "import");
    module = importModel(*model, context, ImportOptions{options.batchSize},
                         diagnostics);
  }
  diagnostics.print(llvm::errs());
  if (diagnostics.isUnreadable())
    return ExitCode::IO;
  return module && !diagnostics.hasErrors() ? ExitCode::Success
                                            : ExitCode::User;
}

ExitCode Compiler::run(llvm::StringRef name,
                       llvm::function_ref<void(mlir::PassManager &)> build,
                       Phase reached) {
  Timing::Scope time(options.timing, name);
  mlir::PassManager pm(&context);
  pm.enableVerifier(options.verifyEach);
  if (options.configure)
    options.configure(pm);
  build(pm);
  if (failed(pm.run(*module))) {
    reportError("no code for '" + options.model +
                "': this is a bug in kiln if the message above names no line "
                "of the model file");
    return ExitCode::Bug;
  }
  phase = reached;
  return ExitCode::Success;
}

ExitCode Compiler::plan() {
  assert(phase == Phase::Fused);
  return run("plan", [](auto &pm) { buildPlanPipeline(pm); }, Phase::Fused);
}

ExitCode Compiler::runTo(Phase last) {
  ExitCode code = ExitCode::Success;
  // No check sees what a matrix unit reads and writes.
  bool isChecked = options.checkBounds || options.sanitizer != Sanitizer::None;
  CodegenOptions codegen{target.vectorBits, options.stamps, options.omitBarrier,
                         options.checkBounds, target.matrixUnit && !isChecked};
  while (code == ExitCode::Success && phase < last)
    switch (phase) {
    case Phase::Model:
      code = run(
          "train", [&](auto &pm) { buildTrainPipeline(pm, options.fusion); },
          Phase::Train);
      break;
    case Phase::Train:
      code = run(
          "fuse", [&](auto &pm) { buildFusePipeline(pm, options.fusion); },
          Phase::Fused);
      break;
    case Phase::Fused:
      code = plan();
      if (code != ExitCode::Success)
        break;
      manifest = buildManifest(*model, *module, target, options.fusion.fuse,
                               options.stamps);
      code = run(
          "tile", [&](auto &pm) { buildSpmdPipeline(pm, codegen); },
          Phase::Tiled);
      break;
    case Phase::Tiled:
      code = run(
          "lower",
          [&](auto &pm) { buildLLVMPipeline(pm, codegen.checkBounds); },
          Phase::LLVM);
      break;
    case Phase::LLVM:
      llvm_unreachable("there is no later phase");
    }
  return code;
}

ExitCode Compiler::emitObject(llvm::raw_pwrite_stream &stream) {
  assert(phase == Phase::LLVM);
  embedModel(*module, manifest, options.symbol);
  EmitOptions emit;
  emit.sanitizer = options.sanitizer;
  emit.timing = options.timing;
  return succeeded(kiln::emitObject(*module, target, stream, emit))
             ? ExitCode::Success
             : ExitCode::Bug;
}

ExitCode Compiler::emitAssembly(llvm::raw_pwrite_stream &stream) {
  assert(phase == Phase::LLVM);
  embedModel(*module, manifest, options.symbol);
  return succeeded(kiln::emitAssembly(*module, target, stream))
             ? ExitCode::Success
             : ExitCode::Bug;
}

ExitCode kiln::compileToObject(mlir::MLIRContext &context,
                               const CompileOptions &options,
                               std::optional<TemporaryFile> &object,
                               std::string *name) {
  Compiler compiler(context, options);
  ExitCode code = compiler.load();
  if (code == ExitCode::Success)
    code = compiler.runTo(Phase::LLVM);
  if (code != ExitCode::Success)
    return code;
  if (name)
    *name = compiler.getModel().name;

  llvm::Expected<TemporaryFile> file = TemporaryFile::create("o");
  if (!file) {
    reportError(llvm::toString(file.takeError()));
    return ExitCode::IO;
  }
  std::error_code error;
  llvm::raw_fd_ostream stream(file->getPath(), error);
  if (!error) {
    code = compiler.emitObject(stream);
    stream.close();
    error = stream.error();
    stream.clear_error();
  }
  if (error) {
    reportError("cannot write " + file->getPath() + ": " + error.message());
    return ExitCode::IO;
  }
  object.emplace(std::move(*file));
  return code;
}
