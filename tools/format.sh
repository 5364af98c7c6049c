#!/usr/bin/env bash
# Brings all C++ of the project into the format of .clang-format, or with
# --check says which files are not in it.
#
#   tools/format.sh [--check]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

mode=(-i)
case ${1:-} in
  --check) mode=(--dry-run --Werror) ;;
  '') ;;
  *)
    printf "format: error: unknown option '%s' (--check)\n" "$1" >&2
    exit 2
    ;;
esac
find frontend ir passes codegen runtime tools test \
  \( -name '*.cpp' -o -name '*.h' \) -print0 |
  xargs -0 -r -n 8 -P "$(nproc)" clang-format-19 "${mode[@]}"
