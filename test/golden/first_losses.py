#!/usr/bin/env python3
"""The first losses of a text model without dropout, from Keras's initial
weights and without shuffling: Keras's and kiln's.

    first_losses.py keras MODEL DATA FOLDER     writes FOLDER/losses.json and
                                                weights.safetensors; needs
                                                Keras (make_golden.py)
    first_losses.py compare MODEL DATA FOLDER   builds MODEL, trains, and exits 1
                                                when a loss is not within 1e-3
                                                of Keras's

MODEL is a model file, whose dropout is taken out; DATA is its data folder. The
losses of models/imdb/lstm.toml on the full data:

    VENV/bin/python test/golden/first_losses.py keras \\
        models/imdb/lstm.toml DIR WORK
    env PATH=build/bin:$PATH python3 test/golden/first_losses.py compare \\
        models/imdb/lstm.toml DIR WORK
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import tomllib

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "helpers"))
import trainer

COUNT = 50
BOUND = 1e-3
SEED = 0


def without_dropout(path):
    return re.sub(r"dropout = [0-9.]+", "dropout = 0.0",
                  pathlib.Path(path).read_text())


def read_texts(data, folder):
    """The texts of a split in kiln's order, and their labels."""
    texts, labels = [], []
    for label, name in enumerate(data["classes"]):
        files = sorted((folder / name).iterdir(),
                       key=lambda file: file.name.encode())
        texts += [file.read_bytes().decode() for file in files]
        labels += [label] * len(files)
    return texts, labels


def make(model, data_folder, folder):
    import make_golden  # Chooses the backend.
    import keras
    import numpy as np
    from keras.src.legacy.preprocessing.text import Tokenizer
    spec = tomllib.loads(without_dropout(model))
    data, fit = spec["data"], spec["fit"]
    texts, labels = read_texts(data, pathlib.Path(data_folder) / data["train"])
    tokenizer = Tokenizer(**data["tokenizer"])
    tokenizer.fit_on_texts(texts)
    x = keras.utils.pad_sequences(tokenizer.texts_to_sequences(texts),
                                  **data["pad_sequences"])
    y = np.array(labels, float)[:, None]

    keras.utils.set_random_seed(SEED)
    network = keras.Sequential(
        [keras.Input(spec["input"]["shape"], dtype="int32"),
         *map(make_golden.keras_layer, spec["layer"])])
    optimizer = spec["compile"]["optimizer"]
    if isinstance(optimizer, str):
        optimizer = dict(type=optimizer)
    optimizer = make_golden.keras_optimizer(optimizer)
    make_golden.take_dense(optimizer)
    network.compile(optimizer, spec["compile"]["loss"])
    variables = network.trainable_variables
    for variable in variables:
        variable.assign(variable.numpy().astype(np.float32))
    folder.mkdir(parents=True, exist_ok=True)
    make_golden.write_safetensors(
        folder / "weights.safetensors",
        {make_golden.path(v): make_golden.tensor("F32", v.numpy())
         for v in variables})
    losses = []
    batches = range(0, len(x), fit["batch_size"])
    while len(losses) < COUNT:
        first = batches[len(losses) % len(batches)]
        batch = slice(first, first + fit["batch_size"])
        losses.append(float(network.train_on_batch(x[batch], y[batch])))
        print(len(losses), losses[-1], flush=True)
    (folder / "losses.json").write_text(json.dumps(losses, indent=1) + "\n")


def compare(model, data, folder):
    expected = json.loads((folder / "losses.json").read_text())
    text = without_dropout(model)
    samples = sum(1 for _ in pathlib.Path(data).glob("train/*/*.txt"))
    steps = -(-samples // tomllib.loads(text)["fit"]["batch_size"])
    with tempfile.TemporaryDirectory() as work:
        model, program = f"{work}/model.toml", f"{work}/trainer"
        pathlib.Path(model).write_text(text)
        subprocess.run(["kiln", "build", model, "-o", program], check=True)
        events = trainer.run(trainer.command(
            program, "--data", data, "--weights",
            folder / "weights.safetensors", "--no-shuffle", "--verbose", 2,
            "--epochs", -(-COUNT // steps)))
    losses = [e["loss"] for e in events if e["event"] == "step"][:COUNT]
    assert len(losses) == COUNT, f"{len(losses)} steps"
    apart = [abs(a / b - 1) for a, b in zip(losses, expected)]
    worst = apart.index(max(apart))
    print(f"worst: step {worst + 1}, loss {losses[worst]:.8g}, Keras "
          f"{expected[worst]:.8g}, {apart[worst]:.2g} apart")
    sys.exit(not apart[worst] <= BOUND)


def main():
    commands = {"keras": make, "compare": compare}
    if len(sys.argv) != 5 or sys.argv[1] not in commands:
        sys.exit(__doc__)
    commands[sys.argv[1]](*sys.argv[2:4], pathlib.Path(sys.argv[4]))


if __name__ == "__main__":
    main()
