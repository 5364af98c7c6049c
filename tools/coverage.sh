#!/usr/bin/env bash
# Builds kiln with counters in every line, runs the tests, and prints which share
# of the lines and branches of each folder ran, as a Markdown table.
#
#   tools/coverage.sh [--files FOLDER] [--no-run | -- ctest's options]
#
# --files lists the files of a folder, the worst first, with the lines that were
# not reached. --no-run takes the counts of the last run. The build folder is
# build-coverage; what is generated and the tests' own code do not count.
set -euo pipefail
exec </dev/null
cd "$(dirname "${BASH_SOURCE[0]}")/.."
build=${KILN_BUILD_DIR:-build}-coverage
llvm=/usr/lib/llvm-19/bin

files=()
run=1
while (($#)); do
  case $1 in
    --files)
      files=(--files "${2:?coverage: error: --files needs a folder}")
      shift
      ;;
    --no-run) run= ;;
    --)
      shift
      break
      ;;
    *)
      printf "coverage: error: unknown option '%s' (--files, --no-run)\n" "$1" >&2
      exit 2
      ;;
  esac
  shift
done

if [[ $run ]]; then
  bash tools/setup.sh --coverage >&2
  rm -rf "$build/profiles"
  # A test that fails is ctest's to name; what ran is counted all the same.
  ctest --test-dir "$build" --output-on-failure "$@" >&2 || failed=$?
fi
compgen -G "$build/profiles/*.profraw" >/dev/null || {
  printf 'coverage: error: no counts in %s/profiles (hint: run without --no-run)\n' \
    "$build" >&2
  exit 1
}
"$llvm/llvm-profdata" merge -o "$build/coverage.profdata" "$build"/profiles/*.profraw

# Every program that was built, for each holds code that others do not. What a
# header defines and a program leaves out does not match what another program
# counted there; llvm-cov warns of that each time.
objects=()
for program in "$build"/bin/*; do
  objects+=(-object "$program")
done
"$llvm/llvm-cov" export -format=lcov -instr-profile="$build/coverage.profdata" \
  "${objects[@]}" >"$build/coverage.lcov" \
  2> >(grep -v 'functions have mismatched data' >&2 || :)
python3 tools/coverage.py "$build/coverage.lcov" "${files[@]}"
exit "${failed:-0}"
