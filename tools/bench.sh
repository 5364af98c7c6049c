#!/usr/bin/env bash
# Measures kiln and its peers (Keras on TensorFlow, PyTorch, JAX) on the same data,
# in alternation: epochs, steps, memory, start, size, share of the peak, and
# kiln's cost against threads, batch size, length, width and depth. Leave the
# machine otherwise idle.
#
#   tools/bench.sh [ROUNDS]            MNIST
#   tools/bench.sh imdb DIR [ROUNDS]   the reviews in DIR (tools/get-data.sh)
#   tools/bench.sh all DIR [ROUNDS]    both
#
# Writes BUILD/bench/TASK/: results.json, bench.md and plots. 3 rounds unless told.
# The peers go to a virtual environment in the user's cache folder the first time
# (KILN_PEERS_VENV names another); KILN_PEERS=jax,keras leaves some out, and an
# empty one all. KILN_SWEEPS=0 leaves out the costs against sizes.
set -euo pipefail
exec </dev/null

die() {
  printf 'bench: error: %s\n' "$*" >&2
  exit 1
}

task=mnist
imdb=()
if [[ ${1:-} == imdb || ${1:-} == all ]]; then
  (($# > 1)) || die "expected: tools/bench.sh $1 DIR [ROUNDS]"
  task=$1
  imdb=(--imdb "$(realpath -e -- "$2")")
  shift 2
fi
rounds=${1:-3}
[[ $rounds =~ ^[1-9][0-9]*$ ]] || die "expected a number of rounds, got '$rounds'"
cd "$(dirname "${BASH_SOURCE[0]}")/.."
build=${KILN_BUILD_DIR:-build}
venv=${KILN_PEERS_VENV:-${XDG_CACHE_HOME:-$HOME/.cache}/kiln/peers}
peers=${KILN_PEERS-jax,keras,torch}
python=$(command -v python3)

bash tools/setup.sh
if [[ -n $peers ]]; then
  if [[ ! -x $venv/bin/python ]]; then
    printf 'bench: making %s\n' "$venv"
    /usr/bin/python3 -m venv "$venv" ||
      die "python3 -m venv failed (the package is python3-venv)"
  fi
  python=$venv/bin/python
  for peer in ${peers//,/ }; do
    case $peer in
      keras) packages='keras, tensorflow' ;;
      jax | torch) packages=$peer ;;
      *) die "unknown peer '$peer' in KILN_PEERS (jax, keras, torch)" ;;
    esac
    "$python" -c "import $packages" 2>/dev/null && continue
    printf 'bench: installing %s in %s\n' "$peer" "$venv"
    "$venv/bin/pip" install -q --retries 1 \
      -r "tools/peers/requirements-$peer.txt" ||
      printf 'bench: installing %s failed: it is left out\n' "$peer"
  done
fi

arguments=(--kiln "$build/bin/kiln" --python "$python"
  --output "$build/bench/$task" --rounds "$rounds" --peers "$peers")
[[ $task == imdb ]] || arguments+=(--mnist models/mnist/data)
[[ ${KILN_SWEEPS:-1} != 0 ]] || arguments+=(--no-sweeps)
export PYTHONDONTWRITEBYTECODE=1
exec "$python" tools/peers/measure.py "${arguments[@]}" "${imdb[@]}"
