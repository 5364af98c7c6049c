#!/usr/bin/env bash
# Trains a model on the whole of MNIST with seeds 0 to 4, five epochs each, and
# prints the test accuracies, their mean and the least of them.
#
#   tools/accuracy.sh [MODEL]        models/mnist/mlp.toml unless told
set -euo pipefail
exec </dev/null
cd "$(dirname "${BASH_SOURCE[0]}")/.."
build=${KILN_BUILD_DIR:-build}
model=${1:-models/mnist/mlp.toml}

bash tools/setup.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$build/bin/kiln" build "$model" -o "$work/trainer"
for seed in 0 1 2 3 4; do
  "$work/trainer" train --data models/mnist/data --epochs 5 --seed $seed \
    --checkpoint "$work/weights" --verbose 0
  "$work/trainer" evaluate --data models/mnist/data \
    --weights "$work/weights" --json >>"$work/events"
done
/usr/bin/python3 - "$work/events" <<'PY'
import json
import sys

events = map(json.loads, open(sys.argv[1]))
found = [e["accuracy"] for e in events if e["event"] == "evaluate"]
for seed, accuracy in enumerate(found):
    print(f"seed {seed}: {accuracy:.4f}")
print(f"mean {sum(found) / len(found):.4f}, least {min(found):.4f}")
PY
