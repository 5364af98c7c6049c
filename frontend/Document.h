//===- Document.h - A structured text file with places ----------*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// What a text format's parser hands to the reader of models: a tree of values,
// each with its line and column. Only the parser knows which format it was.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_FRONTEND_DOCUMENT_H
#define KILN_FRONTEND_DOCUMENT_H

#include "frontend/model_generated.h"

#include <string>
#include <vector>

namespace kiln {

struct Member;

/// A value and where it begins.
struct Value {
  /// Other: what no option of a model takes, such as a date.
  enum class Kind { Boolean, Integer, Number, String, Array, Table, Other };

  Kind kind = Kind::Other;
  model::Position position;
  bool boolean = false;
  int64_t integer = 0;
  /// Set for integers too.
  double number = 0;
  std::string string;
  /// Of an array.
  std::vector<Value> elements;
  /// Of a table, in no particular order; keys are unique.
  std::vector<Member> members;
};

/// A key of a table, where it begins, and its value.
struct Member {
  std::string key;
  model::Position position;
  Value value;
};

} // namespace kiln

#endif // KILN_FRONTEND_DOCUMENT_H
