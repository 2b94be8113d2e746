#!/bin/sh
# That the attribute brings no lint with it: the shapes under tests/, linted with the feature on and off;
# whatever is reported only when it is on is the expansion's fault. Three lints that clippy itself advises
# against for whole crates are left out, and the guide says so: the call that stands at the end of the function
# (implicit_return), the name that it passes (non_ascii_literal), and numbers in the user's closures, whose types
# come from further away (default_numeric_fallback).
set -eu
cd "$(dirname "$0")/.."

# In a folder of its own: elsewhere cargo may repeat what it was told in another format.
target=${CARGO_TARGET_DIR:-../target}/lints

# What clippy says of the shapes, a line each.
lints() {
    cargo clippy --quiet --target-dir "$target" --test shapes --message-format short "$@" -- \
        -W clippy::all -W clippy::pedantic -W clippy::nursery -W clippy::restriction \
        -A clippy::blanket_clippy_restriction_lints -A clippy::implicit_return \
        -A clippy::non_ascii_literal -A clippy::default_numeric_fallback \
        -W unused -W rust_2018_idioms -W single_use_lifetimes -W unused_lifetimes \
        -W unused_qualifications -W let_underscore_drop -W explicit_outlives_requirements 2>&1 |
        # Without the columns: within a function that a macro makes they differ.
        sed -n 's|^\([^ ]*tests/shapes[^:]*:[0-9]*\):[0-9]*|\1|p' | sort -u
}

scratch=$(mktemp -d)
trap 'rm -r "$scratch"' EXIT
lints --no-default-features >"$scratch/off"
lints --features profile >"$scratch/on"
if [ ! -s "$scratch/off" ]; then
    echo "lints.sh: clippy reported nothing at all, so nothing was compared" >&2
    exit 2
fi
if comm -13 "$scratch/off" "$scratch/on" | grep .; then
    echo "lints.sh: reported with the attribute, but not without it" >&2
    exit 1
fi
