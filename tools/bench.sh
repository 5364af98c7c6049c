#!/usr/bin/env bash
# Times training against its peers, in alternation, and writes the figures to
# BUILD/bench/. Leave the machine otherwise idle.
#
#   tools/bench.sh [ROUNDS]           an epoch of MNIST against JAX: mnist.json, .md
#   tools/bench.sh imdb DIR [ROUNDS]  a step on the reviews in DIR, and the memory
#                                     it takes, against Keras and JAX: imdb.json, .md
#
# 3 rounds unless told. The peers go to a virtual environment in the user's cache
# folder the first time (KILN_PEERS_VENV names another).
set -euo pipefail
exec </dev/null

die() {
  printf 'bench: error: %s\n' "$*" >&2
  exit 1
}

task=mnist
data=models/mnist/data
packages=jax
requirements=tools/peers/requirements.txt
if [[ ${1:-} == imdb ]]; then
  (($# > 1)) || die "expected: tools/bench.sh imdb DIR [ROUNDS]"
  task=imdb
  data=$(realpath -e -- "$2")
  packages='jax, keras, tensorflow'
  requirements=tools/peers/requirements-imdb.txt
  shift 2
fi
rounds=${1:-3}
[[ $rounds =~ ^[1-9][0-9]*$ ]] || die "expected a number of rounds, got '$rounds'"
cd "$(dirname "${BASH_SOURCE[0]}")/.."
build=${KILN_BUILD_DIR:-build}
venv=${KILN_PEERS_VENV:-${XDG_CACHE_HOME:-$HOME/.cache}/kiln/peers}

bash tools/setup.sh
if [[ ! -x $venv/bin/python ]]; then
  printf 'bench: making %s\n' "$venv"
  /usr/bin/python3 -m venv "$venv" ||
    die "python3 -m venv failed (the package is python3-venv)"
fi
"$venv/bin/python" -c "import $packages" 2>/dev/null || {
  printf 'bench: installing %s in %s\n' "$packages" "$venv"
  "$venv/bin/pip" install -q -r "$requirements" ||
    die "installing the peers failed"
}

mkdir -p "$build/bench"
python=$venv/bin/python
out=$build/bench/$task
if [[ $task == mnist ]]; then
  "$build/bin/kiln" build models/mnist/mlp.toml -o "$out"
  exec "$python" tools/peers/compare.py "$out" "$python" "$data" "$out" \
    "$rounds"
fi
for model in lstm lstm-masked; do
  "$build/bin/kiln" build models/imdb/$model.toml -o "$build/bench/$model"
done
exec "$python" tools/peers/compare_imdb.py "$build/bench"/lstm{,-masked} \
  "$python" "$data" "$out" "$rounds"
