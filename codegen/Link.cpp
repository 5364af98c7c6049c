//===- Link.cpp - Objects and the runtime to a program --------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "codegen/Link.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/Signals.h"

using namespace kiln;

llvm::Expected<TemporaryFile> TemporaryFile::create(llvm::StringRef suffix) {
  llvm::SmallString<64> path;
  if (std::error_code error =
          llvm::sys::fs::createTemporaryFile("kiln", suffix, path))
    return llvm::createStringError(error, "cannot create a temporary file: " +
                                              error.message());
  llvm::sys::RemoveFileOnSignal(path);
  return TemporaryFile(path);
}

TemporaryFile::~TemporaryFile() {
  if (path.empty())
    return;
  llvm::sys::fs::remove(path);
  llvm::sys::DontRemoveFileOnSignal(path);
}

/// The compiler driver: the one on the path, else the one kiln was built with.
static llvm::Expected<std::string> findClang() {
  for (llvm::StringRef name : {"clang++-19", KILN_CLANG})
    if (llvm::ErrorOr<std::string> path = llvm::sys::findProgramByName(name);
        path && llvm::sys::fs::can_execute(*path))
      return *path;
  return llvm::createStringError(
      "cannot find clang++-19, which links trainers (hint: apt-get install "
      "clang-19 lld-19)");
}

/// The runtime's archive beside the compiler: bin/kiln, lib/libkiln_rt.a.
static llvm::Expected<std::string> findArchive(llvm::StringRef mainProgram,
                                               llvm::StringRef name) {
  llvm::SmallString<128> path(
      llvm::sys::path::parent_path(llvm::sys::path::parent_path(mainProgram)));
  llvm::sys::path::append(path, "lib", name);
  if (llvm::sys::fs::exists(path))
    return path.str().str();
  return llvm::createStringError("cannot find the runtime, " + path.str() +
                                 " (hint: build kiln whole, or install it)");
}

/// What clang's `-fsanitize=` is to be: what the objects need and what the
/// runtime was built for.
static llvm::Expected<std::string> getSanitizers(Sanitizer sanitizer) {
  llvm::StringRef wanted = stringifySanitizer(sanitizer);
  llvm::StringRef built(KILN_SANITIZE);
  if (wanted.empty() || built.empty() || built.contains(wanted))
    return (built.empty() ? wanted : built).str();
  if (built.contains("address") || built.contains("thread"))
    return llvm::createStringError("expected a sanitizer that goes with the "
                                   "runtime, which was built for " +
                                   built + ", got " + wanted);
  return (wanted + "," + built).str();
}

llvm::Error kiln::link(llvm::ArrayRef<std::string> objects,
                       llvm::StringRef output, llvm::StringRef mainProgram,
                       const LinkOptions &options) {
  llvm::Expected<std::string> clang = findClang();
  if (!clang)
    return clang.takeError();
  std::vector<std::string> arguments = {*clang,
                                        "-fuse-ld=lld",
                                        "-static-libstdc++",
                                        "-static-libgcc",
                                        "-Wl,--gc-sections",
                                        "-Wl,--as-needed",
                                        "-Wl,--build-id=none",
                                        "-o",
                                        output.str()};
  if (options.strip)
    arguments.push_back("-s");
  llvm::Expected<std::string> sanitizers = getSanitizers(options.sanitizer);
  if (!sanitizers)
    return sanitizers.takeError();
  if (!sanitizers->empty())
    arguments.push_back("-fsanitize=" + *sanitizers);
  // A runtime that counts its lines needs what writes the counts.
  if (llvm::StringRef profile(KILN_PROFILE); !profile.empty())
    arguments.push_back(profile.str());
  // libomp calls this when it starts, if it finds it.
  if (llvm::StringRef(*sanitizers).contains("thread"))
    llvm::append_range(arguments,
                       llvm::ArrayRef<llvm::StringRef>{
                           "-Wl,-u,ompt_start_tool",
                           "-Wl,--export-dynamic-symbol=ompt_start_tool",
                           "-l:libarcher_static.a"});
  llvm::append_range(arguments, objects);
  for (llvm::StringRef name : options.archives) {
    llvm::Expected<std::string> archive = findArchive(mainProgram, name);
    if (!archive)
      return archive.takeError();
    arguments.push_back(*archive);
  }
  for (const char *library :
       {"-l:libpng16.a", "-l:libz.a", "-l:libmd.a", "-l:libutf8proc.a",
        "-fopenmp=libomp", "-lm", "-lpthread"})
    arguments.push_back(library);

  llvm::Expected<TemporaryFile> messages = TemporaryFile::create("txt");
  if (!messages)
    return messages.takeError();
  llvm::SmallVector<llvm::StringRef> references(arguments.begin(),
                                                arguments.end());
  std::optional<llvm::StringRef> redirects[] = {
      llvm::StringRef(), messages->getPath(), messages->getPath()};
  std::string reason;
  int code = llvm::sys::ExecuteAndWait(*clang, references, std::nullopt,
                                       redirects, 0, 0, &reason);
  if (code == 0)
    return llvm::Error::success();
  if (auto text = llvm::MemoryBuffer::getFile(messages->getPath())) {
    // clang's own last line says no more than that the linker failed.
    llvm::StringRef said = (*text)->getBuffer().rtrim();
    reason += said.split("\nclang").first;
  }
  return llvm::createStringError("linking " + output + " failed: " + reason);
}
