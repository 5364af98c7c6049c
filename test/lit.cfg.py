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
config.substitutions += [
    ("%models", os.path.join(config.kiln_source, "models")),
    ("%python", config.python),
]
