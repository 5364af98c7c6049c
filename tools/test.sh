#!/usr/bin/env bash
# Sets kiln up and runs all of its tests; ctest's summary closes the output.
#
#   tools/test.sh [--debug | --sanitize=address|thread|undefined] [-- ctest's options]
set -euo pipefail
exec </dev/null
cd "$(dirname "${BASH_SOURCE[0]}")/.."
build=${KILN_BUILD_DIR:-build}

setup=()
while (($#)); do
  case $1 in
    --)
      shift
      break
      ;;
    --debug) build+=-debug ;;
    --sanitize=*) build+=-${1#--sanitize=} ;;
  esac
  setup+=("$1")
  shift
done

bash tools/setup.sh "${setup[@]}"
printf 'test: running ctest in %s\n' "$build"
exec ctest --test-dir "$build" --output-on-failure -j "$(nproc)" "$@"
