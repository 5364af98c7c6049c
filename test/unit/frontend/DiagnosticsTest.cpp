//===- DiagnosticsTest.cpp - Findings and suggestions ---------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "frontend/Diagnostics.h"

#include "gtest/gtest.h"

using namespace kiln;

static std::string print(const Diagnostics &diagnostics) {
  std::string text;
  llvm::raw_string_ostream os(text);
  diagnostics.print(os);
  return text;
}

TEST(Diagnostics, FollowTheFile) {
  Diagnostics diagnostics;
  diagnostics.setFile("m.toml");
  diagnostics.error({9, 2}, "third");
  diagnostics.warning({2, 7}, "second", "try less");
  diagnostics.error({2, 3}, "first");
  diagnostics.error({0, 0}, "whole");
  EXPECT_EQ(print(diagnostics), "m.toml: error: whole\n"
                                "m.toml:2:3: error: first\n"
                                "m.toml:2:7: warning: second; try less\n"
                                "m.toml:9:2: error: third\n");
  EXPECT_TRUE(diagnostics.hasErrors());
}

TEST(Diagnostics, WarningsAreErrorsOnDemand) {
  Diagnostics lenient, strict(/*werror=*/true);
  lenient.warning({1, 1}, "odd");
  strict.warning({1, 1}, "odd");
  EXPECT_FALSE(lenient.hasErrors());
  EXPECT_TRUE(strict.hasErrors());
  EXPECT_EQ(print(strict), ":1:1: error: odd\n");
}

TEST(Diagnostics, StayOnOneLine) {
  Diagnostics diagnostics;
  diagnostics.error({1, 1}, "unknown layer type 'De\nns\x1b[31me'");
  EXPECT_EQ(print(diagnostics),
            ":1:1: error: unknown layer type 'De?ns?[31me'\n");
}

TEST(Suggest, NamesTheNearest) {
  EXPECT_EQ(suggest("Dens", {"Flatten", "Dense", "Dropout"}),
            "did you mean 'Dense'?");
  EXPECT_EQ(suggest("dense", {"Flatten", "Dense", "Dropout"}),
            "did you mean 'Dense'?");
  EXPECT_EQ(suggest("rleu", {"relu", "tanh"}), "did you mean 'relu'?");
}

TEST(Suggest, ListsAFew) {
  EXPECT_EQ(suggest("Conv2D", {"Flatten", "Dense"}),
            "expected one of: Flatten, Dense");
  EXPECT_EQ(suggest("x1234567",
                    {"aa", "bb", "cc", "dd", "ee", "ff", "gg", "hh", "ii"}),
            "");
  EXPECT_EQ(suggest("x", {}), "");
}
