//===- Array.cpp - A dense array as files hold it -------------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "runtime/Array.h"

#include "runtime/Input.h"

namespace kiln::rt {

size_t elementBytes(Element element) {
  switch (element) {
  case Element::U8:
    return 1;
  case Element::U16:
    return 2;
  case Element::I32:
  case Element::F32:
    return 4;
  case Element::I64:
  case Element::F64:
    return 8;
  }
  return 0;
}

int64_t Array::size() const {
  int64_t product = 1;
  for (int64_t extent : shape)
    product *= extent;
  return product;
}

int64_t Array::sampleSize() const {
  int64_t product = 1;
  for (size_t i = 1; i < shape.size(); ++i)
    product *= shape[i];
  return product;
}

double Array::at(int64_t index) const {
  switch (element) {
  case Element::U8:
    return memory.as<uint8_t>()[index];
  case Element::U16:
    return memory.as<uint16_t>()[index];
  case Element::I32:
    return memory.as<int32_t>()[index];
  case Element::I64:
    return double(memory.as<int64_t>()[index]);
  case Element::F32:
    return memory.as<float>()[index];
  case Element::F64:
    return memory.as<double>()[index];
  }
  return 0;
}

std::string showShape(const std::vector<int64_t> &shape, size_t from) {
  std::string text = "[";
  for (size_t i = from; i < shape.size(); ++i) {
    if (i > from)
      text += ", ";
    text += std::to_string(shape[i]);
  }
  return text + "]";
}

bool checkedSize(const std::vector<int64_t> &shape, uint64_t factor,
                 uint64_t limit, uint64_t &bytes) {
  bytes = factor;
  for (int64_t extent : shape) {
    if (extent < 0)
      return false;
    if (extent && bytes > limit / uint64_t(extent))
      return false;
    bytes *= uint64_t(extent);
  }
  return bytes <= limit;
}

Status readElements(Input &input, const std::vector<int64_t> &shape,
                    uint64_t width, Buffer &raw) {
  const char *file = input.path().c_str();
  uint64_t bytes = 0;
  if (!checkedSize(shape, width, MostArrayBytes, bytes))
    return userError("%s: damaged header: it claims the shape %s", file,
                     showShape(shape).c_str());
  if (Status status = input.expectBytes(bytes); !status.ok())
    return status;
  if (!raw.allocate(bytes))
    return systemError("allocating memory", input.path());
  size_t got = 0;
  if (Status status = input.read(raw.data(), bytes, got); !status.ok())
    return status;
  if (got < bytes)
    return userError("%s: truncated: expected %llu bytes after the header, got "
                     "%zu",
                     file, (unsigned long long)bytes, got);
  return input.expectEnd();
}

} // namespace kiln::rt
