//===- DataNpy.cpp - NumPy's array format ---------------------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "runtime/DataNpy.h"

#include "runtime/Input.h"

#include <cstdio>
#include <cstring>

namespace kiln::rt {

namespace {
struct NpyType {
  const char *name;
  size_t bytes;
  Element element;
};
} // namespace

static const NpyType NpyTypes[] = {
    {"|b1", 1, Element::U8},  {"|u1", 1, Element::U8},
    {"|i1", 1, Element::I32}, {"<u2", 2, Element::I32},
    {"<i2", 2, Element::I32}, {"<i4", 4, Element::I32},
    {"<u4", 4, Element::I64}, {"<i8", 8, Element::I64},
    {"<f4", 4, Element::F32}, {"<f8", 8, Element::F64}};

/// The text after `'key':` in the header's dictionary, or null.
static const char *findKey(const std::string &header, const char *key) {
  for (const char *quote : {"'", "\""}) {
    std::string quoted = std::string(quote) + key + quote;
    size_t at = header.find(quoted);
    if (at == std::string::npos)
      continue;
    at = header.find(':', at + quoted.size());
    if (at == std::string::npos)
      return nullptr;
    at = header.find_first_not_of(" ", at + 1);
    return at == std::string::npos ? nullptr : header.c_str() + at;
  }
  return nullptr;
}

static bool parseShape(const char *text, std::vector<int64_t> &shape) {
  if (!text || *text++ != '(')
    return false;
  shape.clear();
  for (;;) {
    while (*text == ' ' || *text == ',')
      ++text;
    if (*text == ')')
      return shape.size() <= 8;
    if (*text < '0' || *text > '9')
      return false;
    int64_t extent = 0;
    for (; *text >= '0' && *text <= '9'; ++text) {
      extent = extent * 10 + (*text - '0');
      if (extent > int64_t(1) << 40)
        return false;
    }
    shape.push_back(extent);
  }
}

template <typename From, typename To>
static void convert(const Buffer &from, const Buffer &to) {
  for (size_t i = 0, n = from.size() / sizeof(From); i < n; ++i)
    to.as<To>()[i] = To(from.as<From>()[i]);
}

/// Widens elements of `type` that arrays do not keep as they are.
static void widen(const NpyType &type, const Buffer &raw, const Buffer &to) {
  std::string name = type.name + 1;
  if (name == "i1")
    convert<int8_t, int32_t>(raw, to);
  else if (name == "u2")
    convert<uint16_t, int32_t>(raw, to);
  else if (name == "i2")
    convert<int16_t, int32_t>(raw, to);
  else
    convert<uint32_t, int64_t>(raw, to);
}

Status readNpy(const std::string &path, Array &array) {
  Input input;
  if (Status status = input.open(path); !status.ok())
    return status;
  const char *file = path.c_str();

  uint8_t start[12] = {};
  size_t got = 0;
  if (Status status = input.read(start, 10, got); !status.ok())
    return status;
  if (got < 10 || std::memcmp(start, "\x93NUMPY", 6) != 0 || start[6] < 1 ||
      start[6] > 3)
    return userError("%s: not a .npy file of version 1 to 3", file);
  size_t length = start[8] | size_t(start[9]) << 8;
  if (start[6] > 1) {
    if (Status status = input.read(start + 10, 2, got); !status.ok())
      return status;
    length |= size_t(start[10]) << 16 | size_t(start[11]) << 24;
  }
  if (length > 64 << 10)
    return userError("%s: damaged .npy header: expected at most 65536 bytes, "
                     "got %zu",
                     file, length);
  std::string header(length, '\0');
  if (Status status = input.read(header.data(), length, got); !status.ok())
    return status;
  const char *descr = findKey(header, "descr");
  const char *order = findKey(header, "fortran_order");
  if (got < length || !descr || !order ||
      !parseShape(findKey(header, "shape"), array.shape))
    return userError("%s: damaged .npy header", file);
  if (std::strncmp(order, "False", 5) != 0)
    return userError("%s: expected an array in C order, got Fortran order",
                     file);

  const NpyType *type = nullptr;
  for (const NpyType &candidate : NpyTypes)
    if (std::strncmp(descr + 1, candidate.name, 3) == 0)
      type = &candidate;
  if (!type)
    return userError("%s: expected elements of |b1, |u1, |i1, <u2, <i2, <u4, "
                     "<i4, <i8, <f4 or <f8, got %.6s",
                     file, descr);

  array.file = path;
  array.element = type->element;
  Buffer raw;
  if (Status status = readElements(input, array.shape, type->bytes, raw);
      !status.ok())
    return status;

  size_t width = elementBytes(type->element);
  if (width == type->bytes) {
    array.memory = std::move(raw);
    return Status();
  }
  if (!array.memory.allocate(raw.size() / type->bytes * width))
    return systemError("allocating memory", path);
  widen(*type, raw, array.memory);
  return Status();
}

static Status write(const std::string &path, const std::vector<int64_t> &shape,
                    const char *type, const void *data, size_t width) {
  std::string header = std::string("{'descr': '") + type +
                       "', 'fortran_order': False, 'shape': (";
  uint64_t count = 1;
  for (int64_t extent : shape) {
    header += std::to_string(extent) + ",";
    count *= uint64_t(extent);
  }
  header += "), }";
  // The data starts at a multiple of 64, after a line feed.
  header.append(63 - (10 + header.size()) % 64, ' ');
  header += '\n';
  uint8_t start[10] = {0x93,
                       'N',
                       'U',
                       'M',
                       'P',
                       'Y',
                       1,
                       0,
                       uint8_t(header.size()),
                       uint8_t(header.size() >> 8)};
  FILE *file = std::fopen(path.c_str(), "wbe");
  if (!file)
    return systemError("opening", path);
  bool good =
      std::fwrite(start, 1, 10, file) == 10 &&
      std::fwrite(header.data(), 1, header.size(), file) == header.size() &&
      std::fwrite(data, width, count, file) == count;
  good = std::fflush(file) == 0 && good;
  Status status = good ? Status() : systemError("writing", path);
  std::fclose(file);
  return status;
}

Status writeNpy(const std::string &path, const std::vector<int64_t> &shape,
                const float *data) {
  return write(path, shape, "<f4", data, 4);
}

Status writeNpy(const std::string &path, const std::vector<int64_t> &shape,
                const double *data) {
  return write(path, shape, "<f8", data, 8);
}

} // namespace kiln::rt
