#!/usr/bin/env python3
"""Prints the share of lines and branches that ran, by folder.

    coverage.py LCOV [--files FOLDER] [--root ROOT]

LCOV is what `llvm-cov export -format=lcov` writes (coverage.sh does). A source
that no program holds counts as one that never ran. With --files: the files of
one folder, the worst first, each with its unreached lines.
"""
import argparse
import collections
import pathlib

FOLDERS = ("frontend", "ir", "passes", "check", "codegen", "runtime", "tools")


class File:
    """Lines and branches of one source: {line: runs}, and two numbers."""

    def __init__(self):
        self.lines = {}
        self.branches = self.taken = 0

    def reached(self):
        return sum(count > 0 for count in self.lines.values())

    def unreached(self):
        """Unreached lines as text: `12 20-22`. Lines between that hold no code
        do not part a range."""
        ranges = []
        open_range = False
        for line in sorted(self.lines):
            if self.lines[line]:
                open_range = False
            elif open_range:
                ranges[-1][1] = line
            else:
                ranges.append([line, line])
                open_range = True
        return " ".join(str(a) if a == b else f"{a}-{b}" for a, b in ranges)


def read(path, root):
    """The records of an lcov file, by the source's path in the tree."""
    files = {}
    for text in path.read_text().splitlines():
        key, _, value = text.partition(":")
        if key == "SF":
            source = pathlib.Path(value)
            name = (source.relative_to(root).as_posix()
                    if source.is_relative_to(root) else None)
            file = files.setdefault(name, File())
        elif key == "DA":
            line, count = map(int, value.split(",")[:2])
            file.lines[line] = max(file.lines.get(line, 0), count)
        elif key == "BRF":
            file.branches += int(value)
        elif key == "BRH":
            file.taken += int(value)
    return {name: file for name, file in files.items()
            if name and name.split("/")[0] in FOLDERS}


def add_missing(files, root):
    """Sources in the tree that no program was linked with."""
    for folder in FOLDERS:
        for path in (root / folder).rglob("*.cpp"):
            name = path.relative_to(root).as_posix()
            if name not in files and not name.startswith("tools/peers/"):
                files[name] = File()
                files[name].lines = dict.fromkeys(
                    range(1, len(path.read_text().splitlines()) + 1), 0)


def row(name, files):
    lines = sum(len(f.lines) for f in files)
    reached = sum(f.reached() for f in files)
    branches = sum(f.branches for f in files)
    taken = sum(f.taken for f in files)

    def percent(part, whole):
        return f"{100 * part / whole:.1f}" if whole else "-"

    return (f"| {name} | {lines:,} | {reached:,} | {percent(reached, lines)} "
            f"| {branches:,} | {taken:,} | {percent(taken, branches)} |")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("lcov", type=pathlib.Path)
    parser.add_argument("--files", metavar="FOLDER", choices=FOLDERS)
    parser.add_argument("--root", type=pathlib.Path,
                        default=pathlib.Path(__file__).resolve().parent.parent)
    options = parser.parse_args()
    files = read(options.lcov, options.root)
    add_missing(files, options.root)
    if options.files:
        some = [(n, f) for n, f in files.items()
                if n.split("/")[0] == options.files and f.lines]
        some.sort(key=lambda item: (item[1].reached() - len(item[1].lines),
                                    item[0]))
        for name, file in some:
            print(f"{name}: {file.reached()} of {len(file.lines)} lines"
                  + f"; not {file.unreached()}" * bool(file.unreached()))
        return
    print("| Folder | Lines | Reached | % | Branches | Taken | % |")
    print("|---|---|---|---|---|---|---|")
    by_folder = collections.defaultdict(list)
    for name, file in files.items():
        by_folder[name.split("/")[0]].append(file)
    for folder in FOLDERS:
        if by_folder[folder]:
            print(row(folder, by_folder[folder]))
    print(row("all", files.values()))


if __name__ == "__main__":
    main()
