//===- FuzzCsv.cpp - Numbers and texts in csv files -----------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "test/fuzz/FuzzFile.h"

#include "runtime/DataCsv.h"

using namespace kiln::rt;

/// The first byte says whether there is a header, the rest is the file.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (!size)
    return 0;
  bool header = data[0] & 1;
  FuzzFile file(data + 1, size - 1);
  CsvTable numbers;
  if (readCsv(file.path(), header, numbers).ok()) {
    FUZZ_CHECK(!header || int64_t(numbers.names.size()) == numbers.columns);
    for (int64_t i = 0; i < numbers.values.size(); ++i)
      (void)numbers.values.at(i);
    Array some;
    if (numbers.columns)
      FUZZ_CHECK(selectColumns(numbers, {numbers.columns - 1, 0}, some).ok() &&
                 some.count() == numbers.values.count());
  }
  CsvTable texts;
  std::string first = header ? "text" : "0", second = header ? "label" : "1";
  if (readCsvTexts(file.path(), header, first, {second}, texts).ok()) {
    FUZZ_CHECK(texts.texts.size() == texts.lines.size());
    const char *begin = texts.contents.data();
    for (std::string_view text : texts.texts)
      FUZZ_CHECK(text.empty() ||
                 (text.data() >= begin &&
                  text.data() + text.size() <= begin + texts.contents.size()));
  }
  return 0;
}
