#!/usr/bin/env python3
"""Times steps of the review networks against their peers, in alternation.

    compare_imdb.py LITERAL MASKED PYTHON DATA OUTPUT ROUNDS

LITERAL and MASKED are the trainers of models/imdb/lstm.toml and lstm-masked.toml;
PYTHON is the interpreter that has the peers' packages. In each round, the trainer
and every peer run once for each network. The trainer's figure is the mean step
of its second epoch, a peer's the median of ten steps; a contestant's, the
median over the rounds. Memory is the peak of a process, and the greatest of its
runs. Writes OUTPUT.json with every figure and OUTPUT.md with the table, and prints
the table.
"""
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

from compare import HERE, cpu

NETWORKS = ("literal", "masked")


def run(*command):
    """What a program prints, and its peak of resident memory in MB; complaints
    are shown only when it fails."""
    with tempfile.TemporaryFile("w+") as out, \
            tempfile.TemporaryFile("w+") as complaints:
        child = subprocess.Popen([str(word) for word in command],
                                 stdin=subprocess.DEVNULL, stdout=out,
                                 stderr=complaints)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        complaints.seek(0)
        if child.returncode:
            sys.exit(f"compare: error: exit code {child.returncode} of "
                     f"{' '.join(child.args)}\n{out.read()}"
                     f"{complaints.read()}")
        return out.read(), usage.ru_maxrss * 1024 / 1e6


def kiln(trainer, data):
    printed, memory = run(trainer, "train", "--data", data, "--epochs", 2,
                          "--json")
    events = [json.loads(line) for line in printed.splitlines()]
    epoch = [e for e in events if e["event"] == "epoch"][-1]
    return {"name": "kiln", "ms": epoch["step_us"] / 1000, "memory": memory}


def peer(python, script, data, cache, network):
    printed, memory = run(python, HERE / script, data, cache, network)
    result = json.loads(printed)
    return {"name": result["name"], "ms": statistics.median(result["step_ms"]),
            "memory": memory}


def main():
    *trainers, python, data, out, rounds = sys.argv[1:]
    out = pathlib.Path(out)
    # So that no peer's peak is that of reading the texts.
    subprocess.run([python, "-c", "import sys, imdb_data; "
                    "imdb_data.batches(*sys.argv[1:], 1)", data, out.parent],
                   cwd=HERE, check=True, stderr=subprocess.DEVNULL)
    runs = {}
    for number in range(int(rounds)):
        for network, trainer in zip(NETWORKS, trainers):
            for contestant in (
                    lambda: kiln(trainer, data),
                    lambda: peer(python, "imdb_keras.py", data, out.parent,
                                 network),
                    lambda: peer(python, "imdb_jax.py", data, out.parent,
                                 network)):
                result = contestant()
                runs.setdefault(f"{network}: {result['name']}",
                                []).append(result)
                print(f"bench: round {number + 1}: {network}: "
                      f"{result['name']}: {result['ms']:.1f} ms, "
                      f"{result['memory']:.0f} MB", flush=True)

    median = {key: statistics.median(r["ms"] for r in some)
              for key, some in runs.items()}
    memory = {key: max(r["memory"] for r in some)
              for key, some in runs.items()}
    lines = ["| IMDB step | median (ms) | against kiln | peak memory (MB) | "
             "against kiln |", "|---|---|---|---|---|"]
    for key in sorted(runs):
        base = key.split(":")[0] + ": kiln"
        lines.append(f"| {key} | {median[key]:.1f} | "
                     f"{median[key] / median[base]:.2f} | {memory[key]:.0f} | "
                     f"{memory[key] / memory[base]:.2f} |")
    cores = len(os.sched_getaffinity(0))
    lines += ["", f"{cpu()}, {cores} cores; {rounds} rounds."]
    table = "\n".join(lines) + "\n"
    out.with_suffix(".md").write_text(table)
    out.with_suffix(".json").write_text(json.dumps(
        {"cpu": cpu(), "cores": cores, "rounds": int(rounds),
         "median_step_ms": median, "peak_memory_mb": memory, "runs": runs},
        indent=1) + "\n")
    print("\n" + table, end="")


if __name__ == "__main__":
    main()
