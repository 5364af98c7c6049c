//===- DataIdx.cpp - The IDX format of MNIST ------------------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "runtime/DataIdx.h"

#include "runtime/Input.h"

#include <cstring>

namespace kiln::rt {

namespace {
struct IdxType {
  uint8_t code;
  size_t bytes;
  Element element;
};
} // namespace

static const IdxType IdxTypes[] = {
    {0x08, 1, Element::U8},  {0x09, 1, Element::I32}, {0x0B, 2, Element::I32},
    {0x0C, 4, Element::I32}, {0x0D, 4, Element::F32}, {0x0E, 8, Element::F64}};

static uint64_t readBigEndian(const uint8_t *bytes, size_t count) {
  uint64_t value = 0;
  for (size_t i = 0; i < count; ++i)
    value = value << 8 | bytes[i];
  return value;
}

static void decodeElement(const IdxType &type, uint64_t bits, uint8_t *to) {
  switch (type.code) {
  case 0x09: {
    int32_t value = int8_t(bits);
    std::memcpy(to, &value, 4);
    return;
  }
  case 0x0B: {
    int32_t value = int16_t(bits);
    std::memcpy(to, &value, 4);
    return;
  }
  case 0x0E:
    std::memcpy(to, &bits, 8);
    return;
  default: {
    uint32_t value = uint32_t(bits);
    std::memcpy(to, &value, 4);
  }
  }
}

Status readIdx(const std::string &path, Array &array) {
  Input input;
  if (Status status = input.open(path); !status.ok())
    return status;
  const char *file = path.c_str();

  uint8_t magic[4] = {};
  size_t got = 0;
  if (Status status = input.read(magic, 4, got); !status.ok())
    return status;
  const IdxType *type = nullptr;
  for (const IdxType &candidate : IdxTypes)
    if (candidate.code == magic[2])
      type = &candidate;
  if (got < 4 || magic[0] || magic[1] || !type || magic[3] < 1 || magic[3] > 8)
    return userError("%s: not an IDX file: expected magic 00 00 08 03 or "
                     "alike, got %02x %02x %02x %02x",
                     file, magic[0], magic[1], magic[2], magic[3]);

  array.file = path;
  array.element = type->element;
  array.shape.assign(magic[3], 0);
  for (int64_t &extent : array.shape) {
    uint8_t word[4];
    if (Status status = input.read(word, 4, got); !status.ok())
      return status;
    if (got < 4)
      return userError("%s: truncated: expected %d extents in the header", file,
                       magic[3]);
    extent = int64_t(readBigEndian(word, 4));
  }

  Buffer raw;
  if (Status status = readElements(input, array.shape, type->bytes, raw);
      !status.ok())
    return status;

  if (type->element == Element::U8) {
    array.memory = std::move(raw);
    return Status();
  }
  size_t width = elementBytes(type->element);
  uint64_t count = raw.size() / type->bytes;
  if (!array.memory.allocate(count * width))
    return systemError("allocating memory", path);
  for (uint64_t i = 0; i < count; ++i)
    decodeElement(*type,
                  readBigEndian(raw.data() + i * type->bytes, type->bytes),
                  array.memory.data() + i * width);
  return Status();
}

} // namespace kiln::rt
