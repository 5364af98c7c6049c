//===- FuzzOptions.cpp - Defaults of the sanitizers -----------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

/// LLVM's shared library is not instrumented: containers that it fills and
/// memory that it takes from pools look wrong to code that is.
extern "C" const char *__asan_default_options() {
  return "detect_container_overflow=0:allow_user_poisoning=0:"
         "detect_stack_use_after_return=0";
}
