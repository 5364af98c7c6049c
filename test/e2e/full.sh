#!/usr/bin/env bash
# The end-to-end checks on the whole of MNIST, which take too long for every
# run of the tests: the same bits everywhere, stopped and resumed runs, and the
# accuracy of five seeds.
#
#   test/e2e/full.sh
set -euo pipefail
exec </dev/null
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
build=${KILN_BUILD_DIR:-build}
model=models/mnist/mlp.toml
data=models/mnist/data

bash tools/setup.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$build/bin/kiln" build $model -o "$work/native"
"$build/bin/kiln" build $model -o "$work/unfused" --no-fuse
"$build/bin/kiln" build $model -o "$work/v3" --cpu=x86-64-v3
/usr/bin/python3 test/e2e/same_bits.py $data "$work"/{native,unfused,v3}
for signal in KILL TERM; do
  /usr/bin/python3 test/e2e/kill_resume.py "$work/native" $data "$work/runs" \
    $signal 20 --steps 1876
done
bash tools/accuracy.sh $model
