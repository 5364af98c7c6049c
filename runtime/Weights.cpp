//===- Weights.cpp - Parameters in files ----------------------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "runtime/Weights.h"

#include "runtime/Initializers.h"
#include "runtime/Sha256.h"
#include "runtime/Tokenizer.h"

#include <algorithm>
#include <cstring>

namespace kiln::rt {

static const TensorInfo *findTensor(const std::vector<TensorInfo> &tensors,
                                    const std::string &name) {
  for (const TensorInfo &tensor : tensors)
    if (tensor.name == name)
      return &tensor;
  return nullptr;
}

/// True if a value of all ones in its exponent is among `values`. On the bits,
/// so that it vectorizes and no float mode matters.
static bool hasNonFinite(const float *values, int64_t size) {
  uint32_t found = 0;
  for (int64_t i = 0; i < size; ++i) {
    uint32_t bits;
    std::memcpy(&bits, values + i, 4);
    found |= (bits & 0x7F800000u) == 0x7F800000u;
  }
  return found;
}

/// Reads the tensor `key` as `info` describes it.
static Status takeTensor(const SafetensorsFile &file, const std::string &key,
                         const TensorInfo &info, float *to) {
  const char *path = file.path().c_str(), *name = key.c_str();
  const SafeTensor *tensor = file.find(key);
  if (!tensor)
    return userError("%s: weights of another model: expected %s of shape %s, "
                     "which is not there",
                     path, name, showShape(info.shape).c_str());
  if (tensor->shape != info.shape)
    return userError("%s: weights of another model: expected %s of shape %s, "
                     "got %s",
                     path, name, showShape(info.shape).c_str(),
                     showShape(tensor->shape).c_str());
  if (tensor->type == "F32") {
    std::memcpy(to, tensor->data, tensor->bytes);
  } else if (tensor->type == "F64") {
    const char *from = static_cast<const char *>(tensor->data);
    for (int64_t i = 0; i < info.size; ++i) {
      double value;
      std::memcpy(&value, from + i * 8, 8);
      to[i] = float(value);
    }
  } else {
    return userError("%s: expected %s as F32 or F64, got %s", path, name,
                     tensor->type.c_str());
  }
  // Kiln saves none such, and what they give is no result.
  if (hasNonFinite(to, info.size))
    return numericError("%s: layer %s: %s is not finite", path,
                        info.layer.c_str(), name);
  return Status();
}

Status takeTensors(const SafetensorsFile &file, const Engine &engine,
                   bool withSlots) {
  const Model &model = engine.model;
  // Everything is checked by name before anything is overwritten.
  for (const SafeTensor &tensor : file.tensors())
    if (!findTensor(model.parameters, tensor.name) &&
        tensor.name != VocabularyName &&
        tensor.name.compare(0, 10, "optimizer/") != 0 &&
        tensor.name.compare(0, 5, "kept/") != 0)
      return userError("%s: weights of another model: it has %s, which %s "
                       "lacks",
                       file.path().c_str(), tensor.name.c_str(),
                       model.name.c_str());
  for (const TensorInfo &parameter : model.parameters)
    if (Status status = takeTensor(file, parameter.name, parameter,
                                   engine.tensor(parameter));
        !status.ok())
      return status;
  if (withSlots)
    for (const TensorInfo &slot : model.slots)
      if (Status status =
              takeTensor(file, slot.name, slot, engine.tensor(slot));
          !status.ok())
        return status;
  return Status();
}

Status takeKept(const SafetensorsFile &file, const Engine &engine,
                std::vector<float> &kept) {
  const Model &model = engine.model;
  kept.clear();
  if (model.parameters.empty() ||
      !file.find("kept/" + model.parameters[0].name))
    return Status();
  kept.resize(size_t(model.parameterCount()));
  float *to = kept.data();
  for (const TensorInfo &parameter : model.parameters) {
    if (Status status =
            takeTensor(file, "kept/" + parameter.name, parameter, to);
        !status.ok())
      return status;
    to += parameter.size;
  }
  return Status();
}

void keepWeights(const Engine &engine, std::vector<float> &kept) {
  kept.clear();
  kept.reserve(size_t(engine.model.parameterCount()));
  for (const TensorInfo &parameter : engine.model.parameters) {
    const float *from = engine.tensor(parameter);
    kept.insert(kept.end(), from, from + parameter.size);
  }
}

void swapWeights(const Engine &engine, std::vector<float> &kept) {
  float *at = kept.data();
  for (const TensorInfo &parameter : engine.model.parameters) {
    std::swap_ranges(at, at + parameter.size, engine.tensor(parameter));
    at += parameter.size;
  }
}

std::string findVocabulary(const SafetensorsFile &file) {
  const SafeTensor *tensor = file.find(VocabularyName);
  if (!tensor || tensor->type != "U8")
    return std::string();
  return std::string(static_cast<const char *>(tensor->data), tensor->bytes);
}

Status loadWeights(const std::string &path, const Engine &engine,
                   std::string *vocabulary) {
  SafetensorsFile file;
  if (Status status = file.read(path); !status.ok())
    return status;
  if (vocabulary)
    *vocabulary = findVocabulary(file);
  return takeTensors(file, engine, false);
}

std::string hashWeights(const Engine &engine) {
  Sha256 hash;
  for (const TensorInfo &parameter : engine.model.parameters) {
    hash.add(parameter.name.c_str(), parameter.name.size() + 1);
    hash.add(engine.tensor(parameter), size_t(parameter.size) * sizeof(float));
  }
  return hash.finish();
}

const TensorInfo *findNonFinite(const Engine &engine) {
  for (const std::vector<TensorInfo> *tensors :
       {&engine.model.parameters, &engine.model.slots})
    for (const TensorInfo &tensor : *tensors)
      if (hasNonFinite(engine.tensor(tensor), tensor.size))
        return &tensor;
  return nullptr;
}

void initializeState(const Engine &engine, int64_t seed) {
  for (const TensorInfo &parameter : engine.model.parameters)
    initialize(parameter, seed, engine.tensor(parameter));
  for (const TensorInfo &slot : engine.model.slots)
    std::fill_n(engine.tensor(slot), slot.size, 0.0f);
}

} // namespace kiln::rt
