#!/bin/sh
# Instructions per record and stage, with the attribute's feature on and off.
# Fails above the limits that stand in benches/benches/instructions.rs.
set -eu
cd "$(dirname "$0")/.."

if ! command -v valgrind >/dev/null; then
    echo "instructions.sh: valgrind is missing; install it (Debian, Ubuntu: apt-get install valgrind)" >&2
    exit 2
fi

echo "# feature \`enable\` on (the default)"
cargo bench --quiet -p measured-benches --bench instructions
echo
echo "# feature \`enable\` off"
cargo bench --quiet -p measured-benches --bench instructions --no-default-features
