#!/usr/bin/env python3
"""Prints what a checkpoint says of its vocabulary: num_words, how many words
there are, and the first ones."""
import json
import sys

with open(sys.argv[1], "rb") as file:
    length = int.from_bytes(file.read(8), "little")
    entry = json.loads(file.read(length))["tokenizer/vocabulary"]
    assert entry["dtype"] == "U8"
    begin, end = entry["data_offsets"]
    file.seek(8 + length + begin)
    vocabulary = json.loads(file.read(end - begin))
print(vocabulary["num_words"], len(vocabulary["words"]),
      vocabulary["words"][:5])
