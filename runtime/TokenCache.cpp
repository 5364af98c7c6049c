//===- TokenCache.cpp - Token ids kept from run to run --------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "runtime/TokenCache.h"

#include "runtime/DurableFile.h"
#include "runtime/Safetensors.h"

#include <cstring>
#include <unistd.h>

namespace kiln::rt {

static constexpr const char *KeyName = "kiln.texts", *IdsName = "ids";

bool TokenCache::exists() const { return access(path.c_str(), F_OK) == 0; }

bool TokenCache::load(const std::string &key, const std::vector<int64_t> &shape,
                      Tokenizer *tokenizer, Array &ids) const {
  SafetensorsFile file;
  if (!file.read(path).ok())
    return false;
  const std::string *stored = file.metadata(KeyName);
  const SafeTensor *tensor = file.find(IdsName);
  const SafeTensor *words = file.find(VocabularyName);
  if (!stored || *stored != key || !tensor || tensor->shape != shape ||
      (tensor->type != "U16" && tensor->type != "I32") || (tokenizer && !words))
    return false;
  Buffer memory;
  if (!memory.allocate(tensor->bytes))
    return false;
  if (tokenizer &&
      !tokenizer
           ->takeVocabulary(
               {static_cast<const char *>(words->data), words->bytes}, path)
           .ok())
    return false;
  std::memcpy(memory.data(), tensor->data, tensor->bytes);
  ids.memory = std::move(memory);
  ids.shape = shape;
  ids.element = tensor->type == "U16" ? Element::U16 : Element::I32;
  return true;
}

Status TokenCache::store(const std::string &key, const Tokenizer *tokenizer,
                         const Array &ids) const {
  if (Status status = makeFolders(folder); !status.ok())
    return status;
  std::vector<SafeTensor> tensors(1);
  tensors[0].name = IdsName;
  tensors[0].type = ids.element == Element::U16 ? "U16" : "I32";
  tensors[0].shape = ids.shape;
  tensors[0].data = ids.memory.data();
  tensors[0].bytes = uint64_t(ids.size()) * elementBytes(ids.element);
  std::string vocabulary;
  if (tokenizer) {
    vocabulary = tokenizer->vocabulary();
    tensors.push_back(makeTextTensor(VocabularyName, vocabulary));
  }
  return writeSafetensors(path, {{KeyName, key}}, tensors);
}

} // namespace kiln::rt
