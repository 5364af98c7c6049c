//===- TableReader.cpp - Checked access to a table ------------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "frontend/TableReader.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/Format.h"

using namespace kiln;

static llvm::StringRef getKindName(Value::Kind kind) {
  switch (kind) {
  case Value::Kind::Boolean:
    return "a boolean";
  case Value::Kind::Integer:
    return "an integer";
  case Value::Kind::Number:
    return "a number";
  case Value::Kind::String:
    return "a string";
  case Value::Kind::Array:
    return "an array";
  case Value::Kind::Table:
    return "a table";
  case Value::Kind::Other:
    return "a date or time";
  }
  llvm_unreachable("all kinds are covered");
}

/// A value as a message shows it.
static std::string describe(const Value &value) {
  std::string text;
  llvm::raw_string_ostream os(text);
  switch (value.kind) {
  case Value::Kind::Boolean:
    os << (value.boolean ? "true" : "false");
    break;
  case Value::Kind::Integer:
    os << value.integer;
    break;
  case Value::Kind::Number:
    os << llvm::format("%g", value.number);
    break;
  case Value::Kind::String:
    os << "the string '" << value.string << "'";
    break;
  default:
    os << getKindName(value.kind);
  }
  return text;
}

TableReader::TableReader(const Value &table, const llvm::Twine &what,
                         ReadContext &context)
    : context(&context), table(&table), what(what.str()),
      position(table.position) {
  if (table.kind != Value::Kind::Table) {
    context.diagnostics.error(table.position, "expected a table for " + what +
                                                  ", got " + describe(table));
    this->table = nullptr;
  }
}

TableReader TableReader::variant(const Value &value, llvm::StringRef noun,
                                 ReadContext &context) {
  static const Value noOptions = [] {
    Value value;
    value.kind = Value::Kind::Table;
    return value;
  }();
  if (value.kind == Value::Kind::Table) {
    TableReader reader(value, noun, context);
    reader.noun = noun;
    if (const Value *type = reader.find("type", Presence::Required)) {
      if (reader.expect(*type, "type", Value::Kind::String)) {
        reader.name = type->string;
        reader.namePosition = type->position;
        reader.setWhat("'" + type->string + "'");
      }
    }
    return reader;
  }
  TableReader reader(noOptions, noun, context);
  reader.noun = noun;
  reader.position = value.position;
  if (value.kind == Value::Kind::String) {
    reader.name = value.string;
    reader.namePosition = value.position;
  } else {
    context.diagnostics.error(value.position,
                              "expected a name or a table for " + noun +
                                  ", got " + describe(value));
  }
  return reader;
}

TableReader::TableReader(TableReader &&other)
    : context(other.context), table(std::exchange(other.table, nullptr)),
      what(std::move(other.what)), name(std::move(other.name)),
      noun(other.noun), position(other.position),
      namePosition(other.namePosition), known(std::move(other.known)) {}

TableReader::~TableReader() {
  if (!table)
    return;
  for (const Member &member : table->members)
    if (!llvm::is_contained(known, member.key))
      context->diagnostics.error(member.position,
                                 "unknown key '" + member.key + "' in " + what,
                                 suggest(member.key, known));
}

const Value *TableReader::find(llvm::StringRef key, Presence presence) {
  known.push_back(key);
  if (!table) {
    context->places.setReported(position, key);
    return nullptr;
  }
  for (const Member &member : table->members) {
    if (member.key == key) {
      context->places.add(position, key, member.value.position);
      return &member.value;
    }
  }
  if (presence == Presence::Required) {
    context->places.setReported(position, key);
    context->diagnostics.error(position, what + " needs '" + key + "'");
  }
  return nullptr;
}

bool TableReader::expect(const Value &value, llvm::StringRef key,
                         Value::Kind kind) {
  bool isNumber =
      kind == Value::Kind::Number && value.kind == Value::Kind::Integer;
  if (value.kind == kind || isNumber)
    return true;
  context->places.setReported(position, key);
  context->diagnostics.error(value.position, "expected " + getKindName(kind) +
                                                 " for '" + key + "', got " +
                                                 describe(value));
  return false;
}

void TableReader::read(llvm::StringRef key, int64_t &result,
                       Presence presence) {
  const Value *value = find(key, presence);
  if (value && expect(*value, key, Value::Kind::Integer))
    result = value->integer;
}

void TableReader::read(llvm::StringRef key, double &result, Presence presence) {
  const Value *value = find(key, presence);
  if (value && expect(*value, key, Value::Kind::Number))
    result = value->number;
}

void TableReader::read(llvm::StringRef key, bool &result, Presence presence) {
  const Value *value = find(key, presence);
  if (value && expect(*value, key, Value::Kind::Boolean))
    result = value->boolean;
}

void TableReader::read(llvm::StringRef key, std::string &result,
                       Presence presence) {
  const Value *value = find(key, presence);
  if (value && expect(*value, key, Value::Kind::String))
    result = value->string;
}

void TableReader::read(llvm::StringRef key, std::vector<int64_t> &result,
                       Presence presence) {
  const Value *value = find(key, presence);
  if (!value || !expect(*value, key, Value::Kind::Array))
    return;
  for (const Value &element : value->elements)
    if (expect(element, key, Value::Kind::Integer))
      result.push_back(element.integer);
}

void TableReader::read(llvm::StringRef key, std::vector<std::string> &result,
                       Presence presence) {
  const Value *value = find(key, presence);
  if (!value || !expect(*value, key, Value::Kind::Array))
    return;
  for (const Value &element : value->elements)
    if (expect(element, key, Value::Kind::String))
      result.push_back(element.string);
}

void TableReader::reportUnknown(llvm::StringRef text, model::Position place,
                                llvm::StringRef noun,
                                llvm::ArrayRef<llvm::StringRef> names) {
  context->diagnostics.error(place, "unknown " + noun + " '" + text + "'",
                             suggest(text, names));
}
