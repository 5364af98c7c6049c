//===- Model.h - What a trainer knows of its model ------------ -*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_RUNTIME_MODEL_H
#define KILN_RUNTIME_MODEL_H

#include "frontend/manifest_generated.h"
#include "runtime/Abi.h"
#include "runtime/Status.h"

#include <string>
#include <vector>

namespace kiln::rt {

/// A tensor in the state block.
struct TensorInfo {
  std::string name, layer;
  std::vector<int64_t> shape;
  uint64_t offset = 0;
  int64_t size = 0;
  /// Null for slots, which start from zero.
  const model::Initializer *initializer = nullptr;
  /// The bias of an LSTM: the second of its four parts starts from 1.
  bool unitForgetBias = false;
};

struct OperandInfo {
  model::OperandRole role;
  model::ElementType type;
  std::vector<int64_t> shape;
  /// Elements of one sample.
  int64_t rowSize = 0;
};

struct ResultInfo {
  std::string name;
  std::vector<int64_t> shape;
  uint64_t offset = 0;
  int64_t size = 0;
};

struct KernelInfo {
  std::string id, summary;
  uint64_t flops = 0, bytes = 0;
  unsigned line = 0;
  /// Rows past a sample's distinct tokens are left out, though counted.
  bool ragged = false;
  /// Of a recurrence: the parts of its cell, each a tile and step.
  std::vector<KernelInfo> cell;
};

struct ProgramInfo {
  kiln_program entry = nullptr;
  std::vector<OperandInfo> operands;
  std::vector<KernelInfo> kernels;
  /// Results by role; loss and output have at most one each.
  std::vector<ResultInfo> loss, metrics, output;
  uint64_t arenaBytes = 0, threadBytes = 0, resultBytes = 0;
  /// Takes its samples sorted by length, the longest first.
  bool arranged = false;

  /// Operations of all its kernels, a step.
  uint64_t flops() const;
};

/// A compiled model: its manifest, verified, with the lists that the runtime
/// walks laid out as plain values.
struct Model {
  /// Fails (our fault) on a manifest that is damaged, of another interface, or
  /// that points outside of its own blocks.
  static Status load(const kiln_model &object, Model &model);

  const model::Manifest *manifest = nullptr;
  const model::Model *source = nullptr;
  std::string name;
  int64_t batchSize = 0;
  std::vector<TensorInfo> parameters, slots;
  uint64_t stateBytes = 0;
  ProgramInfo train, evaluate, predict;
  /// Shape of one sample of the input and of the output.
  std::vector<int64_t> inputShape, outputShape;

  /// Trainable numbers.
  int64_t parameterCount() const;
  /// Width of the output: classes of a classifier.
  int64_t outputWidth() const;
  /// True for the loss whose targets are class numbers.
  bool hasClassTargets() const;
};

} // namespace kiln::rt

#endif // KILN_RUNTIME_MODEL_H
