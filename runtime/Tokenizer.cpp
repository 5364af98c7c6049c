//===- Tokenizer.cpp - From texts to numbers ------------------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "runtime/Tokenizer.h"

#include "runtime/Text.h"
#include "runtime/Unicode.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace kiln::rt {

using Json = nlohmann::json;

Tokenizer::Tokenizer(Options given) : options(std::move(given)) {
  const std::string &filters = options.filters;
  const char *at = filters.data(), *end = at + filters.size();
  // The filters of a damaged manifest are no reason to read past their end.
  if (findInvalidUtf8(filters) != std::string_view::npos)
    end = at;
  while (at < end) {
    int32_t codePoint = nextCodePoint(at, end);
    if (codePoint < 128)
      isFiltered[codePoint] = true;
    else
      wideFilters.push_back(codePoint);
  }
}

static std::string toString(const flatbuffers::String *text) {
  return text ? text->str() : std::string();
}

Tokenizer::Tokenizer(const model::Tokenizer &from)
    : Tokenizer(Options{from.num_words(), toString(from.filters()),
                        toString(from.split()), toString(from.oov_token()),
                        from.lower(), from.char_level()}) {}

bool Tokenizer::isFilter(int32_t codePoint) const {
  if (codePoint < 128)
    return isFiltered[codePoint];
  return std::find(wideFilters.begin(), wideFilters.end(), codePoint) !=
         wideFilters.end();
}

const std::vector<std::string_view> &Tokenizer::words(std::string_view text) {
  found.clear();
  if (options.lower) {
    lowered.clear();
    appendLower(text, lowered);
    text = lowered;
  }
  const char *at = text.data(), *end = at + text.size();
  if (options.charLevel) {
    while (at < end) {
      const char *start = at;
      nextCodePoint(at, end);
      found.emplace_back(start, size_t(at - start));
    }
    return found;
  }

  // A filtered character becomes the split string, which may then be part of
  // another one, so all are replaced first.
  cleaned.clear();
  while (at < end) {
    const char *start = at;
    if (isFilter(nextCodePoint(at, end)))
      cleaned += options.split;
    else
      cleaned.append(start, size_t(at - start));
  }
  std::string_view rest = cleaned;
  while (!rest.empty()) {
    size_t stop = options.split.empty() ? std::string_view::npos
                                        : rest.find(options.split);
    if (stop != 0)
      found.push_back(rest.substr(0, stop));
    if (stop == std::string_view::npos)
      break;
    rest.remove_prefix(stop + options.split.size());
  }
  return found;
}

uint32_t Tokenizer::numberOf(std::string_view word) {
  auto place = numbers.find(word);
  if (place != numbers.end())
    return place->second;
  uint32_t number = uint32_t(known.size());
  known.emplace_back(word);
  numbers.emplace(known.back(), number);
  counts.push_back(0);
  return number;
}

void Tokenizer::count(std::string_view text, std::vector<uint32_t> &to) {
  for (std::string_view word : words(text)) {
    uint32_t number = numberOf(word);
    ++counts[number];
    to.push_back(number);
  }
}

void Tokenizer::fit() {
  order.resize(known.size());
  for (uint32_t i = 0; i < order.size(); ++i)
    order[i] = i;
  std::sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
    return counts[a] != counts[b] ? counts[a] > counts[b] : a < b;
  });
  assignIds();
}

/// Ids follow `order`, which is cut off after the last word that has one.
void Tokenizer::assignIds() {
  int32_t first = hasUnknown() ? 2 : 1;
  unknownId = hasUnknown() ? 1 : 0;
  // Keras's: where the token for unknown words is a word of the texts, all of
  // them get the id of that word.
  if (auto place = numbers.find(options.oovToken);
      hasUnknown() && place != numbers.end())
    for (size_t i = 0; i < order.size(); ++i)
      if (order[i] == place->second)
        unknownId = first + int32_t(i);

  ids.assign(known.size(), unknownId);
  largest = unknownId;
  size_t kept = 0;
  for (size_t i = 0; i < order.size(); ++i) {
    int32_t id = first + int32_t(i);
    if (options.numWords && id >= options.numWords && id > unknownId)
      break;
    kept = i + 1;
    if (options.numWords && id >= options.numWords)
      continue;
    ids[order[i]] = id;
    largest = std::max<int64_t>(largest, id);
  }
  order.resize(kept);
  unfitted = false;
}

void Tokenizer::encode(std::string_view text, std::vector<int32_t> &to) {
  for (std::string_view word : words(text)) {
    auto place = numbers.find(word);
    int32_t id = place == numbers.end() ? unknownId : ids[place->second];
    if (id)
      to.push_back(id);
  }
}

JsonObject Tokenizer::describe() const {
  JsonObject json;
  json.begin()
      .field("num_words", options.numWords)
      .field("filters", options.filters)
      .field("lower", options.lower)
      .field("split", options.split)
      .field("char_level", options.charLevel)
      .field("oov_token", options.oovToken);
  return json;
}

std::string Tokenizer::vocabulary() const {
  std::vector<std::string_view> words;
  if (hasUnknown())
    words.push_back(options.oovToken);
  for (uint32_t number : order)
    words.push_back(known[number]);
  JsonObject json = describe();
  json.field("words", words);
  return json.end();
}

Status Tokenizer::takeVocabulary(std::string_view text,
                                 const std::string &path) {
  auto show = [](const Json &value) {
    return printable(
        value.dump(-1, ' ', false, Json::error_handler_t::replace));
  };
  auto damaged = [&](const char *what) {
    return userError("%s: damaged vocabulary: %s", path.c_str(), what);
  };
  Json json = Json::parse(text.begin(), text.end(), nullptr, false);
  if (!json.is_object())
    return damaged("it is no JSON object");
  Json mine = Json::parse(describe().end(), nullptr, false);
  for (const auto &[key, value] : mine.items()) {
    auto other = json.find(key);
    if (other == json.end())
      return damaged(("it lacks '" + key + "'").c_str());
    if (*other != value)
      return userError("%s: vocabulary of another tokenizer: expected %s = %s, "
                       "got %s",
                       path.c_str(), key.c_str(), show(value).c_str(),
                       show(*other).c_str());
  }
  auto words = json.find("words");
  if (words == json.end() || !words->is_array())
    return damaged("it has no list of words");

  Tokenizer taken(options);
  bool isFirst = hasUnknown();
  for (const Json &word : *words) {
    if (!word.is_string())
      return damaged("a word is no string");
    const std::string &bytes = word.get_ref<const std::string &>();
    if (isFirst) {
      if (bytes != options.oovToken)
        return damaged("it does not begin with its oov_token");
      isFirst = false;
      continue;
    }
    if (taken.numberOf(bytes) != taken.order.size())
      return damaged("a word is there twice");
    taken.order.push_back(uint32_t(taken.order.size()));
  }
  if (isFirst)
    return damaged("it does not begin with its oov_token");
  size_t claimed = taken.order.size();
  taken.assignIds();
  if (taken.order.size() != claimed)
    return damaged("it has more words than its num_words allows");
  *this = std::move(taken);
  return Status();
}

} // namespace kiln::rt
