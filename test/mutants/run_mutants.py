#!/usr/bin/env python3
"""Shows that tests notice when the compiler is wrong.

    run_mutants.py --check             # each mutant still fits its file
    run_mutants.py BUILD [NAME...]     # all of them, or some

Applies one edit of mutants.py at a time to this very tree, builds what it needs
in BUILD, and runs tests from the cheapest on until one fails. The edit is taken
back whatever happens; run it in a tree of its own. Prints a line a mutant:
killed, with the test that noticed; survived; or invalid, if it does not build.
"""
import pathlib
import subprocess
import sys
import time

from mutants import MUTANTS

ROOT = pathlib.Path(__file__).resolve().parents[2]
LIT = "/usr/lib/llvm-19/build/utils/lit/lit.py"
TARGETS = ["kiln", "kiln-opt", "kiln-test-kernels", "kiln-test-models",
           "kiln-unit-ir"]


def lit(*paths):
    return [[sys.executable, LIT, "-q", "-j1", "--max-failures=1",
             f"{{build}}/test/{path}"] for path in paths]


#: Commands by file, the cheapest first.
COMMON = lit("random", "check", "e2e/same-bits.test",
             "e2e/recurrent-bits.test")
TESTS = {
    "ir/": lit("passes/gradients", "ir") + COMMON,
    "passes/": lit("passes") + COMMON,
    "codegen/": lit("codegen") + COMMON,
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


def run(command, seconds=600):
    """Whether a command succeeds in time."""
    try:
        return subprocess.run(command, cwd=ROOT, timeout=seconds,
                              stdin=subprocess.DEVNULL,
                              stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL).returncode == 0
    except subprocess.TimeoutExpired:
        return False


def build(folder):
    return run(["ninja", "-C", folder] + TARGETS, seconds=3600)


def judge(mutant, folder):
    path, text, edited = find(mutant)
    tests = next(t for prefix, t in TESTS.items()
                 if mutant[1].startswith(prefix))
    path.write_text(edited)
    try:
        if not build(folder):
            return "invalid"
        for command in tests:
            if not run([part.format(build=folder) for part in command]):
                return "killed by " + command[-1].format(build="BUILD")
        return "SURVIVED"
    finally:
        path.write_text(text)


def main():
    if sys.argv[1:] == ["--check"]:
        return check()
    folder = str(pathlib.Path(sys.argv[1]).resolve())
    chosen = [m for m in MUTANTS if m[0] in sys.argv[2:] or not sys.argv[2:]]
    counts = {}
    for mutant in chosen:
        start = time.time()
        verdict = judge(mutant, folder)
        counts[verdict.split()[0]] = counts.get(verdict.split()[0], 0) + 1
        print(f"{mutant[0]:20} {verdict} ({time.time() - start:.0f} s)",
              flush=True)
    build(folder)
    print(", ".join(f"{count} {what}" for what, count in counts.items()))
    return counts.get("SURVIVED", 0) > 0


if __name__ == "__main__":
    sys.exit(main())
