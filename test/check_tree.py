#!/usr/bin/env python3
"""Checks rules of the source tree that no compiler checks.

    check_tree.py lit      every lit file can fail: it has a RUN line, and every
                           check line's prefix is read by one
    check_tree.py passes   one name, five places: flag, definition, file,
                           DEBUG_TYPE and the two tests of each pass; and what
                           it promises, in passes/Effects.cpp
    check_tree.py ops      every op stands in test/ir, in a round trip
    check_tree.py links    every relative link of a Markdown file leads somewhere
    check_tree.py headers  every C++ file starts with its name and the licence

Prints one line a violation, `FILE:LINE: what`, and exits 1 when there is one.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDERS = ["frontend", "ir", "passes", "codegen", "check", "runtime", "tools",
           "test", "models"]
LIT_SUITES = ["ir", "frontend", "passes", "codegen", "check", "runtime",
              "tools", "golden", "random", "e2e"]

RUN = re.compile(r"\bRUN:(.*)")
PREFIXES = re.compile(r"--?check-prefix(?:es)?[= ]([\w,-]+)")
CHECK = re.compile(r"([A-Z][A-Z0-9_-]*?)"
                   r"(?:-(?:NEXT|SAME|NOT|DAG|LABEL|EMPTY|COUNT-\d+))?:(?:\s|$)")
# Words that stand before a colon in lit files without being check prefixes.
PLAIN = {"RUN", "REQUIRES", "UNSUPPORTED", "XFAIL", "DEFINE", "REDEFINE",
         "END", "NOTE"}
CAN_FAIL = re.compile(
    r"FileCheck|-verify-diagnostics|\bnot\b|\bdiff\b|\bcmp\b|%python|"
    r"kiln-test-|\bkiln (check|build)\b|\bgrep\b|\btest\b")


def find(pattern, folders=FOLDERS):
    """Files of the tree that match, without build folders."""
    for folder in folders:
        yield from sorted((ROOT / folder).rglob(pattern))


def lit_files():
    for suite in LIT_SUITES:
        for suffix in (".mlir", ".toml", ".test"):
            for path in find("*" + suffix, ["test/" + suite]):
                if "Inputs" not in path.parts:
                    yield path


def check_lines(path):
    """(number, text) of the lines that may hold check lines: comments, and in
    .test files every line."""
    comment = {".mlir": "//", ".toml": "#", ".test": ""}[path.suffix]
    for number, line in enumerate(path.read_text().splitlines(), 1):
        line = line.strip()
        if line.startswith(comment) and not RUN.search(line):
            yield number, line[len(comment):].strip()


def check_lit():
    for path in lit_files():
        runs = " ".join(RUN.findall(path.read_text()))
        if not runs:
            yield path, 1, "no RUN line"
            continue
        if not CAN_FAIL.search(runs):
            yield path, 1, "no RUN line that compares anything"
        read = set()
        for command in re.split(r"[|;]|&&", runs):
            if "FileCheck" in command:
                prefixes = PREFIXES.findall(command) or ["CHECK"]
                read.update(",".join(prefixes).split(","))
        used = set()
        for number, line in check_lines(path):
            match = CHECK.match(line)
            if match and match.group(1) not in PLAIN:
                used.add(match.group(1))
                if match.group(1) not in read:
                    yield path, number, f"no RUN line reads '{match.group(1)}:'"
        # Check lines may stand in another file, named with %S.
        if "%S" not in runs:
            for prefix in sorted(read - used):
                yield path, 1, f"FileCheck reads '{prefix}:', which is not there"


def check_passes():
    definition = re.compile(
        r'^def (\w+)\s*:\s*\w*Pass<\s*"kiln-([\w-]+)"', re.M)
    promises = (ROOT / "passes" / "Effects.cpp").read_text()
    for folder in ("passes", "codegen"):
        table = ROOT / folder / "Passes.td"
        text = table.read_text()
        for match in definition.finditer(text):
            name, flag = match.groups()
            line = text[:match.start()].count("\n") + 1
            # Not by case: LLVM is a word, too.
            if flag.replace("-", "") != name.lower():
                yield table, line, f"flag kiln-{flag} is not spelled {name}"
            source = ROOT / folder / f"{name}.cpp"
            if not source.exists():
                yield table, line, f"expected {folder}/{name}.cpp"
            elif f'#define DEBUG_TYPE "kiln-{flag}"' not in source.read_text():
                yield source, 1, f'expected #define DEBUG_TYPE "kiln-{flag}"'
            if f'"kiln-{flag}"' not in promises:
                yield table, line, f"kiln-{flag} is not in passes/Effects.cpp"
            for test in (f"{flag}.mlir", f"{flag}-errors.mlir"):
                if not (ROOT / "test" / folder / test).exists():
                    yield table, line, f"expected test/{folder}/{test}"


def check_ops():
    tests = "\n".join(p.read_text() for p in find("*.mlir", ["test/ir"]))
    for table in find("*.td", ["ir"]):
        for number, line in enumerate(table.read_text().splitlines(), 1):
            match = re.match(r'def Kiln_\w+Op\s*:\s*Kiln_\w+<"(\w+)"', line)
            if match and not re.search(rf"\bkiln\.{match.group(1)}\b", tests):
                yield table, number, f"kiln.{match.group(1)} is not in test/ir"


def check_links():
    link = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
    for path in [*ROOT.glob("*.md"), *find("*.md")]:
        fenced = False
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if line.lstrip().startswith("```"):
                fenced = not fenced
            if fenced:
                continue
            for target in link.findall(line):
                if re.match(r"[a-z]+:|#", target):
                    continue
                if not (path.parent / target.split("#")[0]).exists():
                    yield path, number, f"link leads nowhere: {target}"


def check_headers():
    for pattern in ("*.cpp", "*.h", "*.td"):
        for path in find(pattern):
            head = path.read_text()[:400]
            if path.name not in head or "Apache License v2.0" not in head:
                yield path, 1, "expected a header with file name and licence"


def main():
    rules = {"lit": check_lit, "passes": check_passes, "ops": check_ops,
             "links": check_links, "headers": check_headers}
    if len(sys.argv) != 2 or sys.argv[1] not in rules:
        sys.exit(__doc__)
    violations = list(rules[sys.argv[1]]())
    for path, line, what in violations:
        print(f"{path.relative_to(ROOT)}:{line}: {what}")
    sys.exit(1 if violations else 0)


if __name__ == "__main__":
    main()
