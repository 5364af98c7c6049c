//===- FuzzTokenizer.cpp - Texts, words and vocabularies ------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "test/fuzz/FuzzFile.h"

#include "runtime/PadSequences.h"
#include "runtime/Tokenizer.h"
#include "runtime/Unicode.h"

using namespace kiln::rt;

/// The first two bytes are options; the rest is a vocabulary or a text.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size < 2)
    return 0;
  Tokenizer::Options options;
  options.lower = data[0] & 1;
  options.charLevel = data[0] & 2;
  if (data[0] & 4)
    options.oovToken = "<other>";
  if (data[0] & 8)
    options.filters = "\xC3\xA9,";
  if (data[0] & 16)
    options.split = "\xE2\x80\x94";
  options.numWords = data[1];
  std::string_view text(reinterpret_cast<const char *>(data) + 2, size - 2);

  Tokenizer taken(options);
  if (taken.takeVocabulary(text, "input").ok()) {
    // What was accepted is kept as it was.
    Tokenizer again(options);
    FUZZ_CHECK(again.takeVocabulary(taken.vocabulary(), "input").ok());
    FUZZ_CHECK(again.vocabulary() == taken.vocabulary());
    std::vector<int32_t> ids;
    taken.encode("a b c <other>", ids);
  }
  if (findInvalidUtf8(text) != std::string_view::npos)
    return 0;

  Tokenizer fitted(options);
  std::vector<uint32_t> numbers;
  fitted.count(text, numbers);
  fitted.fit();
  std::vector<int32_t> counted, encoded, reread;
  for (uint32_t number : numbers)
    if (int32_t id = fitted.idOf(number))
      counted.push_back(id);
  fitted.encode(text, encoded);
  // Both ways from a text to its ids agree, also by way of the vocabulary.
  FUZZ_CHECK(counted == encoded);
  for (int32_t id : encoded)
    FUZZ_CHECK(id > 0 && id <= fitted.largestId());
  Tokenizer restored(options);
  FUZZ_CHECK(restored.takeVocabulary(fitted.vocabulary(), "input").ok());
  restored.encode(text, reread);
  FUZZ_CHECK(reread == encoded);
  return 0;
}
