#!/usr/bin/env bash
# Runs a fuzz target on its corpus and on what it makes of that.
#
#   test/fuzz/run.sh TARGET [libFuzzer's options]
#
# for example: test/fuzz/run.sh csv -max_total_time=600. What an input breaks is
# written to the present folder (libFuzzer's -artifact_prefix), and what finds
# new ways through the code to KILN_FUZZ_FOUND, where that is set. Without
# options it runs what the tests run: the same few inputs every time.
# KILN_BUILD_DIR is the build folder (default: build).
set -euo pipefail
exec </dev/null
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
tree=$(cd "$here/../.." && pwd)
build=${KILN_BUILD_DIR:-$tree/build}
target=${1:?expected a target}
shift

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
found=${KILN_FUZZ_FOUND:-$work/found}
mkdir -p "$found" "$work/seeds"

runs=2000
case $target in
  model-toml) runs=400 texts=toml ;;
  model-binary) runs=1500 texts= ;;
  dialect) runs=1000 texts=mlir ;;
  *) texts= ;;
esac
[[ -d $here/corpus/$target ]] || {
  echo "run.sh: error: no target '$target'" >&2
  exit 2
}
[[ -z $texts ]] || python3 "$here/make_seeds.py" "$texts" "$work/seeds"
(($#)) || set -- "-runs=$runs"
dictionary=$here/$target.dict
[[ -f $dictionary ]] && set -- "-dict=$dictionary" "$@"

# Reading runs every file of the corpus; -runs counts them, too.
nice "$build/bin/fuzz-$target" -seed=1 -max_len=4096 -timeout=60 \
  -rss_limit_mb=3000 -verbosity=0 -print_final_stats=1 "$@" "$found" \
  "$here/corpus/$target" "$work/seeds"
