#!/usr/bin/env bash
# From a fresh machine to a trained network: sets kiln up, compiles
# models/mnist/mlp.toml to a native trainer, trains 5 epochs on the 60,000
# images of MNIST and evaluates on the 10,000 of the test set.
#
#   tools/demo.sh [options of the trainer, such as --seed 1]
set -euo pipefail
exec </dev/null
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

bash tools/setup.sh
mkdir -p "$build/demo"
trainer=$build/demo/mnist
run "$build/bin/kiln" build models/mnist/mlp.toml -o "$trainer"
run "$trainer" train --data models/mnist/data --epochs 5 \
  --checkpoint "$trainer.safetensors" "$@"
run "$trainer" evaluate --data models/mnist/data \
  --weights "$trainer.safetensors"
