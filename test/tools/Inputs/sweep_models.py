#!/usr/bin/env python3
"""Writes models of measure.py's sweeps: sweep_models.py PEERS FOLDER."""
import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, sys.argv[1])

import measure

folder = pathlib.Path(sys.argv[2])
(folder / "perceptron.toml").write_text(measure.perceptron(64, 3, 16))
(folder / "sequence.toml").write_text(measure.sequence(32, 25, 16))
