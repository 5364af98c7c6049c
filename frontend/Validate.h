//===- Validate.h - What every model must satisfy ---------------*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_FRONTEND_VALIDATE_H
#define KILN_FRONTEND_VALIDATE_H

#include "frontend/Diagnostics.h"

#include <map>
#include <set>
#include <tuple>

namespace kiln {

/// Where the values of a node stand, so that a finding points at the value. The
/// schema keeps the positions of nodes only: a model that was not read from
/// text has an empty one, and its findings point at nodes.
class ValuePlaces {
public:
  /// The value of `key` in the node at `node` stands at `place`.
  void add(model::Position node, llvm::StringRef key, model::Position place) {
    places[makeKey(node, key)] = place;
  }
  model::Position find(model::Position node, llvm::StringRef key) const {
    auto it = places.find(makeKey(node, key));
    return it == places.end() ? node : it->second;
  }
  bool has(model::Position node, llvm::StringRef key) const {
    return places.count(makeKey(node, key));
  }

  /// The value has been reported: what is said of it from now on is a
  /// consequence of that.
  void setReported(model::Position node, llvm::StringRef key) {
    reported.insert(makeKey(node, key));
  }
  bool isReported(model::Position node, llvm::StringRef key) const {
    return reported.count(makeKey(node, key));
  }

private:
  using Key = std::tuple<uint32_t, uint32_t, std::string>;
  static Key makeKey(model::Position node, llvm::StringRef key) {
    return {node.line(), node.column(), key.str()};
  }

  std::map<Key, model::Position> places;
  std::set<Key> reported;
};

/// Whether the data are texts, which a tokenizer turns into numbers.
inline bool readsTexts(const model::DataT &data) {
  return data.reader == model::ReaderKind_text_folders ||
         (data.reader == model::ReaderKind_csv && !data.text_column.empty());
}

/// Checks all that a model of any origin must satisfy and that takes no shapes:
/// tables that must be there, enumerators, ranges, names, the graph. Reports
/// everything that is wrong.
void validateModel(const model::ModelT &model, const ValuePlaces &places,
                   Diagnostics &diagnostics);

/// The layers that the output depends on, every layer after its inputs, in the
/// model's order otherwise. The model must have passed `validateModel`.
std::vector<const model::LayerT *> sortLayers(const model::ModelT &model);

} // namespace kiln

#endif // KILN_FRONTEND_VALIDATE_H
