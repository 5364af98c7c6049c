//===- Diagnostics.h - What is wrong with a model file ----------*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// Collects errors and warnings with their place in the model file and prints
// them in the file's order, one line each:
//
//   mlp.toml:14:8: error: unknown layer type 'Dens'; did you mean 'Dense'?
//
//===----------------------------------------------------------------------===//

#ifndef KILN_FRONTEND_DIAGNOSTICS_H
#define KILN_FRONTEND_DIAGNOSTICS_H

#include "frontend/model_generated.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/raw_ostream.h"

#include <string>
#include <system_error>
#include <vector>

namespace kiln {

enum class Severity { Error, Warning };

/// One finding. A position of line 0 means the file as a whole.
struct Diagnostic {
  Severity severity;
  model::Position position;
  std::string message;
  /// What would mend it, a full clause ("did you mean 'Dense'?"), or empty.
  std::string hint;
};

/// The findings of one model file.
class Diagnostics {
public:
  /// `werror` turns every warning into an error.
  explicit Diagnostics(bool werror = false) : werror(werror) {}

  /// Names the file that findings point into, as the user gave it.
  void setFile(llvm::StringRef path) { file = path.str(); }
  llvm::StringRef getFile() const { return file; }

  /// Messages are lower case without a full stop and control characters; they
  /// say what was expected and what was got.
  void error(model::Position position, const llvm::Twine &message,
             const llvm::Twine &hint = "");
  void warning(model::Position position, const llvm::Twine &message,
               const llvm::Twine &hint = "");

  /// The error that the system gives for the file as a whole.
  void reportUnreadable(std::error_code code);

  bool hasErrors() const { return numErrors != 0; }
  /// Whether the file could not even be read.
  bool isUnreadable() const { return unreadable; }
  llvm::ArrayRef<Diagnostic> getAll() const { return all; }

  /// Prints all findings, ordered by position, one line each.
  void print(llvm::raw_ostream &os) const;

private:
  void add(Severity severity, model::Position position, std::string message,
           std::string hint);

  bool werror;
  unsigned numErrors = 0;
  bool unreadable = false;
  std::string file;
  std::vector<Diagnostic> all;
};

/// The place that an optional position of the schema holds.
inline model::Position
getPosition(const std::unique_ptr<model::Position> &position) {
  return position ? *position : model::Position();
}

/// A hint for a mistyped name: the nearest of the valid ones if it is near,
/// else all of them if they are few, else nothing.
std::string suggest(llvm::StringRef got, llvm::ArrayRef<llvm::StringRef> valid);

} // namespace kiln

#endif // KILN_FRONTEND_DIAGNOSTICS_H
