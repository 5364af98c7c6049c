//===- DataText.cpp - Texts as padded token ids ---------------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "runtime/DataText.h"

#include "runtime/PadSequences.h"
#include "runtime/Progress.h"
#include "runtime/Sha256.h"
#include "runtime/TokenCache.h"
#include "runtime/Unicode.h"

#include <algorithm>
#include <cerrno>
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace kiln::rt {

//===----------------------------------------------------------------------===//
// Where texts are
//===----------------------------------------------------------------------===//

static constexpr int64_t MostTextBytes = int64_t(1) << 30;

/// Appends what `file` holds to its end.
static Status readToEnd(int file, const std::string &path,
                        std::string &contents) {
  static constexpr size_t ChunkBytes = 64 << 10;
  for (;;) {
    size_t old = contents.size();
    contents.resize(old + std::max(ChunkBytes, old));
    ssize_t count = ::read(file, contents.data() + old, contents.size() - old);
    contents.resize(old + size_t(std::max<ssize_t>(count, 0)));
    if (count < 0 && errno == EINTR)
      continue;
    if (count < 0)
      return systemError("reading", path);
    if (count == 0)
      return Status();
    if (int64_t(contents.size()) > MostTextBytes)
      return userError("%s: expected at most %lld bytes, got more",
                       path.c_str(), (long long)MostTextBytes);
  }
}

/// Replaces `contents` by those of the file at `path`.
static Status readTextFile(const std::string &path, std::string &contents) {
  contents.clear();
  int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0)
    return systemError("opening", path);
  struct stat info;
  Status status = fstat(file, &info) == 0 && S_ISREG(info.st_mode)
                      ? readToEnd(file, path, contents)
                      : userError("%s: expected a file, got a folder or device",
                                  path.c_str());
  close(file);
  return status;
}

static bool isText(const std::string &name) {
  return name.size() > 4 && name[0] != '.' &&
         name.compare(name.size() - 4, 4, ".txt") == 0;
}

/// Names in `folder`, bytewise; `folders`: of folders, otherwise of texts.
static Status listNames(const std::string &folder, bool folders,
                        std::vector<std::string> &names) {
  DIR *directory = opendir(folder.c_str());
  if (!directory)
    return systemError("opening", folder);
  while (const dirent *entry = readdir(directory)) {
    std::string name = entry->d_name;
    struct stat info;
    if (folders ? name[0] != '.' &&
                      stat((folder + "/" + name).c_str(), &info) == 0 &&
                      S_ISDIR(info.st_mode)
                : isText(name))
      names.push_back(std::move(name));
  }
  closedir(directory);
  std::sort(names.begin(), names.end());
  return Status();
}

/// `neg, pos`: at most a few of them.
static std::string listOf(const std::vector<std::string> &names) {
  static constexpr size_t Most = 5;
  std::string text;
  for (size_t i = 0; i < names.size() && i < Most; ++i)
    text += (i ? ", " : "") + names[i];
  if (names.size() > Most)
    text += ", ...";
  return text.empty() ? "none" : text;
}

Status TextFolders::open(const std::string &folder,
                         std::vector<std::string> classes) {
  root = folder;
  std::vector<std::string> there;
  if (Status status = listNames(folder, true, there); !status.ok())
    return status;
  names = classes.empty() ? there : std::move(classes);
  for (const std::string &name : names)
    if (std::find(there.begin(), there.end(), name) == there.end())
      return userError("%s: expected a folder '%s' with the texts of that "
                       "class, got the folders: %s",
                       folder.c_str(), name.c_str(), listOf(there).c_str());
  if (names.size() < 2)
    return userError("%s: expected a folder for each of at least two classes, "
                     "got: %s",
                     folder.c_str(), listOf(names).c_str());
  for (const std::string &name : names) {
    std::string path = folder + "/" + name;
    std::vector<std::string> found;
    if (Status status = listNames(path, false, found); !status.ok())
      return status;
    if (found.empty())
      return userError("%s: expected texts (*.txt) of class '%s', got none",
                       path.c_str(), name.c_str());
    for (std::string &file : found)
      files.push_back(std::move(file));
    ends.push_back(count());
  }
  return Status();
}

size_t TextFolders::classOf(int64_t index) const {
  return size_t(std::upper_bound(ends.begin(), ends.end(), index) -
                ends.begin());
}

Status TextFolders::targets(Array &array) const {
  array.file = root;
  array.element = Element::I32;
  array.shape = {count()};
  if (!array.memory.allocate(files.size() * sizeof(int32_t)))
    return systemError("allocating memory", root);
  for (int64_t i = 0; i < count(); ++i)
    array.memory.as<int32_t>()[i] = int32_t(classOf(i));
  return Status();
}

Status TextFolders::read(int64_t index, std::string_view &text) {
  Status status = readTextFile(place(index), contents);
  text = contents;
  return status;
}

std::string TextFolders::place(int64_t index) const {
  return root + "/" + names[classOf(index)] + "/" + files[size_t(index)];
}

Status CsvTexts::read(int64_t index, std::string_view &text) {
  text = table.texts[size_t(index)];
  return Status();
}

std::string CsvTexts::place(int64_t index) const {
  return format("%s:%lld", path.c_str(), (long long)table.lines[size_t(index)]);
}

Status TextLines::readStdin() {
  if (Status status = readToEnd(STDIN_FILENO, "standard input", contents);
      !status.ok())
    return status;
  std::string_view rest = contents;
  while (!rest.empty()) {
    size_t stop = std::min(rest.find('\n'), rest.size());
    std::string_view line = rest.substr(0, stop);
    rest.remove_prefix(std::min(stop + 1, rest.size()));
    if (!line.empty() && line.back() == '\r')
      line.remove_suffix(1);
    lines.push_back(line);
  }
  return Status();
}

Status TextLines::read(int64_t index, std::string_view &text) {
  text = lines[size_t(index)];
  return Status();
}

std::string TextLines::place(int64_t index) const {
  return format("standard input:%lld", (long long)index + 1);
}

Status TextFile::read(int64_t index, std::string_view &text) {
  Status status = readTextFile(path, contents);
  text = contents;
  return status;
}

//===----------------------------------------------------------------------===//
// From texts to ids
//===----------------------------------------------------------------------===//

bool readsTexts(const Model &model) {
  const model::Data *data = model.source->data();
  return data && (data->reader() == model::ReaderKind_text_folders ||
                  (data->reader() == model::ReaderKind_csv &&
                   data->text_column() && data->text_column()->size()));
}

void prepareTokenizer(const Model &model, TextReading &reading) {
  const model::Tokenizer *options = model.source->data()->tokenizer();
  if (reading.tokenizer)
    return;
  reading.tokenizer = options
                          ? std::make_unique<Tokenizer>(*options)
                          : std::make_unique<Tokenizer>(Tokenizer::Options());
}

namespace {
/// One pass, or two, over the texts of a split.
class TextPass {
public:
  TextPass(const Model &model, TextSource &source, const char *what,
           TextReading &reading, Array &ids)
      : padding(model.source->data()->pad_sequences()), source(source),
        what(what), reading(reading), tokenizer(*reading.tokenizer), ids(ids),
        length(model.inputShape[0]) {}

  Status run();

private:
  Status readText(int64_t index, std::string_view &text);
  Status hashAll(std::string &key);
  Status fit(Sha256 *hash);
  Status encode(Sha256 *hash);
  Status allocate();
  void keep(int64_t index);
  void startHash(Sha256 &hash) const;
  static void addText(Sha256 *hash, std::string_view text);

  const model::PadSequences *padding;
  TextSource &source;
  const char *what;
  TextReading &reading;
  Tokenizer &tokenizer;
  Array &ids;
  int64_t length;
  /// The ids of one text, as they are and padded.
  std::vector<int32_t> sequence, row;
};
} // namespace

/// What ids depend on besides the texts.
void TextPass::startHash(Sha256 &hash) const {
  std::string text =
      format("kiln.tokens 1\n%lld %lld %d %d %d\n", (long long)length,
             (long long)(padding ? padding->value() : 0),
             padding ? padding->padding() : 0,
             padding ? padding->truncating() : 0, tokenizer.isFitted());
  text += tokenizer.vocabulary();
  hash.add(text.data(), text.size());
}

void TextPass::addText(Sha256 *hash, std::string_view text) {
  if (!hash)
    return;
  uint64_t bytes = text.size();
  hash->add(&bytes, sizeof(bytes));
  hash->add(text.data(), text.size());
}

Status TextPass::readText(int64_t index, std::string_view &text) {
  if (Status status = source.read(index, text); !status.ok())
    return status;
  if (reading.progress)
    reading.progress->reading(what, index + 1, source.count());
  size_t invalid = findInvalidUtf8(text);
  if (invalid == std::string_view::npos)
    return Status();
  return userError("%s: expected UTF-8, got the byte 0x%02x at offset %zu",
                   source.place(index).c_str(),
                   static_cast<unsigned char>(text[invalid]), invalid);
}

Status TextPass::allocate() {
  int64_t most =
      std::max<int64_t>(tokenizer.largestId(), padding ? padding->value() : 0);
  ids.element = most <= UINT16_MAX ? Element::U16 : Element::I32;
  ids.shape = {source.count(), length};
  row.resize(size_t(length));
  if (!ids.memory.allocate(size_t(ids.size()) * elementBytes(ids.element)))
    return systemError("allocating memory", ids.file);
  return Status();
}

/// Pads `sequence` into the row of text `index`.
void TextPass::keep(int64_t index) {
  padSequence(sequence, padding, length, row.data());
  if (ids.element == Element::I32)
    std::copy(row.begin(), row.end(),
              ids.memory.as<int32_t>() + index * length);
  else
    std::copy(row.begin(), row.end(),
              ids.memory.as<uint16_t>() + index * length);
}

/// Makes the vocabulary. Words are kept as numbers until all are counted, so
/// that no text is kept or read twice.
Status TextPass::fit(Sha256 *hash) {
  std::vector<uint32_t> numbers;
  std::vector<size_t> ends;
  for (int64_t i = 0; i < source.count(); ++i) {
    std::string_view text;
    if (Status status = readText(i, text); !status.ok())
      return status;
    addText(hash, text);
    tokenizer.count(text, numbers);
    ends.push_back(numbers.size());
  }
  tokenizer.fit();
  if (Status status = allocate(); !status.ok())
    return status;
  size_t at = 0;
  for (int64_t i = 0; i < source.count(); ++i) {
    sequence.clear();
    for (; at < ends[size_t(i)]; ++at)
      if (int32_t id = tokenizer.idOf(numbers[at]))
        sequence.push_back(id);
    keep(i);
  }
  return Status();
}

Status TextPass::encode(Sha256 *hash) {
  if (Status status = allocate(); !status.ok())
    return status;
  for (int64_t i = 0; i < source.count(); ++i) {
    std::string_view text;
    if (Status status = readText(i, text); !status.ok())
      return status;
    addText(hash, text);
    sequence.clear();
    tokenizer.encode(text, sequence);
    keep(i);
  }
  return Status();
}

Status TextPass::hashAll(std::string &key) {
  Sha256 hash;
  startHash(hash);
  for (int64_t i = 0; i < source.count(); ++i) {
    std::string_view text;
    if (Status status = readText(i, text); !status.ok())
      return status;
    addText(&hash, text);
  }
  key = hash.finish();
  return Status();
}

Status TextPass::run() {
  bool fits = !tokenizer.isFitted();
  if (reading.cacheFolder.empty())
    return fits ? fit(nullptr) : encode(nullptr);

  TokenCache cache(reading.cacheFolder, what);
  std::string key;
  if (cache.exists()) {
    if (Status status = hashAll(key); !status.ok())
      return status;
    if (cache.load(key, {source.count(), length}, fits ? &tokenizer : nullptr,
                   ids))
      return Status();
  }
  Sha256 hash;
  startHash(hash);
  if (Status status = fits ? fit(&hash) : encode(&hash); !status.ok())
    return status;
  Status kept = cache.store(hash.finish(), fits ? &tokenizer : nullptr, ids);
  if (!kept.ok())
    reading.cacheStatus = kept;
  return Status();
}

Status readTexts(const Model &model, TextSource &source, const char *what,
                 TextReading &reading, Array &ids) {
  prepareTokenizer(model, reading);
  const model::PadSequences *padding = model.source->data()->pad_sequences();
  if (model.inputShape.size() != 1)
    return userError("expected an input of one dimension for texts, got %s",
                     showShape(model.inputShape).c_str());
  if (padding && padding->maxlen() && padding->maxlen() != model.inputShape[0])
    return userError("expected pad_sequences with maxlen = %lld, the input's "
                     "length, got %lld",
                     (long long)model.inputShape[0],
                     (long long)padding->maxlen());
  Status status = TextPass(model, source, what, reading, ids).run();
  if (reading.progress && !status.ok())
    reading.progress->interrupt();
  return status;
}

} // namespace kiln::rt
