//===- Link.h - Objects and the runtime to a program ------------*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_CODEGEN_LINK_H
#define KILN_CODEGEN_LINK_H

#include "codegen/Sanitizer.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"

namespace kiln {

/// A file with a unique name that is gone when this object is.
class TemporaryFile {
public:
  /// `suffix` without a dot: `o`, or nothing for a program.
  static llvm::Expected<TemporaryFile> create(llvm::StringRef suffix);
  TemporaryFile(TemporaryFile &&other) : path(std::move(other.path)) {
    other.path.clear();
  }
  TemporaryFile &operator=(TemporaryFile &&) = delete;
  ~TemporaryFile();
  llvm::StringRef getPath() const { return path; }

private:
  explicit TemporaryFile(llvm::StringRef path) : path(path) {}
  llvm::SmallString<64> path;
};

struct LinkOptions {
  /// Leave out symbols and debug information.
  bool strip = false;
  /// The one that the objects were made for: its own runtime is linked, too,
  /// and for threads Archer, which tells it what OpenMP's barriers order.
  Sanitizer sanitizer = Sanitizer::None;
  /// The runtime's archives, by file name in the folder `lib` beside the
  /// compiler's `bin`; the first defines `main`.
  std::vector<std::string> archives = {"libkiln_rt.a"};
};

/// Links `objects` and the runtime to the executable `output`, with clang and
/// lld. `mainProgram` is the compiler's own file, from which the runtime is
/// found. The linker writes beside `output` and renames, so that a failed link
/// leaves what was there.
llvm::Error link(llvm::ArrayRef<std::string> objects, llvm::StringRef output,
                 llvm::StringRef mainProgram, const LinkOptions &options = {});

} // namespace kiln

#endif // KILN_CODEGEN_LINK_H
