//===- DataText.h - Texts as padded token ids ----------------- -*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_RUNTIME_DATATEXT_H
#define KILN_RUNTIME_DATATEXT_H

#include "runtime/DataCsv.h"
#include "runtime/Model.h"
#include "runtime/Tokenizer.h"

#include <memory>

namespace kiln::rt {

class Progress;

/// The texts of one split, in order. They are read one at a time, and may be
/// read again.
class TextSource {
public:
  virtual ~TextSource() = default;
  virtual int64_t count() const = 0;
  /// Reads text `index`; it is valid until the next call.
  virtual Status read(int64_t index, std::string_view &text) = 0;
  /// Where text `index` is, for messages: `train/pos/12_8.txt`.
  virtual std::string place(int64_t index) const = 0;
};

/// A folder with a folder of texts, `*.txt`, for each class. Samples are in the
/// order of classes, then of file names, bytewise.
class TextFolders : public TextSource {
public:
  /// Lists the texts below `folder`. Without `classes`, they are the folders
  /// that are there, in the order of their names. A class without a folder, a
  /// folder without texts and a single class are errors.
  Status open(const std::string &folder, std::vector<std::string> classes);

  const std::vector<std::string> &classes() const { return names; }
  /// Class numbers, I32.
  Status targets(Array &array) const;

  int64_t count() const override { return int64_t(files.size()); }
  Status read(int64_t index, std::string_view &text) override;
  std::string place(int64_t index) const override;

private:
  size_t classOf(int64_t index) const;

  std::string root;
  std::vector<std::string> names, files;
  /// Where the files of each class end.
  std::vector<int64_t> ends;
  std::string contents;
};

/// The text column of a csv file.
class CsvTexts : public TextSource {
public:
  CsvTexts(const CsvTable &table, std::string path)
      : table(table), path(std::move(path)) {}
  int64_t count() const override { return int64_t(table.texts.size()); }
  Status read(int64_t index, std::string_view &text) override;
  std::string place(int64_t index) const override;

private:
  const CsvTable &table;
  std::string path;
};

/// Lines of a stream, each a text.
class TextLines : public TextSource {
public:
  /// Reads standard input to its end.
  Status readStdin();
  int64_t count() const override { return int64_t(lines.size()); }
  Status read(int64_t index, std::string_view &text) override;
  std::string place(int64_t index) const override;

private:
  std::string contents;
  std::vector<std::string_view> lines;
};

/// One file that is one text.
class TextFile : public TextSource {
public:
  explicit TextFile(std::string path) : path(std::move(path)) {}
  int64_t count() const override { return 1; }
  Status read(int64_t index, std::string_view &text) override;
  std::string place(int64_t index) const override { return path; }

private:
  std::string path, contents;
};

/// What reading texts takes, and leaves for the next split.
struct TextReading {
  /// Its vocabulary is made by the first split that is read, unless it was
  /// taken from a checkpoint. Null before, and for data that are no texts.
  std::unique_ptr<Tokenizer> tokenizer;
  /// Where token ids are kept for the next run; empty: nowhere.
  std::string cacheFolder;
  /// Shows how far reading is; may be null.
  Progress *progress = nullptr;
  /// What kept ids from being kept; no reason to stop.
  Status cacheStatus;
};

/// True if the samples of `model` are texts.
bool readsTexts(const Model &model);

/// Makes the tokenizer of `model`, unless there is one.
void prepareTokenizer(const Model &model, TextReading &reading);

/// The token ids of `source`, padded to the input's length: U16 where they fit,
/// otherwise I32. `what` names the split. Invalid UTF-8 is an error that names
/// text and byte.
Status readTexts(const Model &model, TextSource &source, const char *what,
                 TextReading &reading, Array &ids);

} // namespace kiln::rt

#endif // KILN_RUNTIME_DATATEXT_H
