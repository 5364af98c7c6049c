//===- Compiler.h - From a model file to an object --------------*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// The way through all phases, as the tools go it.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_CODEGEN_COMPILER_H
#define KILN_CODEGEN_COMPILER_H

#include "codegen/EmitObject.h"
#include "codegen/Link.h"
#include "frontend/model_generated.h"
#include "mlir/IR/OwningOpRef.h"
#include "mlir/Pass/PassManager.h"
#include "passes/Phases.h"
#include "passes/Pipelines.h"

#include <functional>

namespace kiln {

/// Exit codes of every program of kiln.
enum class ExitCode : int {
  Success = 0,
  /// The model or its data are wrong; the message says where.
  User = 1,
  Usage = 2,
  IO = 4,
  /// kiln is wrong.
  Bug = 5
};

struct CompileOptions {
  /// The model file's path, TOML or binary.
  std::string model;
  /// `--cpu`.
  std::string cpu = "native";
  /// Overrides the model file's batch size.
  std::optional<int64_t> batchSize;
  /// Overrides the length of the model's sequences: the first dimension of its
  /// inputs of indices, padded to that length.
  std::optional<int64_t> sequenceLength;
  /// Warnings about the model file are errors.
  bool werror = false;
  FusionOptions fusion;
  /// Report the end of every group to the runtime.
  bool stamps = false;
  /// What generated code is to have checked.
  Sanitizer sanitizer = Sanitizer::None;
  bool checkBounds = false;
  /// Leave out this barrier, from 0, so that a test sees a race; negative:
  /// none.
  int64_t omitBarrier = -1;
  /// Run MLIR's verifier after each pass.
  bool verifyEach = false;
  /// Takes the wall time of each phase; null: nobody asks.
  Timing *timing = nullptr;
  /// The symbol that the object defines.
  std::string symbol = "kiln_the_model";
  /// Called for each pass manager before it runs: command-line flags.
  std::function<void(mlir::PassManager &)> configure;
};

/// One model on its way through the phases. Whatever fails has been reported
/// when a function returns other than success.
class Compiler {
public:
  Compiler(mlir::MLIRContext &context, CompileOptions options)
      : context(context), options(std::move(options)) {}

  /// Reads the target and the model file and imports it: the phase model.
  ExitCode load();

  /// Runs the passes from the present phase up to `phase`.
  ExitCode runTo(Phase phase);

  /// Schedules the phase fused and plans its memory, and goes no further.
  ExitCode plan();

  /// The module in the present phase.
  mlir::ModuleOp getModule() { return *module; }
  const model::ModelT &getModel() const { return *model; }
  const Target &getTarget() const { return target; }

  /// From the phase llvm to an object file, or to assembly.
  ExitCode emitObject(llvm::raw_pwrite_stream &stream);
  ExitCode emitAssembly(llvm::raw_pwrite_stream &stream);

private:
  /// `name` is what the timing calls it.
  ExitCode run(llvm::StringRef name,
               llvm::function_ref<void(mlir::PassManager &)> build,
               Phase phase);

  mlir::MLIRContext &context;
  CompileOptions options;
  Target target;
  std::unique_ptr<model::ModelT> model;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  Phase phase = Phase::Model;
  std::string manifest;
};

/// The whole way: loads the model and writes its object to a temporary file.
/// `name`, if not null, becomes the model's name.
ExitCode compileToObject(mlir::MLIRContext &context,
                         const CompileOptions &options,
                         std::optional<TemporaryFile> &object,
                         std::string *name = nullptr);

/// Prints `kiln: error: message` on stderr.
void reportError(const llvm::Twine &message);

} // namespace kiln

#endif // KILN_CODEGEN_COMPILER_H
