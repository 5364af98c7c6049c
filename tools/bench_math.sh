#!/usr/bin/env bash
# Measures exp, log, tanh and sigmoid as kiln emits them, for AVX-512 and AVX2,
# beside glibc's libmvec and SLEEF (Debian: libsleef3) in one run: nanoseconds a
# result on arrays in the first cache, and the largest error. Leave the machine
# otherwise idle.
#
#   tools/bench_math.sh [ROUNDS [EVERY]]
#
# Prints a table and writes BUILD/bench/math.json. 301 rounds, in which contestants
# take turns, and errors over every 61st f32 unless told; an EVERY of 1 takes all of
# them, and minutes. A peer that is missing is named and left out.
set -euo pipefail
exec </dev/null

rounds=${1:-301}
every=${2:-61}
for number in "$rounds" "$every"; do
  [[ $number =~ ^[1-9][0-9]*$ ]] || {
    printf "bench_math: error: expected a number, got '%s'\n" "$number" >&2
    exit 2
  }
done
cd "$(dirname "${BASH_SOURCE[0]}")/.."
build=${KILN_BUILD_DIR:-build}

bash tools/setup.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for bits in 512 256; do
  "$build/bin/kiln-test-kernels" tools/peers/math.mlir --assembly \
    --vector-bits=$bits >"$work/$bits.s"
  clang++-19 -c "$work/$bits.s" -o "$work/$bits.o"
  llvm-objcopy-19 --prefix-symbols=kiln${bits}_ "$work/$bits.o"
done
# Without the fusing of multiply and add, exact values are the C library's.
clang++-19 -std=c++20 -O2 -ffp-contract=off tools/peers/math.cpp "$work"/*.o \
  -o "$work/math" -ldl
mkdir -p "$build/bench"
"$work/math" "$rounds" "$every" "$build/bench/math.json"
