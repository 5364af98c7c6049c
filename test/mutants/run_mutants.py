#!/usr/bin/env python3
"""Shows that tests notice when the compiler is wrong.

    run_mutants.py --check             # each mutant still fits its file
    run_mutants.py BUILD [NAME...]     # all of them, or some

Applies one edit of mutants.py at a time to this very tree, builds what it needs
in BUILD, and runs tests until one fails or takes too long. The edit is taken
back whatever happens; run it in a tree of its own. Prints a line a mutant:
killed, with the test that noticed; survived; or invalid, if it does not build. A
test that is the first to notice must pass without the mutant, or all ends.
"""
import pathlib
import subprocess
import sys
import time

from mutants import MUTANTS

ROOT = pathlib.Path(__file__).resolve().parents[2]
LIT = "/usr/lib/llvm-19/build/utils/lit/lit.py"
TARGETS = ["kiln", "kiln-opt", "kiln-test-kernels", "kiln-test-models",
           "kiln-test-tiled"]

#: Tests by file, as paths in test/, behind which may stand what names must match:
#: first what is likely to notice and cheap, then all else. A folder stands for its
#: other files. (check/mutants.test fails with any mutant.)
GRADIENTS = "passes/gradients .mlir$"
PASSES = ("passes .mlir$", "passes")
CODEGEN = r"codegen codegen/[^/]*\.mlir$"
KERNELS = "codegen/kernels"
CONTRACTIONS = (f"{KERNELS}/contraction-blocks.test", f"{KERNELS}/parts.test",
                f"{KERNELS}/contraction.test")
MODELS = ("random/models-000.test", "random/found.test")
REST = ("e2e/same-bits.test", "e2e/recurrent-bits.test", "golden",
        "check/each-pass.test",
        *(f"random/models-{first:03}.test" for first in range(25, 200, 25)),
        "tools/sanitize-thread.test")
TESTS = {
    "ir/KilnGradients.cpp": (GRADIENTS,) + PASSES + MODELS,
    "ir/KilnScanGradient.cpp":
        ("passes/gradients/scans.mlir",) + PASSES + MODELS,
    "passes/": PASSES + MODELS,
    "codegen/Contraction": CONTRACTIONS + MODELS,
    "codegen/NarrowContraction.cpp": (CONTRACTIONS[-1],),
    "codegen/NonzeroList.cpp": CONTRACTIONS + MODELS,
    "codegen/ScanKernel.cpp": (f"{KERNELS}/scans.test",) + MODELS,
    "codegen/SumKernel.cpp": (f"{KERNELS}/scans.test",) + MODELS,
    "codegen/Bf16Kernel.cpp": (f"{KERNELS}/packed-contraction.test",),
    "codegen/PackKernel.cpp": (f"{KERNELS}/pack.test",),
    "codegen/VectorMath.cpp": (f"{KERNELS}/vector-math.mlir",),
    "codegen/": (CODEGEN,) + MODELS + (KERNELS,),
}


def find(mutant):
    """The file, its text, and the text with the edit; None where it does not
    fit."""
    _, name, old, new = mutant
    path = ROOT / name
    text = path.read_text()
    if text.count(old) != 1 or old == new:
        return None
    return path, text, text.replace(old, new)


def check():
    bad = [m[0] for m in MUTANTS if not find(m)]
    for name in bad:
        print(f"mutants.py: '{name}' does not stand in its file once")
    names = [m[0] for m in MUTANTS]
    bad += sorted({n for n in names if names.count(n) > 1})
    print(f"{len(MUTANTS)} mutants, {len(bad)} of them do not fit")
    return bool(bad)


def run(command, seconds=1200):
    """Whether a command succeeds in time."""
    try:
        return subprocess.run(command, cwd=ROOT, timeout=seconds,
                              stdin=subprocess.DEVNULL,
                              stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL).returncode == 0
    except subprocess.TimeoutExpired:
        return False


def build(folder):
    return run(["ninja", "-j2", "-C", folder] + TARGETS, seconds=3600)


def run_test(test, folder):
    """Whether a test of TESTS passes."""
    path, _, pattern = test.partition(" ")
    return run([sys.executable, LIT, "-q", "-j1", "--max-failures=1",
                f"{folder}/test/{path}"] +
               ([f"--filter={pattern}"] if pattern else []))


def judge(mutant, folder):
    """What becomes of a mutant, and the test that noticed."""
    path, text, edited = find(mutant)
    tests = next(t for prefix, t in TESTS.items()
                 if mutant[1].startswith(prefix)) + REST
    path.write_text(edited)
    try:
        if not build(folder):
            return "invalid", None
        for test in tests:
            if not run_test(test, folder):
                return "killed", test
        return "SURVIVED", None
    finally:
        path.write_text(text)


def main():
    if sys.argv[1:] == ["--check"]:
        return check()
    folder = str(pathlib.Path(sys.argv[1]).resolve())
    chosen = [m for m in MUTANTS if m[0] in sys.argv[2:] or not sys.argv[2:]]
    counts, trusted = {}, set()
    for mutant in chosen:
        start = time.time()
        verdict, test = judge(mutant, folder)
        counts[verdict] = counts.get(verdict, 0) + 1
        print(f"{mutant[0]:20} {verdict}{' by ' + test if test else ''} "
              f"({time.time() - start:.0f} s)", flush=True)
        if test and test not in trusted:
            build(folder)
            if not run_test(test, folder):
                sys.exit(f"'{test}' fails without a mutant")
            trusted.add(test)
    build(folder)
    print(", ".join(f"{count} {what}" for what, count in counts.items()))
    return counts.get("SURVIVED", 0) > 0


if __name__ == "__main__":
    sys.exit(main())
