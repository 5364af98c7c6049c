#!/usr/bin/env python3
"""Checks a picture of `kiln graph`: check_svg.py FILE BOXES TEXT...

It is well-formed, has BOXES boxes inside of its frame and an arrow between each
and the next, and says every TEXT.
"""
import sys
import xml.etree.ElementTree as ET

SPACE = "{http://www.w3.org/2000/svg}"


def main():
    path, boxes, *texts = sys.argv[1:]
    root = ET.parse(path).getroot()
    width, height = float(root.get("width")), float(root.get("height"))
    found = [r for r in root.iter(SPACE + "rect") if r.get("x")]
    assert len(found) == int(boxes), f"{len(found)} boxes"
    for box in found:
        assert float(box.get("x")) + float(box.get("width")) <= width
        assert float(box.get("y")) + float(box.get("height")) <= height
    lines = list(root.iter(SPACE + "line"))
    assert len(lines) == len(found) - 1, f"{len(lines)} arrows"
    for line in lines:
        assert float(line.get("y2")) > float(line.get("y1"))
    said = [t.text for t in root.iter(SPACE + "text")]
    for text in texts:
        assert text in said, f"no '{text}' among {said}"


if __name__ == "__main__":
    main()
