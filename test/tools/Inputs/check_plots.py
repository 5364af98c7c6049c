#!/usr/bin/env python3
"""Checks the plots of tools/peers/report.py: check_plots.py FOLDER RESULTS.

Every file is well-formed SVG and all marks lie inside its frame; bars are as long
as their values; points stand higher for greater values.
"""
import json
import pathlib
import sys
import xml.etree.ElementTree as ET

SPACE = "{http://www.w3.org/2000/svg}"


def main():
    folder = pathlib.Path(sys.argv[1])
    results = json.load(open(sys.argv[2]))
    files = sorted(folder.glob("*.svg"))
    for path in files:
        root = ET.parse(path).getroot()
        width, height = float(root.get("width")), float(root.get("height"))
        for mark in root.iter(SPACE + "rect"):
            if mark.get("x"):
                end = float(mark.get("x")) + float(mark.get("width"))
                assert 0 <= float(mark.get("x")) and end <= width, path
        for mark in root.iter(SPACE + "circle"):
            assert 0 <= float(mark.get("cx")) <= width, path
            assert 0 <= float(mark.get("cy")) <= height, path
    bars = [float(r.get("width"))
            for r in ET.parse(folder / "MNIST-time.svg").iter(SPACE + "rect")
            if r.get("x")]
    assert abs(bars[1] / bars[0] - 0.32 / 0.08) < 0.01, bars
    batch = results["sweeps"]["batch"]["lines"]
    marks = [(float(c.get("cx")), float(c.get("cy")))
             for c in ET.parse(folder / "by-batch.svg").iter(SPACE + "circle")]
    assert len(marks) == sum(map(len, batch.values())), marks
    line = marks[:len(batch["perceptron"])]
    assert line == sorted(line) and [y for _, y in line] == sorted(
        (y for _, y in line), reverse=True), line
    print("plots:", " ".join(p.name for p in files))


if __name__ == "__main__":
    main()
