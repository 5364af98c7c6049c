//===- Json.h - One JSON object, built field by field --------- -*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_RUNTIME_JSON_H
#define KILN_RUNTIME_JSON_H

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace kiln::rt {

/// Builds a JSON object in a string whose memory is kept from one object to
/// the next, so that events within a training step allocate nothing. Numbers
/// are the shortest that read back to the same value; NaN and infinities,
/// which JSON lacks, become null.
class JsonObject {
public:
  JsonObject() { text.reserve(4096); }

  JsonObject &begin();
  JsonObject &field(std::string_view key, std::string_view value);
  JsonObject &field(std::string_view key, const char *value) {
    return field(key, std::string_view(value));
  }
  JsonObject &field(std::string_view key, double value);
  JsonObject &field(std::string_view key, int64_t value);
  JsonObject &field(std::string_view key, int value) {
    return field(key, int64_t(value));
  }
  JsonObject &field(std::string_view key, bool value);
  JsonObject &field(std::string_view key, const float *values, int64_t count);
  JsonObject &field(std::string_view key, const int64_t *values, int64_t count);
  /// An array of `rows` arrays.
  JsonObject &field(std::string_view key, const int64_t *values, int64_t rows,
                    int64_t columns);
  JsonObject &field(std::string_view key,
                    const std::vector<std::string_view> &values);
  /// `key` with an object of its own, made of the fields up to endObject.
  JsonObject &beginObject(std::string_view key);
  JsonObject &endObject();
  /// The finished object, without a line feed.
  const std::string &end();
  /// Adds a line feed to the finished object.
  void finishLine() { text += '\n'; }

private:
  void name(std::string_view key);
  void quote(std::string_view value);
  template <typename Number> void number(Number value);
  void array(const int64_t *values, int64_t count);

  std::string text;
  bool first = true;
};

} // namespace kiln::rt

#endif // KILN_RUNTIME_JSON_H
