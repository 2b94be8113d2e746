//! From start to stop: whose calls are gathered, and from which threads.

use super::call_tree::CallTree;
use super::clock;
use super::probes::{self, Probes};
use super::tree::Tree;
use crate::clock::Clock;
use crate::running::{self, Watcher};
use parking_lot::Mutex;
use std::panic::Location;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

/// The number of the session that runs, or of the last one.
static SESSION: AtomicU32 = AtomicU32::new(0);

static STATE: Mutex<State> = Mutex::new(State {
    session: None,
    trees: Vec::new(),
    free: Vec::new(),
});

struct State {
    session: Option<Session>,
    /// Of the threads that have one.
    trees: Vec<&'static Tree>,
    /// Of threads that have ended.
    free: Vec<&'static Tree>,
}

struct Session {
    place: &'static Location<'static>,
    clock: Clock,
    started: u64,
    /// Calls on threads that have ended.
    ended: CallTree,
}

/// What came of a session, in ticks.
pub(super) struct Gathered {
    pub(super) clock: Clock,
    pub(super) wall: u64,
    pub(super) of_a_call: Probes,
    pub(super) of_a_pull: Probes,
    pub(super) calls: CallTree,
}

/// The number that trees of this session have.
#[inline(always)]
pub(super) fn current() -> u32 {
    SESSION.load(Relaxed)
}

/// Begins a session, unless there is one: then, where that was begun.
pub(super) fn start(
    clock: Clock,
    place: &'static Location<'static>,
) -> Result<(), &'static Location<'static>> {
    let mut state = STATE.lock();
    if let Some(session) = &state.session {
        return Err(session.place);
    }
    clock::set(&clock);
    SESSION.fetch_add(1, Relaxed);
    state.session = Some(Session {
        place,
        started: clock.now(),
        clock,
        ended: CallTree::default(),
    });
    running::begin_watching(Watcher::Profiler);
    Ok(())
}

/// Ends the session; `None` where there is none.
pub(super) fn stop() -> Option<Gathered> {
    let mut state = STATE.lock();
    let Session {
        clock,
        started,
        ended,
        ..
    } = state.session.take()?;
    let now = clock.now();
    // Who goes on is not to be told of more while what there is is read.
    running::stop_watching(Watcher::Profiler);
    let mut calls = ended;
    for tree in state.trees.iter().filter(|tree| tree.is_of(current())) {
        calls.absorb(tree, now);
    }
    running::begin_watching(Watcher::Profiler);
    let spare = state.spare();
    let [of_a_call, of_a_pull] =
        [&probes::FUNCTION, &probes::STAGE].map(|empty| Probes::of(empty, &clock, spare));
    running::stop_watching(Watcher::Profiler);
    spare.give_back();
    state.free.push(spare);
    Some(Gathered {
        wall: now.saturating_sub(started),
        clock,
        of_a_call,
        of_a_pull,
        calls,
    })
}

/// Ends it, and forgets it.
pub(super) fn forget() {
    STATE.lock().session = None;
    running::stop_watching(Watcher::Profiler);
}

/// A tree for a thread that has none.
pub(super) fn thread_begins() -> &'static Tree {
    let mut state = STATE.lock();
    let tree = state.spare();
    state.trees.push(tree);
    tree
}

/// A thread does without its tree from now on.
pub(super) fn thread_ends(tree: &'static Tree) {
    let mut state = STATE.lock();
    if let Some(session) = state.session.as_mut().filter(|_| tree.is_of(current())) {
        session.ended.absorb(tree, session.clock.now());
    }
    tree.give_back();
    state.trees.retain(|other| !std::ptr::eq(*other, tree));
    state.free.push(tree);
}

impl State {
    fn spare(&mut self) -> &'static Tree {
        self.free
            .pop()
            .unwrap_or_else(|| Box::leak(Box::new(Tree::new())))
    }
}
