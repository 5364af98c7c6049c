//===- TableReader.h - Checked access to a table ----------------*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// One call reads one option: it checks the type, reports what is wrong, and
// makes the key known, so that every key that no call asked for is reported,
// with the nearest known one.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_FRONTEND_TABLEREADER_H
#define KILN_FRONTEND_TABLEREADER_H

#include "frontend/Diagnostics.h"
#include "frontend/Document.h"
#include "frontend/Validate.h"
#include "llvm/ADT/StringMap.h"

#include <optional>

namespace kiln {

/// What all readers of one file share.
struct ReadContext {
  Diagnostics &diagnostics;
  ValuePlaces places;
  /// Layers without a name of their own, by default name.
  llvm::StringMap<unsigned> unnamed;
};

/// The names that a value of type `Enum` may be given by.
template <typename Enum>
using Choices = llvm::ArrayRef<std::pair<llvm::StringLiteral, Enum>>;

/// Whether a table must have a key.
enum class Presence { Optional, Required };

/// Reads the members of one table.
class TableReader {
public:
  /// `what` names the table in messages: `Dense`, `[fit]`.
  TableReader(const Value &table, const llvm::Twine &what,
              ReadContext &context);

  /// A reader of a value that is either a name or a table with the name under
  /// `type`; `chooseName` reads the name.
  static TableReader variant(const Value &value, llvm::StringRef noun,
                             ReadContext &context);

  TableReader(const TableReader &) = delete;
  TableReader(TableReader &&other);
  /// Reports the keys that nothing has asked for.
  ~TableReader();

  /// The place of the node that the table describes; findings about it as a
  /// whole go there.
  model::Position getPosition() const { return position; }
  void setPosition(model::Position newPosition) { position = newPosition; }
  /// A heap copy, as the schema keeps positions.
  std::unique_ptr<model::Position> copyPosition() const {
    return std::make_unique<model::Position>(position);
  }
  void setWhat(const llvm::Twine &newWhat) { what = newWhat.str(); }

  /// Unknown keys are not reported: the table's type is not known.
  void ignoreUnknown() { table = nullptr; }

  /// The value of a key, null where absent. Makes the key known.
  const Value *find(llvm::StringRef key,
                    Presence presence = Presence::Optional);

  /// Each stores the key's value where it is present and has the type, and
  /// reports it where it has another one.
  void read(llvm::StringRef key, int64_t &result,
            Presence presence = Presence::Optional);
  void read(llvm::StringRef key, double &result,
            Presence presence = Presence::Optional);
  void read(llvm::StringRef key, bool &result,
            Presence presence = Presence::Optional);
  void read(llvm::StringRef key, std::string &result,
            Presence presence = Presence::Optional);
  void read(llvm::StringRef key, std::vector<int64_t> &result,
            Presence presence = Presence::Optional);
  void read(llvm::StringRef key, std::vector<std::string> &result,
            Presence presence = Presence::Optional);
  template <typename Enum>
  void read(llvm::StringRef key, Enum &result, Choices<Enum> choices,
            Presence presence = Presence::Optional) {
    const Value *value = find(key, presence);
    if (value && expect(*value, key, Value::Kind::String))
      choose(value->string, value->position, key, result, choices);
  }

  /// Stores what `text` names; reports a `text` that names nothing as an
  /// unknown `noun`.
  template <typename Enum>
  bool choose(llvm::StringRef text, model::Position place, llvm::StringRef noun,
              Enum &result, Choices<Enum> choices) {
    llvm::SmallVector<llvm::StringRef> names;
    for (const auto &[candidate, value] : choices) {
      if (candidate == text) {
        result = value;
        return true;
      }
      names.push_back(candidate);
    }
    reportUnknown(text, place, noun, names);
    return false;
  }
  /// The same for the name of a `variant`, under its noun. An unknown one makes
  /// the options that it would have had unknown too, so none is reported.
  template <typename Enum>
  bool chooseName(Enum &result, Choices<Enum> choices) {
    if (name && choose(*name, namePosition, noun, result, choices))
      return true;
    context->places.setReported(position, "type");
    ignoreUnknown();
    return false;
  }
  /// The name that `chooseName` read; empty where there is none.
  llvm::StringRef getName() const {
    return name ? llvm::StringRef(*name) : llvm::StringRef();
  }
  void reportUnknown(llvm::StringRef text, model::Position place,
                     llvm::StringRef noun,
                     llvm::ArrayRef<llvm::StringRef> names);

  /// Reports a value that is not of the kind. `key` names it.
  bool expect(const Value &value, llvm::StringRef key, Value::Kind kind);

private:
  ReadContext *context;
  const Value *table;
  std::string what;
  /// Of a variant.
  std::optional<std::string> name;
  llvm::StringRef noun;
  model::Position position;
  model::Position namePosition;
  std::vector<llvm::StringRef> known;
};

} // namespace kiln

#endif // KILN_FRONTEND_TABLEREADER_H
