#!/usr/bin/env python3
"""Copies the first reviews of each folder of models/imdb/sample, for tests that
train often.

    make_imdb.py SAMPLE FOLDER [COUNT]      COUNT in each folder, 50 unless told
"""
import pathlib
import shutil
import sys


def main():
    sample, folder = map(pathlib.Path, sys.argv[1:3])
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 50
    shutil.rmtree(folder, ignore_errors=True)
    for part in ("train/neg", "train/pos", "test/neg", "test/pos"):
        (folder / part).mkdir(parents=True)
        for file in sorted((sample / part).iterdir())[:count]:
            shutil.copy(file, folder / part)


if __name__ == "__main__":
    main()
