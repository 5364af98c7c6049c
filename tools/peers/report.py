"""What measure.py found, for people: `markdown(results)` and `plots(results)`.

    report.py RESULTS.json FOLDER

writes FOLDER/bench.md and one SVG a figure. The results:

    {"cpu": str, "cores": int, "rounds": int,
     "tasks": {TASK: {"unit": "s"|"ms", "what": str,
                      "runs": {NAME: [{"time": number, "memory_mb": number,
                                       "first_step_s": number?,
                                       "accuracy": number?}]}}},
     "kiln": {MODEL: {"binary_mb", "start_ms", "peak_share", "gflops",
                      "peak_gflops", "step_us"}},
     "sweeps": {NAME: {"x": str, "lines": {LINE: [[x, microseconds], ...]}}}}

TASK is such as `mnist` or `imdb literal`; of a task, "kiln" comes first.
"""
import json
import pathlib
import statistics
import sys

import svg


def medians(runs, key):
    """{contestant: median}, without those that have no such figure."""
    found = {}
    for name, some in runs.items():
        values = [run[key] for run in some if run.get(key) is not None]
        if values:
            found[name] = statistics.median(values)
    return found


def rows(head, lines):
    return (["| " + " | ".join(head) + " |", "|---" * len(head) + "|"] +
            ["| " + " | ".join(line) + " |" for line in lines] + [""])


def task_table(name, task):
    runs = task["runs"]
    times, memory = medians(runs, "time"), medians(runs, "memory_mb")
    first = medians(runs, "first_step_s")
    accuracy = medians(runs, "accuracy")
    head = [f"{name}: {task['what']}", f"median ({task['unit']})",
            "against kiln", "peak memory (MB)", "to the first step (s)"]
    if accuracy:
        head.append("test accuracy")
    lines = []
    for contestant, time in times.items():
        line = [contestant, svg.show(time),
                f"{time / times['kiln']:.2f}", f"{memory[contestant]:.0f}",
                f"{first[contestant]:.2f}" if contestant in first else ""]
        if accuracy:
            line.append(f"{accuracy[contestant]:.4f}"
                        if contestant in accuracy else "")
        lines.append(line)
    return rows(head, lines)


def markdown(results):
    text = []
    for name, task in results["tasks"].items():
        text += task_table(name, task)
    if results["kiln"]:
        text += rows(
            ["kiln's trainers", "binary (MB)", "start (ms)", "step (us)",
             "GFLOP/s", "of peak"],
            [[model, f"{k['binary_mb']:.2f}", f"{k['start_ms']:.1f}",
              svg.show(k["step_us"]), f"{k['gflops']:.1f}",
              f"{100 * k['peak_share']:.1f} %"]
             for model, k in results["kiln"].items()])
    for name, sweep in results["sweeps"].items():
        xs = sorted({x for line in sweep["lines"].values() for x, _ in line})
        text += rows(
            [f"step (us) by {sweep['x']}"] + [f"{x:g}" for x in xs],
            [[line] + [svg.show(dict(map(tuple, points))[x])
                       if x in dict(map(tuple, points)) else "" for x in xs]
             for line, points in sweep["lines"].items()])
    text.append(f"{results['cpu']}, {results['cores']} cores; "
                f"{results['rounds']} rounds, contestants in alternation.")
    return "\n".join(text) + "\n"


def plots(results):
    """{file name: SVG}"""
    found = {}
    for name, task in results["tasks"].items():
        stem = name.replace(" ", "-")
        for key, what, unit in (("time", task["what"], task["unit"]),
                                ("memory_mb", "peak memory", "MB"),
                                ("first_step_s", "start to first step", "s")):
            values = medians(task["runs"], key)
            if values:
                found[f"{stem}-{key}.svg"] = svg.bars(f"{name}: {what}", unit,
                                                      values)
    for name, sweep in results["sweeps"].items():
        series = {line: [tuple(p) for p in points]
                  for line, points in sweep["lines"].items() if points}
        if series:
            found[f"by-{name}.svg"] = svg.lines(
                f"A training step by {sweep['x']}", sweep["x"],
                "microseconds", series)
    if results["kiln"]:
        found["peak-share.svg"] = svg.bars(
            "Share of the FMA peak, without skipped work", "%",
            {model: 100 * k["peak_share"]
             for model, k in results["kiln"].items()})
    return found


def write(results, folder):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "bench.md").write_text(markdown(results))
    for name, picture in plots(results).items():
        (folder / name).write_text(picture)


if __name__ == "__main__":
    write(json.loads(pathlib.Path(sys.argv[1]).read_text()), sys.argv[2])
