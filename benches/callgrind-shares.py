#!/usr/bin/env python3
"""Our profiler's inclusive shares beside callgrind's, on the reference pipeline with its naive window.

Both look at the same program, built without optimisation: callgrind knows functions by their symbols, and
what the optimiser inlines has none. Ours are of time (the median of some runs), callgrind's of instructions.
Needs valgrind. Fails where two shares are more than 5 points apart."""

import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

RECORDS, ROUNDS, POINTS = 5_000, 15, 5.0
ROOT = Path(__file__).resolve().parent.parent
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "callgrind-shares"
PROGRAM = TARGET / "debug" / "sensor-pipeline"
WORK = ["--clean", "--features", "naive", "--records", str(RECORDS), "--output", os.devnull, "--report", "none"]

# A stage's adapter has in its type those of all stages that it pulls from: the longer, the later.
STAGES = ["parse", "filter", "normalize", "features"]
OUT = "measured_core::stage::iter::Out<"
LINE = re.compile(r"^\s*([\d,]+) \(\s*[\d.]+%\)\s+(?:\S+?\.rs|\?\?\?):(.*?)(?: \[.*\])?$")


def run(command, **options):
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, **options)
    if done.returncode != 0:
        sys.exit(f"{command[0]} failed: {done.stderr.strip()}")
    return done.stdout


def ours(scratch):
    file = scratch / "profile.json"
    rounds = []
    for _ in range(ROUNDS):
        run([PROGRAM, "profile", *WORK, "--json", file])
        functions = json.loads(file.read_text())["functions"]
        rounds.append({function["name"]: function["cumulative_ns"] for function in functions})
    return {
        name: statistics.median(100 * each[name] / each["sink"] for each in rounds) for name in rounds[0]
    }


def name_of(symbol):
    if symbol.startswith("sensor_pipeline::sink::sink::<"):
        return "sink"
    if symbol.startswith("sensor_pipeline::features::naive::window_sum::<") and symbol.endswith(">"):
        return "window_sum"
    return None


def callgrinds(scratch):
    file = scratch / "callgrind.out"
    run(["valgrind", "--tool=callgrind", f"--callgrind-out-file={file}", PROGRAM, "run", "--timing", "off", *WORK])
    annotated = run(["callgrind_annotate", "--inclusive=yes", "--threshold=100", file])
    # A symbol has a line for every file that its code comes from: the longest is all of it.
    by_symbol = {}
    for line in annotated.splitlines():
        if match := LINE.match(line):
            instructions, symbol = int(match[1].replace(",", "")), match[2]
            by_symbol[symbol] = max(instructions, by_symbol.get(symbol, 0))
    outputs = [it for it in by_symbol if it.startswith(f"<{OUT}") and it.endswith("Iterator>::next")]
    sums = {stage: by_symbol[symbol] for stage, symbol in zip(STAGES, sorted(outputs, key=len), strict=True)}
    for symbol, instructions in by_symbol.items():
        if name := name_of(symbol):
            # Instances for several types are one row of ours; the sink's closure is within the sink.
            known = sums.get(name, 0)
            sums[name] = max(known, instructions) if name == "sink" else known + instructions
    return {name: 100 * instructions / sums["sink"] for name, instructions in sums.items()}


def main():
    flags = {"RUSTFLAGS": "-C symbol-mangling-version=v0", "CARGO_TARGET_DIR": str(TARGET)}
    # What measures is optimised: a stage's self time has in it what measuring it costs there.
    optimised = "profile.dev.package.measured-core.opt-level=3"
    build = ["cargo", "build", "--quiet", "--package", "sensor-pipeline", "--config", optimised]
    run(build, env={**os.environ, **flags})
    with tempfile.TemporaryDirectory() as scratch:
        time, instructions = ours(Path(scratch)), callgrinds(Path(scratch))
    print("| function   | our cumtime | callgrind | apart |")
    print("|------------|------------:|----------:|------:|")
    furthest = 0.0
    for name in sorted(instructions, key=lambda name: -instructions[name]):
        apart = time[name] - instructions[name]
        furthest = max(furthest, abs(apart))
        print(f"| {name:10} | {time[name]:9.1f} % | {instructions[name]:7.1f} % | {apart:+5.1f} |")
    if furthest > POINTS:
        sys.exit(f"{furthest:.1f} points apart, more than {POINTS:.0f}")


main()
