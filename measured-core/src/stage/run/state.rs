//! What a run does just now: enums, each kept in a byte that one thread writes.

/// How far a run has come.
#[derive(Clone, Copy)]
pub(super) enum Phase {
    /// Nothing is recorded.
    Off,
    /// The function's body runs and is not pulling.
    Body,
    /// The body pulls its inputs itself.
    BodyPulls,
    /// The iterator was returned and not yet pulled.
    Returned,
    Draining,
    Ended,
    /// As off, but it may begin yet.
    Pending,
}

/// Whether the inputs are to time their next pull: in this order.
#[derive(Clone, Copy)]
pub(super) enum Timed {
    Untimed,
    /// Some of them go by, in a pull of the output that is timed.
    Gap,
    /// From here on they are armed: the output's pull is timed,
    InPull,
    /// and a gap is over,
    Due,
    /// or none of its inputs is to go by.
    InWholePull,
    InBody,
    /// Nothing is timed; the inputs are to say how many records they have seen.
    Look,
}

/// Whether a run may be within another stage, or another within it, in a way that its
/// timed pulls must keep track of; most runs feed another, and need not.
#[derive(Clone, Copy)]
pub(super) enum Nests {
    /// Another run pulls it, and nobody is within it.
    Neither,
    /// Whoever is around it may have to take its pulls off.
    Claims,
    /// Another run is within it.
    Holds,
}

impl From<Phase> for u8 {
    fn from(phase: Phase) -> u8 {
        phase as u8
    }
}

impl From<Timed> for u8 {
    fn from(timed: Timed) -> u8 {
        timed as u8
    }
}

impl From<Nests> for u8 {
    fn from(nests: Nests) -> u8 {
        nests as u8
    }
}
