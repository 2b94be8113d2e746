"""What Python's cProfile costs: per call of the tree that `profilers` calls, and on the lecture's
pipeline. Prints one line of JSON. Usage: cprofile.py calls BRANCHES | cprofile.py pipeline RECORDS"""

import cProfile
import json
import platform
import pstats
import random
import sys
import time
from collections import deque


def leaf(n):
    return n


def branch(n):
    return leaf(n) ^ leaf(n + 1)


def root(branches):
    total = 0
    for n in range(branches):
        total += branch(n)
    return total


def read(records):
    generator = random.Random(37)
    for n in range(records):
        yield {"timestamp": n, "value": generator.uniform(0.0, 100.0)}


def kept(records):
    for record in records:
        if 0.0 <= record["value"] <= 100.0:
            yield record


def normalized(records):
    for record in records:
        yield {**record, "value": record["value"] / 100.0}


def features(records, size):
    window = deque(maxlen=size)
    for record in records:
        window.append(record["value"])
        mean = sum(window) / len(window)
        variance = sum((x - mean) ** 2 for x in window) / len(window)
        yield {**record, "mean": round(mean, 6), "variance": round(variance, 6)}


def pipeline(records):
    return sum(1 for _ in features(normalized(kept(read(records))), 10))


def timed(work, count):
    start = time.perf_counter()
    work(count)
    return time.perf_counter() - start


def profiled(work, count):
    profiler = cProfile.Profile()
    start = time.perf_counter()
    profiler.enable()
    work(count)
    profiler.disable()
    return time.perf_counter() - start, pstats.Stats(profiler).total_calls


def main():
    what, count = sys.argv[1], int(sys.argv[2])
    work = {"calls": root, "pipeline": pipeline}[what]
    bare = timed(work, count)
    with_profile, calls = profiled(work, count)
    version = f"Python {platform.python_version()}"
    print(json.dumps({"version": version, "bare": bare, "profiled": with_profile, "calls": calls}))


main()
