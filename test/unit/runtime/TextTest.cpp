//===- TextTest.cpp - From texts to padded ids ----------------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "TestFiles.h"

#include "runtime/DataCsv.h"
#include "runtime/DataText.h"
#include "runtime/PadSequences.h"
#include "runtime/TokenCache.h"
#include "runtime/Tokenizer.h"
#include "runtime/Unicode.h"

#include <cstring>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace kiln;
using namespace kiln::rt;

namespace {
class Texts : public TemporaryFolder {
protected:
  std::string writeIn(const std::string &below, const std::string &name,
                      const std::string &content) {
    for (size_t at = 0; (at = below.find('/', at)) != std::string::npos; ++at)
      mkdir((folder + "/" + below.substr(0, at)).c_str(), 0777);
    mkdir((folder + "/" + below).c_str(), 0777);
    return write(below + "/" + name, content);
  }
};

/// A model of texts, as far as reading them goes.
struct TextModel {
  explicit TextModel(int64_t length, Tokenizer::Options options = {}) {
    model::ModelT source;
    source.inputs.push_back(std::make_unique<model::InputT>());
    source.data = std::make_unique<model::DataT>();
    source.data->reader = model::ReaderKind_text_folders;
    source.data->tokenizer = std::make_unique<model::TokenizerT>();
    model::TokenizerT &tokenizer = *source.data->tokenizer;
    tokenizer.num_words = options.numWords;
    tokenizer.filters = options.filters;
    tokenizer.split = options.split;
    tokenizer.oov_token = options.oovToken;
    tokenizer.lower = options.lower;
    tokenizer.char_level = options.charLevel;
    builder.Finish(model::CreateModel(builder, &source));
    model.source =
        flatbuffers::GetRoot<model::Model>(builder.GetBufferPointer());
    model.inputShape = {length};
  }
  flatbuffers::FlatBufferBuilder builder;
  Model model;
};

/// Texts in memory, which count how often they are read.
class Given : public TextSource {
public:
  explicit Given(std::vector<std::string> texts) : texts(std::move(texts)) {}
  int64_t count() const override { return int64_t(texts.size()); }
  Status read(int64_t index, std::string_view &text) override {
    ++reads;
    text = texts[size_t(index)];
    return Status();
  }
  std::string place(int64_t index) const override {
    return "text " + std::to_string(index);
  }
  std::vector<std::string> texts;
  int reads = 0;
};
} // namespace

static std::string lower(const std::string &text) {
  std::string result;
  appendLower(text, result);
  return result;
}

TEST(Unicode, LowerCaseIsUnicodesFullMapping) {
  EXPECT_EQ(lower("ABC xyz 1"), "abc xyz 1");
  EXPECT_EQ(lower("İI"), "i\u0307i");
  EXPECT_EQ(lower("ẞÉǅ𐐀"), "ßéǆ𐐨");
  EXPECT_EQ(lower(""), "");
  EXPECT_EQ(lower(std::string("A\0B", 3)), std::string("a\0b", 3));
}

TEST(Unicode, SigmaIsFinalBehindALetterAndBeforeNone) {
  EXPECT_EQ(lower("ΟΔΟΣ"), "οδος");
  EXPECT_EQ(lower("ΟΔΟΣ ΣΟΣ."), "οδος σος.");
  EXPECT_EQ(lower("Σ"), "σ");
  EXPECT_EQ(lower("ΑΣ'Α"), "ασ'α");
  EXPECT_EQ(lower("ΑΣ'"), "ας'");
  EXPECT_EQ(lower("Α\u0301Σ\u0301"), "α\u0301ς\u0301");
  EXPECT_EQ(lower("1Σ"), "1σ");
  EXPECT_EQ(lower("ⅠΣ"), "ⅰς");
}

TEST(Unicode, InvalidUtf8IsFound) {
  EXPECT_EQ(findInvalidUtf8("aé電😀"), std::string::npos);
  EXPECT_EQ(findInvalidUtf8(""), std::string::npos);
  for (const char *bad :
       {"\x80", "\xC0\x80", "\xC1\xBF", "\xE0\x80\x80", "\xED\xA0\x80",
        "\xF0\x80\x80\x80", "\xF4\x90\x80\x80", "\xF8\x88\x80\x80\x80", "\xC3",
        "\xE2\x82", "\xF0\x9F\x98", "\xE2\x28\xA1", "\xFF"}) {
    EXPECT_EQ(findInvalidUtf8(std::string("ab") + bad), 2u) << bad;
    EXPECT_EQ(findInvalidUtf8(std::string("é") + bad + "x"), 2u) << bad;
  }
}

/// The ids of `text` after a vocabulary of `train` was made.
static std::vector<int32_t> encode(Tokenizer::Options options,
                                   std::vector<std::string> train,
                                   const std::string &text) {
  Tokenizer tokenizer(options);
  std::vector<uint32_t> numbers;
  for (const std::string &sample : train)
    tokenizer.count(sample, numbers);
  tokenizer.fit();
  std::vector<int32_t> ids, again;
  tokenizer.encode(text, ids);

  // The vocabulary alone gives the same.
  Tokenizer other(options);
  Status status = other.takeVocabulary(tokenizer.vocabulary(), "v");
  EXPECT_TRUE(status.ok()) << status.message();
  other.encode(text, again);
  EXPECT_EQ(ids, again);
  EXPECT_EQ(other.vocabulary(), tokenizer.vocabulary());
  EXPECT_EQ(other.largestId(), tokenizer.largestId());
  EXPECT_EQ(other.size(), tokenizer.size());
  return ids;
}

using Ids = std::vector<int32_t>;

TEST(Tokenizer, CountsThenFirstAppearance) {
  EXPECT_EQ(encode({}, {"b a", "c a, D d"}, "a b c d e"), (Ids{1, 3, 4, 2}));
}

TEST(Tokenizer, UnknownWords) {
  Tokenizer::Options options;
  options.oovToken = "<OOV>";
  EXPECT_EQ(encode(options, {"a a b"}, "a b c <oov>"), (Ids{2, 3, 1, 1}));
  options.numWords = 3;
  EXPECT_EQ(encode(options, {"a a b"}, "a b c"), (Ids{2, 1, 1}));
  options.numWords = 1;
  EXPECT_EQ(encode(options, {"a a b"}, "a b c"), (Ids{1, 1, 1}));
  options.oovToken = "";
  options.numWords = 2;
  EXPECT_EQ(encode(options, {"a a b"}, "a b c"), (Ids{1}));
}

/// Keras's dictionary lets the word's own id win.
TEST(Tokenizer, TokenForUnknownWordsIsAWord) {
  Tokenizer::Options options;
  options.oovToken = "b";
  EXPECT_EQ(encode(options, {"a a b c"}, "a b c x"), (Ids{2, 3, 4, 3}));
  options.numWords = 3;
  EXPECT_EQ(encode(options, {"a a b c"}, "a b c x"), (Ids{2, 3, 3, 3}));
  options.numWords = 2;
  options.oovToken = "c";
  EXPECT_EQ(encode(options, {"a a b c"}, "a b c x"), (Ids{4, 4, 4, 4}));
}

TEST(Tokenizer, FiltersAndSplits) {
  Tokenizer::Options options;
  options.split = "ab";
  options.filters = "!«";
  EXPECT_EQ(encode(options, {"x!y«z"}, "xabyabab!z"), (Ids{1, 2, 3}));
  // What a filter puts there joins what was there.
  EXPECT_EQ(encode(options, {"xa b"}, "xa!b"), (Ids{}));
  options = {};
  EXPECT_EQ(encode(options, {"one two"}, "one\r\ntwo"), (Ids{2}));
  EXPECT_EQ(encode(options, {"", "!?", "it's"}, "it's \t\n"), (Ids{1}));
}

TEST(Tokenizer, Characters) {
  Tokenizer::Options options;
  options.charLevel = true;
  EXPECT_EQ(encode(options, {"Éé!a"}, "a é!"), (Ids{3, 1, 2}));
  options.lower = false;
  EXPECT_EQ(encode(options, {"Ééé"}, "ÉÉé"), (Ids{2, 2, 1}));
}

TEST(Tokenizer, VocabularyRefusals) {
  Tokenizer::Options options;
  options.numWords = 4;
  options.oovToken = "?";
  Tokenizer tokenizer(options);
  std::vector<uint32_t> numbers;
  tokenizer.count("a a b \"quoted\\\" c", numbers);
  tokenizer.fit();
  std::string good = tokenizer.vocabulary();
  EXPECT_NE(good.find(R"("words":["?","a","b"])"), std::string::npos) << good;

  auto refusal = [&](const std::string &from, const std::string &to) {
    std::string bad = good;
    size_t at = bad.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    bad.replace(at, from.size(), to);
    Tokenizer other(options);
    std::string message = other.takeVocabulary(bad, "v").message();
    EXPECT_FALSE(other.isFitted());
    return message;
  };
  EXPECT_EQ(refusal("\"num_words\":4", "\"num_words\":9"),
            "v: vocabulary of another tokenizer: expected num_words = 4, got "
            "9");
  EXPECT_EQ(refusal("\"lower\":true,", ""),
            "v: damaged vocabulary: it lacks 'lower'");
  EXPECT_EQ(refusal("\"b\"", "\"a\""),
            "v: damaged vocabulary: a word is there twice");
  EXPECT_EQ(refusal("\"b\"", "\"b\",\"c\""),
            "v: damaged vocabulary: it has more words than its num_words "
            "allows");
  EXPECT_EQ(refusal("\"b\"", "7"),
            "v: damaged vocabulary: a word is no string");
  EXPECT_EQ(refusal("[\"?\",", "["),
            "v: damaged vocabulary: it does not begin with its oov_token");
  EXPECT_EQ(refusal("[\"?\",\"a\",\"b\"]", "[]"),
            "v: damaged vocabulary: it does not begin with its oov_token");
  EXPECT_EQ(refusal("{", "["), "v: damaged vocabulary: it is no JSON object");
  for (size_t size = 0; size < good.size(); ++size)
    EXPECT_FALSE(
        Tokenizer(options).takeVocabulary(good.substr(0, size), "v").ok());
}

TEST(PadSequences, EachSide) {
  auto pad = [](Ids ids, model::Side padding, model::Side truncating,
                int64_t length) {
    flatbuffers::FlatBufferBuilder builder;
    builder.Finish(
        model::CreatePadSequences(builder, 0, padding, truncating, 9));
    Ids row(size_t(length), -1);
    padSequence(
        ids,
        flatbuffers::GetRoot<model::PadSequences>(builder.GetBufferPointer()),
        length, row.data());
    return row;
  };
  model::Side pre = model::Side_pre, post = model::Side_post;
  EXPECT_EQ(pad({1, 2}, pre, pre, 4), (Ids{9, 9, 1, 2}));
  EXPECT_EQ(pad({1, 2}, post, pre, 4), (Ids{1, 2, 9, 9}));
  EXPECT_EQ(pad({1, 2, 3}, post, pre, 2), (Ids{2, 3}));
  EXPECT_EQ(pad({1, 2, 3}, pre, post, 2), (Ids{1, 2}));
  EXPECT_EQ(pad({}, post, post, 2), (Ids{9, 9}));
  EXPECT_EQ(pad({1, 2}, post, post, 2), (Ids{1, 2}));
  Ids row(3);
  padSequence({1, 2}, nullptr, 3, row.data());
  EXPECT_EQ(row, (Ids{0, 1, 2}));
}

TEST_F(Texts, FoldersInOrder) {
  writeIn("train/neg", "b.txt", "1");
  writeIn("train/neg", "B.txt", "2");
  writeIn("train/neg", "é.txt", "3");
  writeIn("train/neg", "notes.md", "no");
  writeIn("train/neg", ".hidden.txt", "no");
  writeIn("train/pos", "a.txt", "4");
  writeIn("train/unsup", "a.txt", "no");
  TextFolders source;
  Status status = source.open(folder + "/train", {"pos", "neg"});
  ASSERT_TRUE(status.ok()) << status.message();
  std::string all;
  for (int64_t i = 0; i < source.count(); ++i) {
    std::string_view text;
    ASSERT_TRUE(source.read(i, text).ok());
    all += text;
  }
  EXPECT_EQ(all, "4213");
  EXPECT_EQ(source.place(1), folder + "/train/neg/B.txt");
  Array targets;
  ASSERT_TRUE(source.targets(targets).ok());
  EXPECT_EQ(targets.shape, (std::vector<int64_t>{4}));
  EXPECT_EQ(targets.at(0), 0);
  EXPECT_EQ(targets.at(1), 1);

  // Without names, all folders.
  TextFolders every;
  ASSERT_TRUE(every.open(folder + "/train", {}).ok());
  EXPECT_EQ(every.classes(), (std::vector<std::string>{"neg", "pos", "unsup"}));
}

TEST_F(Texts, FolderRefusals) {
  auto refusal = [&](std::vector<std::string> classes) {
    TextFolders source;
    return source.open(folder + "/train", std::move(classes));
  };
  EXPECT_EQ(refusal({"neg", "pos"}).code(), IoError);
  writeIn("train/neg", "a.txt", "");
  EXPECT_EQ(refusal({"neg", "pos"}).message(),
            folder + "/train: expected a folder 'pos' with the texts of that "
                     "class, got the folders: neg");
  EXPECT_EQ(refusal({}).message(), folder + "/train: expected a folder for "
                                            "each of at least two classes, "
                                            "got: neg");
  writeIn("train/pos", "a.md", "");
  EXPECT_EQ(refusal({"neg", "pos"}).message(),
            folder + "/train/pos: expected texts (*.txt) of class 'pos', got "
                     "none");
  EXPECT_EQ(refusal({"neg", "pos"}).code(), UserError);
  ASSERT_EQ(symlink("nowhere", (folder + "/train/pos/b.txt").c_str()), 0);
  mkdir((folder + "/train/pos/c.txt").c_str(), 0777);
  TextFolders source;
  ASSERT_TRUE(source.open(folder + "/train", {"neg", "pos"}).ok());
  std::string_view text;
  EXPECT_EQ(source.read(1, text).code(), IoError);
  EXPECT_EQ(source.read(2, text).message(),
            folder + "/train/pos/c.txt: expected a file, got a folder or "
                     "device");
}

TEST_F(Texts, Csv) {
  std::string path = write("a.csv", "id,review,label\r\n"
                                    "x1,\"He said \"\"no\"\",\ntwice\",1\n"
                                    "x2, plain text ,0\n\n"
                                    "x3,\"\",1");
  CsvTable table;
  Status status = readCsvTexts(path, true, "review", {"label"}, table);
  ASSERT_TRUE(status.ok()) << status.message();
  EXPECT_EQ(table.texts, (std::vector<std::string_view>{
                             "He said \"no\",\ntwice", "plain text", ""}));
  EXPECT_EQ(table.lines, (std::vector<int64_t>{2, 4, 6}));
  EXPECT_EQ(table.values.shape, (std::vector<int64_t>{3, 1}));
  EXPECT_EQ(table.values.at(2), 1);

  CsvTable other;
  EXPECT_EQ(readCsvTexts(path, true, "reviews", {}, other).message(),
            path + ": expected a column 'reviews', got 3 columns without it; "
                   "did you mean 'review'?");
  EXPECT_EQ(readCsvTexts(path, true, "review", {"id"}, other).message(),
            path + ":2: column 1: expected a number, got 'x1'");
  path = write("b.csv", "text\n\"open\nfield");
  EXPECT_EQ(readCsvTexts(path, true, "text", {}, other).message(),
            path + ":2: expected a quote at the end of the field that begins "
                   "here, got the end of the file");
}

TEST_F(Texts, InvalidUtf8NamesTextAndByte) {
  TextModel text(4);
  for (bool isFitted : {false, true}) {
    TextReading reading;
    Array ids;
    Given good({"a b"}), bad({"fine", "ab\xFF"});
    if (isFitted)
      ASSERT_TRUE(readTexts(text.model, good, "train", reading, ids).ok());
    EXPECT_EQ(readTexts(text.model, bad, "test", reading, ids).message(),
              "text 1: expected UTF-8, got the byte 0xff at offset 2");
  }
}

TEST_F(Texts, IdsAreNarrowWhereTheyFit) {
  std::string many;
  for (int i = 0; i < 70000; ++i)
    many += "w" + std::to_string(i) + " ";
  for (bool isWide : {false, true}) {
    TextModel text(3);
    TextReading reading;
    Array ids;
    Given source({isWide ? many : "a b", ""});
    ASSERT_TRUE(readTexts(text.model, source, "train", reading, ids).ok());
    EXPECT_EQ(ids.element, isWide ? Element::I32 : Element::U16);
    EXPECT_EQ(ids.at(2), isWide ? 70000 : 2);
    EXPECT_EQ(ids.at(3), 0);
  }
}

TEST_F(Texts, CacheIsUsedWhenNothingChanged) {
  TextModel text(3);
  auto read = [&](Given source, std::string &vocabulary, TextModel &model) {
    TextReading reading;
    reading.cacheFolder = folder + "/log.cache";
    Array train, test;
    EXPECT_TRUE(readTexts(model.model, source, "train", reading, train).ok());
    Given other({"b x"});
    EXPECT_TRUE(readTexts(model.model, other, "test", reading, test).ok());
    EXPECT_TRUE(reading.cacheStatus.ok()) << reading.cacheStatus.message();
    vocabulary = reading.tokenizer->vocabulary();
    std::string all;
    for (const Array *array : {&train, &test})
      for (int64_t i = 0; i < array->size(); ++i)
        all += std::to_string(int(array->at(i))) + " ";
    return all;
  };
  std::string first, again;
  std::string wanted = read(Given({"a b", "b c d e"}), first, text);
  EXPECT_EQ(wanted, "0 2 1 3 4 5 0 0 1 ");
  std::string file = this->read("log.cache/train.safetensors");
  EXPECT_EQ(read(Given({"a b", "b c d e"}), again, text), wanted);
  EXPECT_EQ(again, first);
  EXPECT_EQ(this->read("log.cache/train.safetensors"), file);

  // Ids in the cache are believed: what it holds is what is read.
  Array marked;
  marked.element = Element::U16;
  marked.shape = {2, 3};
  ASSERT_TRUE(marked.memory.allocate(12));
  size_t at = file.find("\"kiln.texts\":\"") + 14;
  Tokenizer tokenizer((Tokenizer::Options()));
  ASSERT_TRUE(tokenizer.takeVocabulary(first, "v").ok());
  TokenCache cache(folder + "/log.cache", "train");
  ASSERT_TRUE(cache.store(file.substr(at, 64), &tokenizer, marked).ok());
  EXPECT_EQ(read(Given({"a b", "b c d e"}), again, text), "0 0 0 0 0 0 0 0 1 ");

  // Other texts, other borders between them, other options: another key.
  EXPECT_NE(read(Given({"a b", "b c d f"}), again, text), "");
  EXPECT_NE(again, first);
  EXPECT_EQ(read(Given({"a bb", " c d e"}), again, text), "0 1 2 3 4 5 0 0 0 ");
  Tokenizer::Options options;
  options.numWords = 3;
  TextModel other(3, options);
  EXPECT_EQ(read(Given({"a bb", " c d e"}), again, other),
            "0 1 2 0 0 0 0 0 0 ");
  EXPECT_EQ(read(Given({"a b", "b c d e"}), again, text), wanted);
}

/// Whatever is wrong with a cache, it is written again.
TEST_F(Texts, CacheDamagedAnywhere) {
  TextModel text(2);
  std::string path = folder + "/c/train.safetensors";
  auto read = [&] {
    TextReading reading;
    reading.cacheFolder = folder + "/c";
    Given source({"a b b"});
    Array ids;
    EXPECT_TRUE(readTexts(text.model, source, "train", reading, ids).ok());
    EXPECT_EQ(ids.at(0), 1);
    EXPECT_EQ(ids.at(1), 1);
    EXPECT_EQ(reading.tokenizer->size(), 2);
  };
  read();
  std::string good = this->read("c/train.safetensors");
  for (size_t size = 0; size < good.size(); size += 7) {
    write("c/train.safetensors", good.substr(0, size));
    read();
    ASSERT_EQ(this->read("c/train.safetensors"), good) << size;
  }
  for (size_t at = 0; at < good.size(); at += 5) {
    std::string bad = good;
    bad[at] ^= 0x04;
    write("c/train.safetensors", bad);
    read();
  }
}

TEST_F(Texts, CacheThatCannotBeKeptIsNoError) {
  TextModel text(2);
  TextReading reading;
  reading.cacheFolder = write("file", "") + "/c";
  Given source({"a"});
  Array ids;
  EXPECT_TRUE(readTexts(text.model, source, "train", reading, ids).ok());
  EXPECT_FALSE(reading.cacheStatus.ok());
}
