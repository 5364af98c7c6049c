#!/usr/bin/env bash
# Makes kiln from nothing on Debian 12: installs the packages that are missing
# (with sudo when not root), configures and builds. Says what it does, stops at
# the first failure, and is quick when nothing has changed.
#
#   tools/setup.sh [--debug | --coverage] [--sanitize=address|thread|undefined]
#
# KILN_BUILD_DIR is the build folder (default: build). A debug, coverage or
# sanitizer build goes to a folder of its own, build-debug, build-coverage or
# build-address and so on.
set -euo pipefail
exec </dev/null
cd "$(dirname "${BASH_SOURCE[0]}")/.."

packages=(
  clang-19 lld-19 llvm-19-dev llvm-19-tools libmlir-19-dev mlir-19-tools
  libomp-19-dev clang-format-19 cmake ninja-build python3
  libflatbuffers-dev flatbuffers-compiler libtomlplusplus-dev
  nlohmann-json3-dev zlib1g-dev libpng-dev libmd-dev libutf8proc-dev
  libgtest-dev gdb libclang-rt-19-dev
)
build=${KILN_BUILD_DIR:-build}
type=Release
sanitize=
more=()

say() { printf 'setup: %s\n' "$*"; }
die() {
  printf 'setup: error: %s\n' "$*" >&2
  exit 1
}

for argument in "$@"; do
  case $argument in
    --debug)
      type=Debug
      build+=-debug
      ;;
    --coverage)
      more=(-DKILN_COVERAGE=ON -DKILN_FUZZ=OFF)
      build+=-coverage
      ;;
    --sanitize=address | --sanitize=thread | --sanitize=undefined)
      sanitize=${argument#--sanitize=}
      build+=-$sanitize
      # Undefined behaviour is looked for along with wrong addresses.
      [[ $sanitize == address ]] && sanitize=address,undefined
      ;;
    -h | --help)
      sed -n '2,10s/^# \{0,1\}//p' tools/setup.sh
      exit 0
      ;;
    *) die "unknown option '$argument' (--debug, --coverage, --sanitize=address|thread|undefined)" ;;
  esac
done

# Packages.
missing=()
for package in "${packages[@]}"; do
  status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || :)
  [[ $status == installed ]] || missing+=("$package")
done
if ((${#missing[@]})); then
  command -v apt-get >/dev/null ||
    die "apt-get is not here; kiln's set-up is for Debian 12 (missing: ${missing[*]})"
  root=()
  if ((EUID != 0)); then
    command -v sudo >/dev/null ||
      die "sudo is not here; run as root: apt-get install ${missing[*]}"
    root=(sudo)
  fi
  install=("${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -y -qq
    -o Dpkg::Use-Pty=0)
  say "installing ${#missing[@]} packages: ${missing[*]}"
  "${install[@]}" update >/dev/null || die "apt-get update failed"
  "${install[@]}" install --no-install-recommends "${missing[@]}" >/dev/null ||
    die "apt-get install failed"
else
  say "all ${#packages[@]} packages are installed"
fi

# Configure: once; ninja does it again when a CMakeLists.txt changes.
if [[ ! -f $build/build.ninja ]]; then
  say "configuring $build ($type${sanitize:+, sanitizer: $sanitize})"
  mkdir -p "$build"
  log=$build/configure.log
  cmake -S . -B "$build" -G Ninja \
    -DCMAKE_BUILD_TYPE=$type \
    -DCMAKE_C_COMPILER=clang-19 -DCMAKE_CXX_COMPILER=clang++-19 \
    -DCMAKE_EXE_LINKER_FLAGS=-fuse-ld=lld-19 \
    -DCMAKE_SHARED_LINKER_FLAGS=-fuse-ld=lld-19 \
    -DPython3_EXECUTABLE=/usr/bin/python3 \
    -DKILN_SANITIZE="$sanitize" "${more[@]}" >"$log" 2>&1 || {
    tail -n 20 "$log" >&2
    die "configuring failed; the whole log is $log"
  }
fi

say "building in $build"
# At most one job for every 1.5 GB of memory: MLIR's headers are large.
memory=$(awk '/MemAvailable/ {print int($2 / 1500000)}' /proc/meminfo)
jobs=$(nproc)
((memory < jobs)) && jobs=$((memory > 0 ? memory : 1))
ninja -C "$build" -j "$jobs" || die "the build failed"
say "done: programs are in $build/bin"
