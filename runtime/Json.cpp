//===- Json.cpp - One JSON object, built field by field -------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "runtime/Json.h"

#include <charconv>
#include <cmath>

namespace kiln::rt {

JsonObject &JsonObject::begin() {
  text.assign(1, '{');
  first = true;
  return *this;
}

void JsonObject::quote(std::string_view value) {
  static const char Digits[] = "0123456789abcdef";
  text += '"';
  for (char character : value) {
    unsigned char code = static_cast<unsigned char>(character);
    if (character == '"' || character == '\\') {
      text += '\\';
      text += character;
    } else if (code < 0x20) {
      text += "\\u00";
      text += Digits[code >> 4];
      text += Digits[code & 15];
    } else {
      text += character;
    }
  }
  text += '"';
}

void JsonObject::name(std::string_view key) {
  if (!first)
    text += ',';
  first = false;
  quote(key);
  text += ':';
}

template <typename Number> void JsonObject::number(Number value) {
  char digits[40];
  std::to_chars_result result =
      std::to_chars(digits, digits + sizeof(digits), value);
  text.append(digits, result.ptr - digits);
}

JsonObject &JsonObject::field(std::string_view key, std::string_view value) {
  name(key);
  quote(value);
  return *this;
}

JsonObject &JsonObject::field(std::string_view key, double value) {
  name(key);
  if (std::isfinite(value))
    number(value);
  else
    text += "null";
  return *this;
}

JsonObject &JsonObject::field(std::string_view key, int64_t value) {
  name(key);
  number(value);
  return *this;
}

JsonObject &JsonObject::field(std::string_view key, bool value) {
  name(key);
  text += value ? "true" : "false";
  return *this;
}

JsonObject &JsonObject::field(std::string_view key, const float *values,
                              int64_t count) {
  name(key);
  text += '[';
  for (int64_t i = 0; i < count; ++i) {
    if (i)
      text += ',';
    if (std::isfinite(values[i]))
      number(values[i]);
    else
      text += "null";
  }
  text += ']';
  return *this;
}

void JsonObject::array(const int64_t *values, int64_t count) {
  text += '[';
  for (int64_t i = 0; i < count; ++i) {
    if (i)
      text += ',';
    number(values[i]);
  }
  text += ']';
}

JsonObject &JsonObject::field(std::string_view key, const int64_t *values,
                              int64_t count) {
  name(key);
  array(values, count);
  return *this;
}

JsonObject &JsonObject::field(std::string_view key, const int64_t *values,
                              int64_t rows, int64_t columns) {
  name(key);
  text += '[';
  for (int64_t row = 0; row < rows; ++row) {
    if (row)
      text += ',';
    array(values + row * columns, columns);
  }
  text += ']';
  return *this;
}

JsonObject &JsonObject::field(std::string_view key,
                              const std::vector<std::string_view> &values) {
  name(key);
  text += '[';
  for (size_t i = 0; i < values.size(); ++i) {
    if (i)
      text += ',';
    quote(values[i]);
  }
  text += ']';
  return *this;
}

JsonObject &JsonObject::beginObject(std::string_view key) {
  name(key);
  text += '{';
  first = true;
  return *this;
}

JsonObject &JsonObject::endObject() {
  text += '}';
  first = false;
  return *this;
}

const std::string &JsonObject::end() {
  text += '}';
  return text;
}

} // namespace kiln::rt
