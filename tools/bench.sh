#!/usr/bin/env bash
# Times an epoch of MNIST against JAX, in alternation, and writes the figures to
# BUILD/bench/mnist.json and mnist.md. Leave the machine otherwise idle.
#
#   tools/bench.sh [ROUNDS]          3 rounds unless told
#
# JAX goes to a virtual environment in the user's cache folder the first time
# (KILN_PEERS_VENV names another).
set -euo pipefail
exec </dev/null
cd "$(dirname "${BASH_SOURCE[0]}")/.."
build=${KILN_BUILD_DIR:-build}
venv=${KILN_PEERS_VENV:-${XDG_CACHE_HOME:-$HOME/.cache}/kiln/peers}
rounds=${1:-3}

die() {
  printf 'bench: error: %s\n' "$*" >&2
  exit 1
}
[[ $rounds =~ ^[1-9][0-9]*$ ]] || die "expected a number of rounds, got '$rounds'"

bash tools/setup.sh
if [[ ! -x $venv/bin/python ]]; then
  printf 'bench: installing JAX in %s\n' "$venv"
  /usr/bin/python3 -m venv "$venv" ||
    die "python3 -m venv failed (the package is python3-venv)"
fi
"$venv/bin/python" -c 'import jax' 2>/dev/null ||
  "$venv/bin/pip" install -q -r tools/peers/requirements.txt ||
  die "installing the peers failed"

mkdir -p "$build/bench"
"$build/bin/kiln" build models/mnist/mlp.toml -o "$build/bench/mnist"
exec "$venv/bin/python" tools/peers/compare.py "$build/bench/mnist" \
  "$venv/bin/python" models/mnist/data "$build/bench/mnist" "$rounds"
