//===- TestFiles.h - Files that go away ----------------------- -*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_TEST_UNIT_RUNTIME_TESTFILES_H
#define KILN_TEST_UNIT_RUNTIME_TESTFILES_H

#include <cstdio>
#include <cstdlib>
#include <gtest/gtest.h>
#include <string>

/// A test with a folder of its own, removed at its end.
class TemporaryFolder : public testing::Test {
protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "kiln-XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder = pattern;
  }
  void TearDown() override {
    ASSERT_EQ(std::system(("rm -rf '" + folder + "'").c_str()), 0);
  }

  /// Writes a file and returns its path.
  std::string write(const std::string &name, const std::string &content) {
    std::string path = folder + "/" + name;
    FILE *file = std::fopen(path.c_str(), "wb");
    EXPECT_EQ(std::fwrite(content.data(), 1, content.size(), file),
              content.size());
    std::fclose(file);
    return path;
  }

  std::string read(const std::string &name) {
    std::string content;
    FILE *file = std::fopen((folder + "/" + name).c_str(), "rb");
    for (int next; (next = std::fgetc(file)) != EOF;)
      content += char(next);
    std::fclose(file);
    return content;
  }

  std::string folder;
};

#endif // KILN_TEST_UNIT_RUNTIME_TESTFILES_H
