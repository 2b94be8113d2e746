#!/bin/sh
# What the attribute costs in build time: a crate of 500 stages, each called once, with the attribute,
# with the attribute but the feature off, and without either. Its dependencies are built beforehand, so
# that what is timed is that crate alone. Prints a Markdown table; fails on nothing, for time does not
# repeat on a shared machine.
set -eu
functions=500
rounds=5

usage="usage: benches/compile-time.sh [--functions N] [--rounds N]"
while [ $# -gt 0 ]; do
    case "$1" in
        --functions) functions=${2:?$usage}; shift 2 ;;
        --rounds) rounds=${2:?$usage}; shift 2 ;;
        *) echo "compile-time.sh: unknown option $1; $usage" >&2; exit 2 ;;
    esac
done

cd "$(dirname "$0")/.."
root=$PWD
work=${CARGO_TARGET_DIR:-$root/target}/compile-time
mkdir -p "$work"

# Five shapes in turn: what a pipeline is made of.
stages() {
    awk -v n="$functions" 'BEGIN {
        for (i = 0; i < n; i++) {
            print "#[measured_core::measured_stage]"
            if (i % 5 == 0) {
                printf "fn stage_%d(values: impl Iterator<Item = f64>, low: f64, high: f64) -> impl Iterator<Item = f64> {\n", i
                print "    let width = high - low;"
                print "    values"
                print "        .filter(|value| value.is_finite())"
                print "        .filter(move |value| (low..=high).contains(value))"
                print "        .map(move |value| (value - low) / width)"
                print "}"
            } else if (i % 5 == 1) {
                printf "fn stage_%d<I>(values: I, window: usize) -> impl Iterator<Item = f64>\nwhere\n    I: IntoIterator<Item = f64>,\n{\n", i
                print "    let mut held = std::collections::VecDeque::with_capacity(window);"
                print "    values.into_iter().map(move |value| {"
                print "        if held.len() == window {"
                print "            held.pop_front();"
                print "        }"
                print "        held.push_back(value);"
                print "        held.iter().sum::<f64>() / held.len() as f64"
                print "    })"
                print "}"
            } else if (i % 5 == 2) {
                printf "fn stage_%d<\047a>(values: Box<dyn Iterator<Item = f64> + \047a>, up: bool) -> Box<dyn Iterator<Item = f64> + \047a> {\n", i
                print "    if up {"
                print "        return Box::new(values.scan(0.0, |sum, value| {"
                print "            *sum += value;"
                print "            Some(*sum)"
                print "        }));"
                print "    }"
                print "    Box::new(values.map(|value| -value))"
                print "}"
            } else if (i % 5 == 3) {
                printf "fn stage_%d<\047a>(\n    lines: impl Iterator<Item = &\047a str> + \047a,\n    scale: &str,\n) -> Result<impl Iterator<Item = f64> + \047a, std::num::ParseFloatError> {\n", i
                print "    let scale: f64 = scale.parse()?;"
                print "    Ok(lines.filter_map(|line| line.trim().parse::<f64>().ok()).map(move |value| value * scale))"
                print "}"
            } else {
                printf "fn stage_%d(values: impl Iterator<Item = f64>) -> (f64, usize) {\n", i
                print "    let (mut sum, mut n) = (0.0, 0);"
                print "    for value in values {"
                print "        sum += value;"
                print "        n += 1;"
                print "    }"
                print "    (sum, n)"
                print "}"
            }
            print ""
        }
        print "fn main() {"
        print "    let values = || [1.0, 2.0, 3.0].into_iter();"
        print "    let mut n = 0;"
        for (i = 0; i < n; i++) {
            if (i % 5 == 0) printf "    n += stage_%d(values(), 0.0, 2.0).count();\n", i
            if (i % 5 == 1) printf "    n += stage_%d(values(), 2).count();\n", i
            if (i % 5 == 2) printf "    n += stage_%d(Box::new(values()), true).count();\n", i
            if (i % 5 == 3) printf "    n += stage_%d([\"1\", \"2\"].into_iter(), \"3\").map_or(0, Iterator::count);\n", i
            if (i % 5 == 4) printf "    n += stage_%d(values()).1;\n", i
        }
        print "    println!(\"{n}\");"
        print "}"
    }'
}

# A crate of that name, from the stages on standard input, with that dependency line.
crate() {
    mkdir -p "$work/$1/src"
    cat >"$work/$1/src/main.rs"
    cat >"$work/$1/Cargo.toml" <<END
[package]
name = "$1"
version = "0.0.0"
edition = "2024"

[workspace]

[dependencies]
$2
END
    # The versions of this repository, so that nothing is fetched.
    cp "$root/Cargo.lock" "$work/$1/Cargo.lock"
}

stages | grep -v '^#\[measured' | crate bare ""
stages | crate off "measured-core = { path = \"$root/measured-core\", default-features = false }"
stages | crate measured "measured-core = { path = \"$root/measured-core\" }"

# Milliseconds of one build of one crate.
once() {
    touch "$work/$1/src/main.rs"
    start=$(date +%s%N)
    (cd "$work/$1" && CARGO_INCREMENTAL=0 CARGO_TARGET_DIR="$work/target/$1" cargo $2 --quiet --offline)
    end=$(date +%s%N)
    echo $(((end - start) / 1000000))
}

median() {
    sort -n | awk '{ at[NR] = $1 } END { print at[int((NR + 1) / 2)] }'
}

echo "Building what $functions functions cost, $rounds rounds of 9 builds" >&2
for command in check build "build --release"; do
    for crate in bare off measured; do
        once $crate "$command" >/dev/null
        : >"$work/$crate.times"
    done
    round=0
    while [ $round -lt "$rounds" ]; do
        for crate in bare off measured; do
            once $crate "$command" >>"$work/$crate.times"
        done
        round=$((round + 1))
    done
    bare=$(median <"$work/bare.times")
    off=$(median <"$work/off.times")
    measured=$(median <"$work/measured.times")
    echo "$command $bare $off $measured" | awk '{
        measured = $NF; off = $(NF - 1); bare = $(NF - 2)
        NF -= 3
        printf "%s|%.2f|%.2f|%.2f|%.2f|%.2f\n", $0, bare / 1000, off / 1000, measured / 1000, off / bare, measured / bare
    }'
done >"$work/table"

echo "$functions functions, median of $rounds; $(rustc --version), $(getconf _NPROCESSORS_ONLN) cores, $(date +%Y-%m-%d)"
echo
echo "| \`cargo …\` | without, s | feature off, s | measured, s | off / without | measured / without |"
echo "|---|---|---|---|---|---|"
sed 's/^\([^|]*\)|/| `\1` | /; s/|/ | /g; s/^ *| */| /; s/$/ |/; s/  */ /g' "$work/table"
