#!/usr/bin/env python3
"""Demands that two runs report the same epochs, times excepted.

    same_epochs.py EVENTS EVENTS [FIELD...]

Each FIELD must differ in every epoch instead.
"""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "helpers"))
import trainer


def main():
    one, other = (trainer.epochs(trainer.events(pathlib.Path(path).read_text()))
                  for path in sys.argv[1:3])
    assert one and len(one) == len(other), (one, other)
    for first, second in zip(one, other):
        for field in sys.argv[3:]:
            assert first.pop(field) != second.pop(field), field
        assert first == second, (first, second)


if __name__ == "__main__":
    main()
