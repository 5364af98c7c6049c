//===- TomlReader.cpp - TOML text as a document ---------------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// The only file that sees toml++, which is slow to compile. Its assertions
// state what malformed text breaks ahead of code that reports the same (and are
// assumptions where NDEBUG is defined): here they check nothing.
//
//===----------------------------------------------------------------------===//

#include "frontend/TomlReader.h"

#include "llvm/ADT/StringExtras.h"

#undef NDEBUG
#define TOML_ASSERT(condition) static_assert(true)
#define TOML_HEADER_ONLY 1
#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

using namespace kiln;

static model::Position convert(const toml::source_region &region) {
  return model::Position(region.begin.line, region.begin.column);
}

static Value convert(const toml::node &node) {
  Value value;
  value.position = convert(node.source());
  if (const auto *boolean = node.as_boolean()) {
    value.kind = Value::Kind::Boolean;
    value.boolean = boolean->get();
  } else if (const auto *integer = node.as_integer()) {
    value.kind = Value::Kind::Integer;
    value.integer = integer->get();
    value.number = double(integer->get());
  } else if (const auto *number = node.as_floating_point()) {
    value.kind = Value::Kind::Number;
    value.number = number->get();
  } else if (const auto *string = node.as_string()) {
    value.kind = Value::Kind::String;
    value.string = string->get();
  } else if (const auto *array = node.as_array()) {
    value.kind = Value::Kind::Array;
    for (const toml::node &element : *array)
      value.elements.push_back(convert(element));
  } else if (const auto *table = node.as_table()) {
    value.kind = Value::Kind::Table;
    for (const auto &[key, member] : *table)
      value.members.push_back(
          {std::string(key.str()), convert(key.source()), convert(member)});
  }
  return value;
}

std::optional<Value> kiln::parseToml(llvm::StringRef text,
                                     Diagnostics &diagnostics) {
  toml::parse_result result = toml::parse(std::string_view(text));
  if (result.failed()) {
    const toml::parse_error &error = result.error();
    // "Error while parsing value: could not determine value type".
    llvm::StringRef description(error.description());
    if (description.consume_front("Error while parsing "))
      description = description.split(": ").second;
    diagnostics.error(convert(error.source()),
                      "invalid TOML: " + description.rtrim(". \n"));
    return std::nullopt;
  }
  return convert(result.table());
}
