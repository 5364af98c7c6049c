"""Starting trainers and reading what they say, for the end-to-end tests."""
import csv
import json
import subprocess

# What differs between two equal runs: how long things took.
TIMES = ("epoch_s", "step_us")


def command(trainer, *options):
    """A `train` command whose every event is a line on stdout."""
    return [str(word) for word in (trainer, "train", "--json", *options)]


def events(text):
    return [json.loads(line) for line in text.splitlines()]


def run(arguments):
    """Runs a trainer to its end: its events. Fails with what it said."""
    done = subprocess.run(arguments, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"exit code {done.returncode}: {' '.join(arguments)}\n"
                         f"{done.stdout}{done.stderr}")
    return events(done.stdout)


def without_times(record):
    return {k: v for k, v in record.items() if k not in TIMES}


def epochs(all_events):
    """The epoch events without their times."""
    return [without_times(e) for e in all_events if e["event"] == "epoch"]


def history(folder):
    """The rows of a log folder's history, both forms, without times."""
    with open(f"{folder}/history.csv", newline="") as file:
        rows = [without_times(row) for row in csv.DictReader(file)]
    with open(f"{folder}/history.jsonl") as file:
        lines = [without_times(json.loads(line)) for line in file]
    assert len(rows) == len(lines), f"{len(rows)} rows, {len(lines)} lines"
    return rows, lines
