#!/usr/bin/env python3
"""Checks the JSON lines of standard input against runtime/EVENTS.md.

    check_events.py EVENTS.md [KIND...]

Each line must be one object whose `event` is a section of the document, with
the fields of its table, of the stated types, and no others. Each KIND must
occur. Prints how often each event was seen.
"""
import collections
import json
import re
import sys

ROW = re.compile(r"\| `([^`]+)` \| ([^|]+?) \|")
METRIC = "<metric>"


def read_schema(path):
    """{event: {field: type}}"""
    schema, section = {}, None
    for line in open(path):
        if line.startswith("## "):
            section = schema.setdefault(line[3:].strip(), {})
        elif section is not None and (row := ROW.match(line)):
            section[row.group(1)] = row.group(2)
    return schema


def has_type(value, kind):
    if kind.endswith("?") and value is None:
        return True
    kind = kind.rstrip("?")
    if kind == "integer":
        return type(value) is int
    if kind == "number":
        return type(value) in (int, float)
    return type(value) is {"string": str, "boolean": bool, "array": list}[kind]


def field_type(fields, name):
    """The type of a field, by its own name or as a metric."""
    if name in fields:
        return fields[name]
    wildcard = "val_" + METRIC if name.startswith("val_") else METRIC
    return fields.get(wildcard)


def check(event, schema):
    """What is wrong with an event, or None."""
    kind = event.pop("event", None)
    if kind not in schema:
        return f"unknown event {kind!r}"
    fields = schema[kind]
    for name, value in event.items():
        stated = field_type(fields, name)
        if stated is None:
            return f"{kind}: unknown field {name!r}"
        if not has_type(value, stated.split(",")[0]):
            return f"{kind}: {name}: expected {stated}, got {value!r}"
    for name, stated in fields.items():
        if METRIC not in name and "optional" not in stated and name not in event:
            return f"{kind}: no field {name!r}"
    return None


def reject_constant(name):
    raise ValueError(f"{name} is not JSON")


def main():
    schema = read_schema(sys.argv[1])
    seen = collections.Counter()
    for number, line in enumerate(sys.stdin, 1):
        if not line.endswith("\n"):
            sys.exit(f"line {number} does not end")
        event = json.loads(line, parse_constant=reject_constant)
        seen[event.get("event")] += 1
        problem = check(event, schema)
        if problem:
            sys.exit(f"line {number}: {problem}\n{line}")
    for kind in sys.argv[2:]:
        if not seen[kind]:
            sys.exit(f"no event {kind}, only {dict(seen)}")
    print(" ".join(f"{kind}:{count}" for kind, count in sorted(seen.items())))


if __name__ == "__main__":
    main()
