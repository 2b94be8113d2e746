//! What the tracking allocator costs, in instructions: off, an allocation and its free have to pay for the
//! trailer behind the block and for asking whether anybody counts. Like `stage_instructions`, this is a gate.
//! `benches/instructions.sh`
#![allow(
    unsafe_code,
    reason = "allocators are called without a collection around them"
)]

use clap::Parser;
use measured_benches::callgrind::{counted, held, instructions_per};
use measured_benches::{machine, table};
use measured_core::memory::{self, TrackingAllocator, allocated_by};
use std::alloc::{GlobalAlloc, Layout, System};
use std::error::Error;
use std::hint::black_box;
use std::process::ExitCode;

#[global_allocator]
static TRACKING: TrackingAllocator = TrackingAllocator::new();

/// What happens to a block.
struct Life {
    name: &'static str,
    bare: fn(u64) -> u64,
    tracked: fn(u64) -> u64,
    /// The most that it may cost more with each of [`VARIANTS`].
    limits: [f64; 3],
}

#[rustfmt::skip]
const LIVES: [Life; 3] = [
    Life { name: "allocated, freed", bare: |n| pairs(&System, n), tracked: |n| pairs(&TRACKING, n), limits: [16.0, 100.0, 156.0] },
    Life { name: "zeroed, freed", bare: |n| zeroed(&System, n), tracked: |n| zeroed(&TRACKING, n), limits: [25.0, 110.0, 166.0] },
    Life { name: "allocated, grown, freed", bare: |n| grown(&System, n), tracked: |n| grown(&TRACKING, n), limits: [33.0, 212.0, 324.0] },
];

const SYSTEM: &str = "system";
const OFF: &str = "off";
const CLOSURE: &str = "`allocated_by`";
const BY_STAGE: &str = "by stage";

/// What is compared with the system's allocator.
const VARIANTS: [&str; 3] = [OFF, CLOSURE, BY_STAGE];

const BLOCK: Layout = Layout::new::<[u64; 8]>();

#[inline(never)]
fn pairs(allocator: &dyn GlobalAlloc, blocks: u64) -> u64 {
    for _ in 0..blocks {
        // SAFETY: the layout is not of size zero; the block is freed with it.
        unsafe {
            let block = black_box(allocator.alloc(black_box(BLOCK)));
            allocator.dealloc(block, black_box(BLOCK));
        }
    }
    blocks
}

#[inline(never)]
fn zeroed(allocator: &dyn GlobalAlloc, blocks: u64) -> u64 {
    for _ in 0..blocks {
        // SAFETY: as above.
        unsafe {
            let block = black_box(allocator.alloc_zeroed(black_box(BLOCK)));
            allocator.dealloc(block, black_box(BLOCK));
        }
    }
    blocks
}

#[inline(never)]
fn grown(allocator: &dyn GlobalAlloc, blocks: u64) -> u64 {
    // What the system's allocator rounds both up to is the same, with a trailer and without.
    const SMALL: Layout = Layout::new::<[u32; 15]>();
    const LARGE: Layout = Layout::new::<[u32; 16]>();
    for _ in 0..blocks {
        // SAFETY: as above, and the block is of the larger layout when it is freed.
        unsafe {
            let block = black_box(allocator.alloc(black_box(SMALL)));
            let block = allocator.realloc(block, black_box(SMALL), black_box(LARGE.size()));
            allocator.dealloc(black_box(block), black_box(LARGE));
        }
    }
    blocks
}

/// Instructions per block that tracking adds, under callgrind.
#[derive(Parser)]
struct Instrument {
    /// Given by `cargo bench`.
    #[arg(long, hide = true)]
    bench: bool,

    /// Be the process that is counted: lead this life of the list.
    #[arg(long, hide = true, requires_all = ["variant", "amount"])]
    life: Option<usize>,

    #[arg(long, hide = true, default_value = SYSTEM)]
    variant: String,

    /// So often.
    #[arg(long, hide = true, default_value_t = BLOCKS)]
    amount: u64,
}

const BLOCKS: u64 = 10_000;

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let Instrument {
        bench,
        life,
        variant,
        amount,
    } = Instrument::parse();
    if let Some(life) = life {
        lead(&LIVES[life], &variant, amount)?;
        return Ok(ExitCode::SUCCESS);
    }
    if !bench {
        println!("instructions are counted in optimised code: run benches/instructions.sh");
        return Ok(ExitCode::SUCCESS);
    }

    println!("{}; beyond the system's\n", machine::line());
    let mut table = table::table(
        1,
        &[&["a block is", "system, per block"], &VARIANTS[..]].concat(),
    );
    let mut excesses = Vec::new();
    for (index, Life { name, limits, .. }) in LIVES.iter().enumerate() {
        let instructions = |variant| {
            let index = index.to_string();
            instructions_per(BLOCKS, &["--life", &index, "--variant", variant])
        };
        let bare = instructions(SYSTEM)?;
        let mut row = vec![(*name).to_owned(), format!("{bare:.2}")];
        for (variant, limit) in VARIANTS.iter().zip(limits) {
            let added = instructions(variant)? - bare;
            row.push(format!("{added:.2}"));
            if added > *limit {
                excesses.push(format!(
                    "{name}, {variant}: {added:.2} instructions per block, over {limit}"
                ));
            }
        }
        table.add_row(row);
    }
    println!("{table}");
    Ok(held(&excesses))
}

fn lead(life: &Life, variant: &str, blocks: u64) -> Result<(), Box<dyn Error>> {
    let work = if variant == SYSTEM {
        life.bare
    } else {
        life.tracked
    };
    let count = || {
        // What the first block does is done uncounted.
        work(1);
        counted(work, blocks);
    };
    match variant {
        CLOSURE => allocated_by(count).0,
        BY_STAGE => {
            memory::start()?;
            count();
        }
        _ => count(),
    }
    Ok(())
}
