//===- Commands.h - What the kiln program can do ----------------*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_TOOLS_KILN_COMMANDS_H
#define KILN_TOOLS_KILN_COMMANDS_H

namespace kiln {

/// Each runs one command of `kiln` and lives in a file of its own. `argv[0]` is
/// what messages call the command; the result is the exit code: 0 success, 1
/// the user's model or data, 2 usage, 4 a file, 5 a bug in kiln.
int runBench(int argc, char **argv);
int runBuild(int argc, char **argv);
int runCheck(int argc, char **argv);
int runConvert(int argc, char **argv);
int runDump(int argc, char **argv);
int runExplain(int argc, char **argv);
int runGraph(int argc, char **argv);
int runInterpret(int argc, char **argv);

} // namespace kiln

#endif // KILN_TOOLS_KILN_COMMANDS_H
