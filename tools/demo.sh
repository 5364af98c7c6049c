#!/usr/bin/env bash
# From a fresh machine to a trained network: sets kiln up, compiles a model to a
# native trainer, trains five epochs, evaluates and predicts.
#
#   tools/demo.sh [mnist|imdb] [--data DIR] [options of `train`, such as --seed 1]
#
# mnist (the default): models/mnist/mlp.toml on the 60,000 images of MNIST.
# imdb: models/imdb/lstm-masked.toml on 1,000 film reviews, and with --data DIR
# on all 25,000 (tools/get-data.sh imdb DIR).
set -euo pipefail
exec </dev/null

die() {
  printf 'demo: error: %s\n' "$*" >&2
  exit 2
}

task=mnist
if [[ ${1:-} == mnist || ${1:-} == imdb ]]; then
  task=$1
  shift
fi
data=
options=()
while (($#)); do
  case $1 in
    --data)
      (($# > 1)) || die "expected --data DIR"
      data=$(realpath -e -- "$2") || die "--data: no folder $2"
      shift
      ;;
    --data=*) data=$(realpath -e -- "${1#--data=}") || die "--data: no folder ${1#--data=}" ;;
    -h | --help)
      sed -n '2,9s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
      exit 0
      ;;
    *) options+=("$1") ;;
  esac
  shift
done
cd "$(dirname "${BASH_SOURCE[0]}")/.."
build=${KILN_BUILD_DIR:-build}

run() {
  printf 'demo: %s\n' "$*"
  "$@" || {
    code=$?
    printf 'demo: error: exit code %d of: %s\n' $code "$*" >&2
    exit $code
  }
}

case $task in
  mnist)
    model=models/mnist/mlp.toml
    data=${data:-models/mnist/data}
    ;;
  imdb)
    model=models/imdb/lstm-masked.toml
    data=${data:-models/imdb/sample}
    ;;
esac
bash tools/setup.sh
mkdir -p "$build/demo"
trainer=$build/demo/$task
run "$build/bin/kiln" build "$model" -o "$trainer"
run "$trainer" train --data "$data" --epochs 5 \
  --checkpoint "$trainer.safetensors" "${options[@]}"
run "$trainer" evaluate --data "$data" --checkpoint "$trainer.safetensors"
if [[ $task == imdb ]]; then
  for review in \
    'A wonderful film, moving and funny; one of the best I have seen.' \
    'The worst film of the year: dull, badly acted, a waste of time.'; do
    printf 'demo: %s\n' "$review"
    run "$trainer" predict --checkpoint "$trainer.safetensors" <<<"$review"
  done
fi
