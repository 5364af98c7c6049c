//===- Safetensors.cpp - The file format of weights -----------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "runtime/Safetensors.h"

#include "runtime/Array.h"
#include "runtime/DurableFile.h"
#include "runtime/Input.h"
#include "runtime/Json.h"
#include "runtime/Sha256.h"

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>

namespace kiln::rt {

using Json = nlohmann::json;

static constexpr uint64_t MostHeaderBytes = 100 << 20;
static constexpr const char *HashKey = "kiln.sha256";

static size_t typeBytes(const std::string &type) {
  static const std::pair<const char *, size_t> Types[] = {
      {"BOOL", 1}, {"U8", 1},   {"I8", 1},  {"U16", 2}, {"I16", 2},
      {"F16", 2},  {"BF16", 2}, {"U32", 4}, {"I32", 4}, {"F32", 4},
      {"U64", 8},  {"I64", 8},  {"F64", 8}};
  for (const auto &[name, bytes] : Types)
    if (type == name)
      return bytes;
  return 0;
}

/// The non-negative integers of a JSON array; false if it is anything else.
static bool readIntegers(const Json &array, std::vector<int64_t> &values) {
  if (!array.is_array())
    return false;
  values.clear();
  for (const Json &value : array) {
    if (!value.is_number_unsigned() || value.get<uint64_t>() > uint64_t(1)
                                                                   << 46)
      return false;
    values.push_back(int64_t(value.get<uint64_t>()));
  }
  return true;
}

Status SafetensorsFile::parseHeader(const char *text, uint64_t size,
                                    const uint8_t *data, uint64_t dataBytes) {
  auto damaged = [&](const std::string &what) {
    return userError("%s: damaged safetensors file: %s", name.c_str(),
                     what.c_str());
  };
  Json header = Json::parse(text, text + size, nullptr, false);
  if (!header.is_object())
    return damaged("its header is no JSON object");

  std::vector<std::pair<uint64_t, uint64_t>> ranges;
  for (const auto &[key, value] : header.items()) {
    if (!value.is_object())
      return damaged("'" + key + "' is no object");
    if (key == "__metadata__") {
      for (const auto &[note, content] : value.items())
        if (content.is_string())
          notes.emplace_back(note, content.get<std::string>());
      continue;
    }
    SafeTensor tensor;
    tensor.name = key;
    std::vector<int64_t> offsets;
    uint64_t bytes = 0;
    auto type = value.find("dtype"), shape = value.find("shape"),
         range = value.find("data_offsets");
    if (type == value.end() || shape == value.end() || range == value.end() ||
        !type->is_string() || !readIntegers(*shape, tensor.shape) ||
        !readIntegers(*range, offsets) || offsets.size() != 2)
      return damaged("'" + key + "' lacks its type, shape or place");
    tensor.type = type->get<std::string>();
    size_t width = typeBytes(tensor.type);
    if (!width)
      return damaged("'" + key + "' has the unknown type " + tensor.type);
    uint64_t begin = uint64_t(offsets[0]), end = uint64_t(offsets[1]);
    if (begin > end || end > dataBytes)
      return damaged(format("'%s' lies outside of the file: expected at most "
                            "%llu bytes of data, got %llu",
                            key.c_str(), (unsigned long long)dataBytes,
                            (unsigned long long)end));
    if (!checkedSize(tensor.shape, width, MostArrayBytes, bytes) ||
        bytes != end - begin)
      return damaged("'" + key + "' has " + std::to_string(end - begin) +
                     " bytes for the shape " + showShape(tensor.shape));
    tensor.data = data + begin;
    tensor.bytes = bytes;
    ranges.emplace_back(begin, end);
    list.push_back(std::move(tensor));
  }

  std::sort(ranges.begin(), ranges.end());
  uint64_t reached = 0;
  for (const auto &[begin, end] : ranges) {
    if (begin != reached)
      return damaged("its tensors overlap or leave holes");
    reached = end;
  }
  if (reached != dataBytes)
    return damaged(format("expected %llu bytes of data, got %llu",
                          (unsigned long long)reached,
                          (unsigned long long)dataBytes));
  const std::string *hash = metadata(HashKey);
  if (hash && *hash != sha256(data, dataBytes))
    return damaged("the hash of its data differs from the one it states");
  return Status();
}

Status SafetensorsFile::read(const std::string &path) {
  name = path;
  Input input;
  if (Status status = input.open(path); !status.ok())
    return status;
  uint64_t size = input.mostBytes();
  size_t got = 0;
  if (!input.isPlain() || size < 10)
    return userError("%s: damaged safetensors file: expected a header, got "
                     "%llu bytes",
                     path.c_str(), (unsigned long long)size);
  if (!contents.allocate(size))
    return systemError("allocating memory", path);
  if (Status status = input.read(contents.data(), size, got); !status.ok())
    return status;
  uint64_t headerBytes = 0;
  for (int i = 7; i >= 0; --i)
    headerBytes = headerBytes << 8 | contents.data()[i];
  if (headerBytes > MostHeaderBytes || headerBytes > size - 8)
    return userError("%s: damaged safetensors file: its header claims %llu "
                     "bytes of %llu",
                     path.c_str(), (unsigned long long)headerBytes,
                     (unsigned long long)size);
  const uint8_t *data = contents.data() + 8 + headerBytes;
  return parseHeader(contents.as<char>() + 8, headerBytes, data,
                     size - 8 - headerBytes);
}

const SafeTensor *SafetensorsFile::find(const std::string &tensor) const {
  for (const SafeTensor &candidate : list)
    if (candidate.name == tensor)
      return &candidate;
  return nullptr;
}

const std::string *SafetensorsFile::metadata(const std::string &key) const {
  for (const auto &[note, value] : notes)
    if (note == key)
      return &value;
  return nullptr;
}

SafeTensor makeTextTensor(const std::string &name, const std::string &text) {
  SafeTensor tensor;
  tensor.name = name;
  tensor.type = "U8";
  tensor.shape = {int64_t(text.size())};
  tensor.data = text.data();
  tensor.bytes = text.size();
  return tensor;
}

Status writeSafetensors(const std::string &path, const Metadata &metadata,
                        const std::vector<SafeTensor> &tensors) {
  Sha256 hash;
  for (const SafeTensor &tensor : tensors)
    hash.add(tensor.data, tensor.bytes);

  JsonObject json;
  json.begin().beginObject("__metadata__");
  for (const auto &[key, value] : metadata)
    json.field(key, value);
  json.field(HashKey, hash.finish()).endObject();
  int64_t offset = 0;
  for (const SafeTensor &tensor : tensors) {
    int64_t range[2] = {offset, offset + int64_t(tensor.bytes)};
    offset = range[1];
    json.beginObject(tensor.name)
        .field("dtype", tensor.type)
        .field("shape", tensor.shape.data(), int64_t(tensor.shape.size()))
        .field("data_offsets", range, 2)
        .endObject();
  }
  std::string header = json.end();
  header.append((8 - header.size() % 8) % 8, ' ');

  uint8_t length[8];
  for (int i = 0; i < 8; ++i)
    length[i] = uint8_t(uint64_t(header.size()) >> 8 * i);
  DurableFile file;
  if (Status status = file.open(path); !status.ok())
    return status;
  if (Status status = file.write(length, 8); !status.ok())
    return status;
  if (Status status = file.write(header.data(), header.size()); !status.ok())
    return status;
  for (const SafeTensor &tensor : tensors)
    if (Status status = file.write(tensor.data, tensor.bytes); !status.ok())
      return status;
  return file.commit();
}

} // namespace kiln::rt
