#!/usr/bin/env bash
# Times kiln's contractions in turn with those of oneDNN, OpenBLAS and libxsmm.
# Leave the machine otherwise idle.
#
#   tools/bench_contractions.sh [kiln-bench-contractions' options and shapes]
#
# Runs on two threads and on one unless --threads says so. Writes
# BUILD/bench/contractions-THREADS.json. The libraries are Debian's libdnnl2,
# libopenblas0-pthread and libxsmm-dev (an archive, of which a shared library is
# made in BUILD/bench); those that are missing are left out, and named.
set -euo pipefail
exec </dev/null
cd "$(dirname "${BASH_SOURCE[0]}")/.."
build=${KILN_BUILD_DIR:-build}

bash tools/setup.sh
mkdir -p "$build/bench"
archive=/usr/lib/libxsmm.a
if [[ -f $archive && ! -f $build/bench/libxsmm.so ]]; then
  clang-19 -shared -o "$build/bench/libxsmm.so" \
    -Wl,--whole-archive "$archive" -Wl,--no-whole-archive \
    /usr/lib/libxsmmnoblas.a -lpthread -ldl -lm -lrt
fi
for pair in libdnnl.so.2=libdnnl2 libopenblas.so.0=libopenblas0-pthread; do
  ldconfig -p | grep -qF "${pair%%=*}" ||
    printf 'bench: %s is left out (apt-get install %s)\n' "${pair%%=*}" "${pair##*=}"
done
[[ -f $archive ]] ||
  printf 'bench: libxsmm is left out (apt-get install libxsmm-dev)\n'

threads=(2 1)
for argument in "$@"; do
  [[ $argument == --threads=* ]] && threads=("${argument#*=}")
done
for count in "${threads[@]}"; do
  LD_LIBRARY_PATH=$PWD/$build/bench${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH} \
    "$build/bin/kiln-bench-contractions" --threads="$count" \
    --json="$build/bench/contractions-$count.json" "$@"
done
