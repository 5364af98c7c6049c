#!/usr/bin/env python3
"""Writes a damaged copy of a file.

    damage.py cut FROM TO BYTES        the first BYTES bytes; less than 0: all
                                       but the last so many
    damage.py flip FROM TO OFFSET      one byte inverted
    damage.py set FROM TO OFFSET BYTE  one byte replaced
    damage.py label FROM TO INDEX VALUE  one label of an IDX file replaced

`set` and `label` unpack gzip first, and write plain bytes.
"""
import gzip
import sys


def main():
    what, source, target, *numbers = sys.argv[1:]
    numbers = list(map(int, numbers))
    data = bytearray(open(source, "rb").read())
    if what in ("set", "label") and data[:2] == b"\x1f\x8b":
        data = bytearray(gzip.decompress(data))
    if what == "cut":
        data = data[:numbers[0]]
    elif what == "flip":
        data[numbers[0]] ^= 0xFF
    elif what == "set":
        data[numbers[0]] = numbers[1]
    elif what == "label":
        data[8 + numbers[0]] = numbers[1]
    else:
        sys.exit(__doc__)
    open(target, "wb").write(data)


if __name__ == "__main__":
    main()
