#!/bin/sh
# Instructions per record and stage, and per call of a profiled function, with the attributes' features
# on and off, and per block that the tracking allocator passes on. Fails above the limits that stand in
# benches/benches/{stage,profiled,allocator}_instructions.rs.
set -eu
cd "$(dirname "$0")/.."

if ! command -v valgrind >/dev/null; then
    echo "instructions.sh: valgrind is missing; install it (Debian, Ubuntu: apt-get install valgrind)" >&2
    exit 2
fi

status=0
echo "With the feature \`enable\`, which is on by default"
cargo bench --quiet -p measured-benches --bench stage_instructions || status=1
echo "Without it"
cargo bench --quiet -p measured-benches --bench stage_instructions --no-default-features || status=1
echo "Profiled functions, with the feature \`profile\`"
cargo bench --quiet -p measured-benches --bench profiled_instructions --features profile || status=1
echo "Without it"
cargo bench --quiet -p measured-benches --bench profiled_instructions || status=1
echo "Allocations, with the feature \`alloc\`"
cargo bench --quiet -p measured-benches --bench allocator_instructions --features alloc || status=1
exit $status
