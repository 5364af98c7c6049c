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
    check_tree.py diagnostics  every message to a user stands in a test

Takes another tree than its own as a second argument. Prints one line a violation,
`FILE:LINE: what`, and exits 1 when there is one.
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


# What says something to a user, by name: MLIR's, the model file's, the runtime's,
# the programs'.
SAYS = set("""emitOpError emitError emitWarning emitOptionalError attachNote
    error warning expect expectEnum fail createStringError reportError reportUsage
    userError usageError numericError internalError systemError warn
    report""".split())
TOKEN = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|'
                   r"'(?:\\.|[^'\\])+'|[A-Za-z_]\w*|\s+|.", re.S)
# What a message leaves open: of printf, of formatv.
OPEN = re.compile(r"%[-+.*\d]*(?:ll|z|l|h)?[a-zA-Z%]|\{\d[^}]*\}")
# Messages that no test can have said, and why. (What cannot happen at all is an
# assertion instead.)
UNTESTED = {
    "no memory to read it": "zlib's own state is all that must not fit",
    "philox: expected": "a processor that computes wrong",
    "this machine's processor,": "a processor older than x86-64-v3",
    "cannot find clang++-19": "a machine without it, which built kiln",
}


def read_tokens(path):
    """(text, line) of each token of a C++ file, without comments and spaces."""
    line = 1
    for match in TOKEN.finditer(path.read_text()):
        token = match.group()
        if not token.isspace() and not token.startswith(("//", "/*")):
            yield token, line
        line += token.count("\n")


def find_diagnostics(path):
    """(line, pieces) of each statement that says something: its literals, cut
    where values come in between."""
    tokens = list(read_tokens(path))
    for i, (name, line) in enumerate(tokens[:-1]):
        if name not in SAYS or tokens[i + 1][0] != "(":
            continue
        depth, pieces, joins = 0, [], False
        for token, _ in tokens[i + 1:]:
            depth += (token in "([") - (token in ")]")
            if depth < 0 or token in "{};":
                break
            if token.startswith('"'):
                text = re.sub(r"\\(.)", r"\1", token[1:-1])
                pieces[-1:] = ([pieces[-1] + text] if joins else
                               pieces[-1:] + [text])
            joins = token.startswith('"')
        pieces = [p for text in pieces for p in OPEN.split(text) if p.strip()]
        if name == "systemError" and pieces:
            pieces[0] += " failed"
        if pieces:
            yield line, pieces


def read_expectations():
    """What tests say that programs say: the comments of lit files, and other
    tests whole, with literals that are cut between lines put together."""
    for suffix in (".mlir", ".toml", ".test"):
        for path in find("*" + suffix, ["test"]):
            text = "\n".join(line for _, line in check_lines(path))
            runs = "\n".join(RUN.findall(path.read_text()))
            yield (text + "\n" + runs).replace(r"{{\[\[}}", "[[")
    for path in [*find("*.cpp", ["test/unit"]), *find("*.py", ["test"])]:
        if "mutants" in path.parts or path == pathlib.Path(__file__).resolve():
            continue
        text = re.sub(r'"\s*\n\s*"', "", path.read_text())
        yield text.replace(r'\"', '"')


def check_diagnostics():
    """The longest piece of a message stands in a test, and so does each that can
    be read on its own, such as a hint; those of lit files name line and column."""
    said = "\n".join(read_expectations())
    for folder in ("frontend", "ir", "passes", "codegen", "check", "runtime",
                   "tools"):
        for path in [*find("*.cpp", [folder]), *find("*.h", [folder])]:
            for line, pieces in find_diagnostics(path):
                if any(why in p for p in pieces for why in UNTESTED):
                    continue
                wanted = {max(pieces, key=len)}
                wanted.update(p for p in pieces if len(p.split()) >= 3)
                for piece in sorted(p.strip(" :") for p in wanted):
                    if piece not in said:
                        yield path, line, f"no test expects '{piece}'"
    whole = re.compile(r"\.toml: (error|warning): ")
    place = re.compile(r":(\[\[#?@LINE[-+]\d+\]\]|\d+):\d+: (error|warning): ")
    for path in find("*.toml", ["test/frontend"]):
        for number, line in check_lines(path):
            if (re.search(r"\b(error|warning): ", line) and
                    not place.search(line) and not whole.search(line)):
                yield path, number, "expected LINE:COLUMN before what is said"


def main():
    global ROOT
    rules = {"lit": check_lit, "passes": check_passes, "ops": check_ops,
             "links": check_links, "headers": check_headers,
             "diagnostics": check_diagnostics}
    if len(sys.argv) not in (2, 3) or sys.argv[1] not in rules:
        sys.exit(__doc__)
    if len(sys.argv) == 3:
        ROOT = pathlib.Path(sys.argv[2])
    violations = list(rules[sys.argv[1]]())
    for path, line, what in violations:
        print(f"{path.relative_to(ROOT)}:{line}: {what}")
    sys.exit(1 if violations else 0)


if __name__ == "__main__":
    main()
