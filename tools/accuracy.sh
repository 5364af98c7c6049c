#!/usr/bin/env bash
# Trains models with several seeds, five epochs each, and prints their
# accuracies.
#
#   tools/accuracy.sh [MODEL]             on the whole of MNIST, seeds 0 to 4:
#                                         test accuracy after the last epoch
#   tools/accuracy.sh imdb DIR [MODEL...] on the reviews in DIR, seeds 0 to 2:
#                                         the best validation accuracy
#
# MODEL is models/mnist/mlp.toml unless told, or models/imdb/lstm-masked.toml and
# lstm.toml.
set -euo pipefail
exec </dev/null

task=mnist
data=models/mnist/data
seeds=(0 1 2 3 4)
if [[ ${1:-} == imdb ]]; then
  (($# > 1)) || {
    printf 'accuracy: error: expected: tools/accuracy.sh imdb DIR\n' >&2
    exit 2
  }
  task=imdb
  data=$(realpath -e -- "$2")
  seeds=(0 1 2)
  shift 2
fi
models=("$@")
cd "$(dirname "${BASH_SOURCE[0]}")/.."
build=${KILN_BUILD_DIR:-build}
if ((!${#models[@]})); then
  models=(models/mnist/mlp.toml)
  [[ $task == mnist ]] || models=(models/imdb/lstm{-masked,}.toml)
fi

bash tools/setup.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for model in "${models[@]}"; do
  "$build/bin/kiln" build "$model" -o "$work/trainer"
  for seed in "${seeds[@]}"; do
    "$work/trainer" train --data "$data" --epochs 5 --seed "$seed" \
      --checkpoint "$work/weights" --json >"$work/train.$seed"
    [[ $task == imdb ]] ||
      "$work/trainer" evaluate --data "$data" --checkpoint "$work/weights" \
        --json >>"$work/train.$seed"
  done
  /usr/bin/python3 - "$model" "$work"/train.* <<'PY'
import json
import statistics
import sys

found = []
for path in sys.argv[2:]:
    events = [json.loads(line) for line in open(path)]
    tested = [e["accuracy"] for e in events if e["event"] == "evaluate"]
    epochs = [e["val_accuracy"] for e in events if e["event"] == "epoch"
              and "val_accuracy" in e]
    found.append(tested[-1] if tested else max(epochs))
    print(f"{sys.argv[1]}: seed {path.rsplit('.', 1)[1]}: {found[-1]:.4f}" +
          ("" if tested else " of " + " ".join(f"{a:.4f}" for a in epochs)))
print(f"{sys.argv[1]}: mean {statistics.mean(found):.4f}, "
      f"least {min(found):.4f}")
PY
  rm -f "$work"/train.*
done
