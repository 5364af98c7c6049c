//===- Commands.h - What the kiln program can do ----------------*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_TOOLS_KILN_COMMANDS_H
#define KILN_TOOLS_KILN_COMMANDS_H

namespace kiln {

/// Each runs one command of `kiln`, `argv[0]` being the command's name, and
/// returns the exit code: 0 success, 1 the user's model or data, 2 usage.
int runConvert(int argc, char **argv);
int runInterpret(int argc, char **argv);

} // namespace kiln

#endif // KILN_TOOLS_KILN_COMMANDS_H
