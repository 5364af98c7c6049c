//===- Tokenizer.h - From texts to numbers -------------------- -*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_RUNTIME_TOKENIZER_H
#define KILN_RUNTIME_TOKENIZER_H

#include "frontend/manifest_generated.h"
#include "runtime/Json.h"
#include "runtime/Status.h"

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace kiln::rt {

/// The tensor that holds a vocabulary in files of weights.
constexpr const char *VocabularyName = "tokenizer/vocabulary";

/// Keras's Tokenizer (keras.src.legacy.preprocessing.text): its options,
/// defaults and numbers. Texts are valid UTF-8.
class Tokenizer {
public:
  struct Options {
    /// Ids are smaller than this; 0: there is one for each word.
    int64_t numWords = 0;
    /// Characters that end a word as `split` does.
    std::string filters = "!\"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n";
    std::string split = " ";
    /// Stands for all words without an id; empty: they are left out.
    std::string oovToken;
    bool lower = true, charLevel = false;
  };

  explicit Tokenizer(Options options);
  explicit Tokenizer(const model::Tokenizer &options);

  /// Counts the words of a text that the vocabulary is to hold, and appends
  /// each one's number: words are numbered as they first appear.
  void count(std::string_view text, std::vector<uint32_t> &numbers);
  /// Makes the vocabulary of what has been counted: ids by falling count, ties
  /// by first appearance.
  void fit();
  bool isFitted() const { return !unfitted; }

  /// The id of a counted word; 0: it is left out.
  int32_t idOf(uint32_t number) const { return ids[number]; }
  /// Appends the ids of a text's words. Needs a vocabulary.
  void encode(std::string_view text, std::vector<int32_t> &to);
  /// No id is larger.
  int64_t largestId() const { return largest; }
  /// Words with an id, the one for all others included.
  int64_t size() const { return int64_t(order.size()) + hasUnknown(); }

  /// The vocabulary as one JSON object: Keras's options, and `words` in the
  /// order of their ids, from 1.
  std::string vocabulary() const;
  /// Takes what `vocabulary` gave. One that is damaged or was made with other
  /// options is an error that begins with `path` and changes nothing.
  Status takeVocabulary(std::string_view json, const std::string &path);

private:
  /// The words of `text`, valid until the next call.
  const std::vector<std::string_view> &words(std::string_view text);
  bool isFilter(int32_t codePoint) const;
  uint32_t numberOf(std::string_view word);
  /// Whether other words have an id, which then leads the vocabulary.
  bool hasUnknown() const { return !options.oovToken.empty(); }
  void assignIds();
  JsonObject describe() const;

  Options options;
  /// Bytes of ASCII among the filters, and whether there are others.
  bool isFiltered[128] = {};
  std::vector<int32_t> wideFilters;

  std::deque<std::string> known;
  std::unordered_map<std::string_view, uint32_t> numbers;
  std::vector<int64_t> counts;
  /// By number.
  std::vector<int32_t> ids;
  /// The words of the vocabulary, as numbers, by id.
  std::vector<uint32_t> order;
  int32_t unknownId = 0;
  int64_t largest = 0;
  bool unfitted = true;

  std::string lowered, cleaned;
  std::vector<std::string_view> found;
};

} // namespace kiln::rt

#endif // KILN_RUNTIME_TOKENIZER_H
