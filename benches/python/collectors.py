#!/usr/bin/env python3
"""What the lecture's collectors of metrics take in Python: bytes of an instance, empty and
with its 100 latencies, its name and its place in a list, as tracemalloc sees 10,000 of each.

    python3 benches/python/collectors.py

The counterpart in Rust: cargo run --release -p sensor-pipeline -- memory
"""

import platform
import tracemalloc
from collections import deque

INSTANCES = 10_000
LATENCIES = 100


class Dict:
    def __init__(self, stage_name):
        self.stage_name = stage_name
        self.count = 0
        self.total_ms = 0.0
        self.recent_latencies = deque(maxlen=LATENCIES)


class Slots:
    __slots__ = ("stage_name", "count", "total_ms", "recent_latencies")
    __init__ = Dict.__init__


def record(collector, ms):
    collector.count += 1
    collector.total_ms += ms
    collector.recent_latencies.append(ms)


def bytes_of(kind, latencies):
    before = tracemalloc.get_traced_memory()[0]
    collectors = [None] * INSTANCES
    for number in range(INSTANCES):
        collectors[number] = kind(f"stage_{number}")
        for latency in range(latencies):
            record(collectors[number], latency + 0.5)
    return (tracemalloc.get_traced_memory()[0] - before) // INSTANCES


tracemalloc.start()
print(f"Python {platform.python_version()}, bytes of a collector, of {INSTANCES:,} each\n")
print(f"{'':10}  {'empty':>5}  with {LATENCIES} latencies")
for kind in (Slots, Dict):
    empty, full = (bytes_of(kind, latencies) for latencies in (0, LATENCIES))
    print(f"__{kind.__name__.lower()}__".ljust(10) + f"  {empty:>5}  {full:>18}")
