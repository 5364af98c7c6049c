//===- BinaryModel.cpp - Binary model files -------------------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "frontend/BinaryModel.h"

#include "frontend/Validate.h"

#include "llvm/Support/Alignment.h"

using namespace kiln;

/// The schema nests five tables deep, and a layer takes at most nine tables.
static constexpr flatbuffers::uoffset_t maxDepth = 8;
static constexpr flatbuffers::uoffset_t maxTables = 10000;
/// Of names and shapes once they are unpacked: a file may refer to one string
/// any number of times.
static constexpr size_t maxUnpackedBytes = 4 << 20;

bool kiln::isBinaryModel(llvm::StringRef content) {
  return content.size() >= 8 &&
         content.substr(4, 4) == model::ModelIdentifier();
}

std::string kiln::writeBinaryModel(const model::ModelT &model) {
  flatbuffers::FlatBufferBuilder builder;
  model::FinishModelBuffer(builder, model::CreateModel(builder, &model));
  return std::string(reinterpret_cast<const char *>(builder.GetBufferPointer()),
                     builder.GetSize());
}

static size_t getSize(const flatbuffers::String *string) {
  return string ? string->size() : 0;
}

static size_t
getSize(const flatbuffers::Vector<flatbuffers::Offset<flatbuffers::String>>
            *strings) {
  size_t size = 0;
  for (flatbuffers::uoffset_t i = 0; strings && i < strings->size(); ++i)
    size += sizeof(std::string) + getSize(strings->Get(i));
  return size;
}

/// The verifier checks the alignment of all but a vector's elements.
static bool isAligned(const model::Model &model) {
  if (const auto *inputs = model.inputs())
    for (const model::Input *input : *inputs)
      if (const auto *shape = input->shape())
        if (reinterpret_cast<uintptr_t>(shape->Data()) % alignof(int64_t) != 0)
          return false;
  return true;
}

static size_t getUnpackedBytes(const model::Model &model) {
  size_t size = 0;
  if (const auto *inputs = model.inputs())
    for (const model::Input *input : *inputs)
      size += getSize(input->name()) +
              (input->shape() ? input->shape()->size() * sizeof(int64_t) : 0);
  if (const auto *layers = model.layers())
    for (const model::Layer *layer : *layers) {
      size += getSize(layer->name()) + getSize(layer->inputs());
      if (const auto *bidirectional = layer->options_as_BidirectionalOptions())
        size += getSize(bidirectional->layer_name());
    }
  if (const auto *compile = model.compile())
    if (const auto *metrics = compile->metrics())
      for (const model::Metric *metric : *metrics)
        size += getSize(metric->name());
  if (const auto *callbacks = model.callbacks())
    for (const model::Callback *callback : *callbacks) {
      if (const auto *options = callback->options_as_EarlyStoppingOptions())
        size += getSize(options->monitor());
      if (const auto *options = callback->options_as_ReduceLROnPlateauOptions())
        size += getSize(options->monitor());
      if (const auto *options = callback->options_as_ModelCheckpointOptions())
        size += getSize(options->monitor());
    }
  if (const model::Data *data = model.data())
    size += getSize(data->target_columns()) + getSize(data->classes());
  return size;
}

std::unique_ptr<model::ModelT> kiln::readBinaryModel(llvm::StringRef content,
                                                     std::string &error) {
  // FlatBuffers reads in place and so needs the alignment of its numbers.
  std::vector<uint64_t> aligned(llvm::divideCeil(content.size(), 8));
  if (content.empty() || !isBinaryModel(content)) {
    error = "it does not begin as one";
    return nullptr;
  }
  std::memcpy(aligned.data(), content.data(), content.size());
  const auto *bytes = reinterpret_cast<const uint8_t *>(aligned.data());
  // A writer pads to the alignment: a missing tail may be padding alone.
  bool isWhole = content.size() % sizeof(uint64_t) == 0;
  flatbuffers::Verifier verifier(bytes, content.size(), maxDepth, maxTables);
  if (!isWhole || !model::VerifyModelBuffer(verifier) ||
      !isAligned(*model::GetModel(bytes))) {
    error = "its structure is damaged";
    return nullptr;
  }
  if (getUnpackedBytes(*model::GetModel(bytes)) > maxUnpackedBytes) {
    error = "it is larger than any model";
    return nullptr;
  }
  std::unique_ptr<model::ModelT> model = model::UnPackModel(bytes);
  Diagnostics diagnostics;
  validateModel(*model, ValuePlaces(), diagnostics);
  for (const Diagnostic &diagnostic : diagnostics.getAll()) {
    if (diagnostic.severity == Severity::Error) {
      error = diagnostic.message;
      return nullptr;
    }
  }
  return model;
}
