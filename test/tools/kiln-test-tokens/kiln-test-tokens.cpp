//===- kiln-test-tokens.cpp - Token ids as trainers make them -------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
//   kiln-test-tokens CASES DATA [--list]
//   kiln-test-tokens lower < LINES
//
// Reads the texts of DATA/train and DATA/test with the tokenizer and padding of
// each case and prints hashes of the ids, and with --list the ids; or puts
// lines into lower case. test/runtime/make_tokens.py prints the same of Keras.
//
//===----------------------------------------------------------------------===//

#include "runtime/DataText.h"
#include "runtime/Input.h"
#include "runtime/Sha256.h"
#include "runtime/Unicode.h"

#include <cstdio>
#include <cstring>
#include <iostream>
#include <nlohmann/json.hpp>

using namespace kiln;
using namespace kiln::rt;
using Json = nlohmann::json;

/// Throws where a case has the wrong types: the tool's own input.
static std::unique_ptr<model::DataT> makeData(const Json &options,
                                              const Json &padding) {
  auto data = std::make_unique<model::DataT>();
  data->reader = model::ReaderKind_text_folders;
  data->classes = {"neg", "pos"};
  auto tokenizer = std::make_unique<model::TokenizerT>();
  Tokenizer::Options defaults;
  tokenizer->num_words = options.value("num_words", defaults.numWords);
  tokenizer->filters = options.value("filters", defaults.filters);
  tokenizer->lower = options.value("lower", defaults.lower);
  tokenizer->split = options.value("split", defaults.split);
  tokenizer->char_level = options.value("char_level", defaults.charLevel);
  tokenizer->oov_token = options.value("oov_token", defaults.oovToken);
  data->tokenizer = std::move(tokenizer);
  auto pad = std::make_unique<model::PadSequencesT>();
  pad->maxlen = padding.at("maxlen");
  pad->value = padding.value("value", 0);
  if (padding.value("padding", "pre") == "post")
    pad->padding = model::Side_post;
  if (padding.value("truncating", "pre") == "post")
    pad->truncating = model::Side_post;
  data->pad_sequences = std::move(pad);
  return data;
}

static std::string hashOf(const std::vector<int32_t> &ids) {
  return sha256(ids.data(), ids.size() * sizeof(int32_t));
}

/// `5 6 0*30`, or a hash where that is long.
static std::string show(const std::vector<int32_t> &row) {
  std::string text;
  size_t runs = 0;
  for (size_t begin = 0, end = 0; begin < row.size(); begin = end, ++runs) {
    while (end < row.size() && row[end] == row[begin])
      ++end;
    text += (runs ? " " : "") + std::to_string(row[begin]);
    if (end - begin > 1)
      text += "*" + std::to_string(end - begin);
  }
  return runs > 60 ? "sha256 " + hashOf(row) : text;
}

static Status printSplit(const Model &model, const std::string &name,
                         const std::string &data, const char *split,
                         TextReading &texts, bool wantsList) {
  TextFolders source;
  std::string folder = data + "/" + split;
  if (Status status = source.open(folder, {"neg", "pos"}); !status.ok())
    return status;
  Array array;
  array.file = folder;
  if (Status status = readTexts(model, source, split, texts, array);
      !status.ok())
    return status;
  std::vector<int32_t> ids(size_t(array.size()));
  for (size_t i = 0; i < ids.size(); ++i)
    ids[i] = int32_t(array.at(int64_t(i)));
  std::printf("%s %s %s %s\n", name.c_str(), split,
              showShape(array.shape).c_str(), hashOf(ids).c_str());
  for (int64_t i = 0; wantsList && i < source.count(); ++i) {
    auto from = ids.begin() + i * array.sampleSize();
    std::printf(
        "  %s: %s\n", source.place(i).substr(folder.size() + 1).c_str(),
        show(std::vector<int32_t>(from, from + array.sampleSize())).c_str());
  }
  return Status();
}

static Status printCase(const Json &entry, const std::string &data,
                        bool wantsList) {
  model::ModelT source;
  source.data = makeData(entry.at("tokenizer"), entry.at("pad_sequences"));
  flatbuffers::FlatBufferBuilder builder;
  builder.Finish(model::CreateModel(builder, &source));
  Model model;
  model.source = flatbuffers::GetRoot<model::Model>(builder.GetBufferPointer());
  model.inputShape = {source.data->pad_sequences->maxlen};
  TextReading texts;
  for (const char *split : {"train", "test"})
    if (Status status =
            printSplit(model, entry.at("name"), data, split, texts, wantsList);
        !status.ok())
      return status;
  return Status();
}

static int lowerLines() {
  std::string line, lowered;
  while (std::getline(std::cin, line)) {
    lowered.clear();
    if (findInvalidUtf8(line) != std::string::npos)
      return 1;
    appendLower(line, lowered);
    std::cout << lowered << '\n';
  }
  return 0;
}

int main(int argc, char **argv) {
  if (argc == 2 && std::strcmp(argv[1], "lower") == 0)
    return lowerLines();
  if (argc < 3) {
    std::fprintf(stderr, "usage: kiln-test-tokens CASES DATA [--list]\n");
    return 2;
  }
  std::vector<char> text;
  Status status = readWhole(argv[1], 1 << 20, text);
  if (status.ok())
    for (const Json &entry : Json::parse(text))
      if (status.ok())
        status = printCase(entry, argv[2], argc > 3);
  if (!status.ok())
    std::fprintf(stderr, "error: %s\n", status.message().c_str());
  return status.code();
}
