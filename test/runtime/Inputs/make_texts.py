#!/usr/bin/env python3
"""Writes texts for the model made by hand (test/unit/runtime/FakeModel.cpp).

    make_texts.py FOLDER

Reviews of one to a dozen words, one of them empty, which a count of words
tells apart; as folders, as .csv, and as .npy of ids below 50.
"""
import csv
import pathlib
import random
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "helpers"))
from tensors import Tensor, write_npy

WORDS = {"neg": ["bad", "dull", "Worst!"], "pos": ["good", "great", "Finest!"]}


def write_split(folder, split, count, draw):
    rows = []
    for label, name in enumerate(("neg", "pos")):
        (folder / split / name).mkdir(parents=True)
        for i in range(count):
            words = [draw.choice(WORDS[name] + ["the", "film", "was", f"w{i}"])
                     for _ in range(draw.randrange(1, 13))]
            text = "" if i == 3 else " ".join([WORDS[name][i % 3]] + words)
            (folder / split / name / f"{i}.txt").write_text(text)
            rows.append((f"{name}/{i}.txt", text, label))
    # As the folders are read.
    rows.sort(key=lambda row: row[0].encode())
    with open(folder / f"{split}-texts.csv", "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["review", "label", "where"])
        writer.writerows((text, label, where) for where, text, label in rows)
    write_npy(folder / f"{split}-ids.npy",
              Tensor("I32", [len(rows), 16],
                     [draw.randrange(50) for _ in range(16 * len(rows))]))
    write_npy(folder / f"{split}-labels.npy",
              Tensor("I32", [len(rows)], [row[2] for row in rows]))


def main():
    folder = pathlib.Path(sys.argv[1])
    draw = random.Random(1)
    write_split(folder, "train", 60, draw)
    write_split(folder, "test", 20, draw)


if __name__ == "__main__":
    main()
