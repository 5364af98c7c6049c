"""How lit finds and runs kiln's tests: `lit.py BUILD/test/FOLDER`."""
import os

import lit.formats

config.name = "kiln"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir", ".toml", ".test"]
config.excludes = ["Inputs"]
config.test_source_root = os.path.join(config.kiln_source, "test")
config.test_exec_root = os.path.join(config.kiln_build, "test")
path = [os.path.join(config.kiln_build, "bin"), config.llvm_tools]
config.environment["PATH"] = os.pathsep.join(path + [os.environ["PATH"]])
# A user's own settings must not change what tests see.
for name in ("KILN_DATA", "OMP_NUM_THREADS", "KMP_BLOCKTIME", "NO_COLOR"):
    config.environment.pop(name, None)
for name in ("ASAN_OPTIONS", "LSAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS"):
    if name in os.environ:
        config.environment[name] = os.environ[name]
# OpenMP's library is not built for ThreadSanitizer: Archer says what its barriers
# order, and what it does inside is no race.
if "thread" in config.sanitize:
    config.available_features.add("thread-sanitizer")
    config.environment["OMP_TOOL_LIBRARIES"] = os.path.join(
        config.llvm_tools, "..", "lib", "libarcher.so")
    config.environment.setdefault("TSAN_OPTIONS",
                                  "ignore_noninstrumented_modules=1")
# LLVM's library is not instrumented: what it takes from memory pools that kiln's
# code has begun looks poisoned.
if "address" in config.sanitize:
    config.environment.setdefault("ASAN_OPTIONS", "allow_user_poisoning=0")
# Sanitizers own the allocator, and make programs large.
if not config.sanitize:
    config.available_features.add("plain")
# %models, %python, and the helpers that several folders share.
config.substitutions += [
    ("%models", os.path.join(config.kiln_source, "models")),
    ("%python", config.python),
    ("%helpers", os.path.join(config.kiln_source, "test", "helpers")),
]
