//! A report every so often, to whoever wants it.

use super::Report;
use crate::registry::Registry;
use std::io;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// The report of each interval, for a sink of yours: a log, a socket, a progress line.
///
/// There is no thread but the one that [`spawn`](Periodic::spawn) is asked for; else
/// intervals end where [`poll`](Periodic::poll) is called. Without the feature `enable`
/// none does: there is no thread, and no sink is called.
///
/// ```
/// use measured_core::{Measured, Periodic};
/// use std::time::Duration;
///
/// let mut periodic = Periodic::every(Duration::from_secs(10));
/// for batch in [0..500, 500..1_000] {
///     batch.measured("numbers").for_each(drop);
///     periodic.poll(|interval| eprintln!("{interval}"));
/// }
/// periodic.flush(|rest| eprintln!("{rest}"));
/// ```
#[derive(Debug)]
pub struct Periodic {
    registry: Registry,
    every: Duration,
    /// `None`: in a time that no clock will show.
    due: Option<Instant>,
    last: Report,
}

impl Periodic {
    /// Intervals of this length, or longer where nobody polls; the first begins now.
    /// They are of the stages of the process, or inside [`Registry::scope`] of that
    /// registry. Holds the last capture: about 1 KB a stage.
    ///
    /// ```
    /// use measured_core::Periodic;
    /// use std::time::Duration;
    ///
    /// let mut periodic = Periodic::every(Duration::from_secs(3_600));
    /// assert!(!periodic.poll(|_| panic!("an hour is not over")));
    /// ```
    #[must_use]
    pub fn every(interval: Duration) -> Periodic {
        let registry = Registry::current();
        Periodic {
            every: interval,
            due: Instant::now().checked_add(interval),
            last: registry.capture(),
            registry,
        }
    }

    /// Where an interval is over, gives its report to `sink` and begins the next. Says
    /// whether it did.
    ///
    /// Cost where none is over: a read of the operating system's clock, about 30 ns.
    /// Intervals that went by unnoticed become one.
    ///
    /// ```
    /// use measured_core::Periodic;
    /// use std::time::Duration;
    ///
    /// let mut periodic = Periodic::every(Duration::ZERO);
    /// assert_eq!(periodic.poll(|interval| println!("{interval}")), cfg!(feature = "enable"));
    /// ```
    pub fn poll(&mut self, sink: impl FnOnce(&Report)) -> bool {
        let now = Instant::now();
        let is_due = cfg!(feature = "enable") && self.due.is_some_and(|due| due <= now);
        if is_due {
            // In step with the first where that is still possible.
            let next = self.due.and_then(|due| due.checked_add(self.every));
            let next = next.filter(|next| *next > now);
            self.due = next.or_else(|| now.checked_add(self.every));
            self.flush(sink);
        }
        is_due
    }

    /// Ends the present interval, over or not: for what is left at the end. When the
    /// next is due stays as it was.
    ///
    /// ```
    /// use measured_core::{Measured, Periodic};
    /// use std::time::Duration;
    ///
    /// let mut periodic = Periodic::every(Duration::from_secs(3_600));
    /// (0..500).measured("numbers").for_each(drop);
    /// periodic.flush(|rest| assert_eq!(rest.stage("numbers").unwrap().records_out, 500));
    /// ```
    pub fn flush(&mut self, sink: impl FnOnce(&Report)) {
        if cfg!(not(feature = "enable")) {
            return;
        }
        let now = self.registry.capture();
        let interval = now.since(&self.last);
        self.last = now;
        // Captures of one registry, one after the other, have an interval between them.
        if let Ok(interval) = interval {
            sink(&interval);
        }
    }

    /// Has a thread of its own poll until the guard that it returns is dropped, which
    /// waits for the thread; what is left then goes to the sink as a last interval.
    /// Intervals are of a millisecond at least: one of zero, as a configuration may say,
    /// would keep a core busy.
    ///
    /// # Errors
    /// The system gives no thread.
    ///
    /// ```
    /// # fn main() -> std::io::Result<()> {
    /// use measured_core::{Measured, Periodic};
    /// use std::time::Duration;
    ///
    /// let thread = Periodic::every(Duration::from_secs(10)).spawn(|interval| eprintln!("{interval}"))?;
    /// (0..1_000).measured("numbers").for_each(drop);
    /// drop(thread);
    /// # Ok(())
    /// # }
    /// ```
    pub fn spawn(
        mut self,
        mut sink: impl FnMut(&Report) + Send + 'static,
    ) -> io::Result<PeriodicThread> {
        const SHORTEST: Duration = Duration::from_millis(1);
        self.every = self.every.max(SHORTEST);
        let (stop, stopped) = mpsc::channel();
        let run = move || {
            loop {
                let now = Instant::now();
                let ended = match self.due {
                    Some(due) => stopped.recv_timeout(due.saturating_duration_since(now)),
                    None => stopped.recv().map_err(RecvTimeoutError::from),
                };
                if ended != Err(RecvTimeoutError::Timeout) {
                    return self.flush(sink);
                }
                self.poll(&mut sink);
            }
        };
        let thread = thread::Builder::new().name("measured-periodic".to_owned());
        Ok(PeriodicThread {
            stop: Some(stop),
            thread: cfg!(feature = "enable")
                .then(|| thread.spawn(run))
                .transpose()?,
        })
    }
}

/// The thread of [`Periodic::spawn`]; it ends when this is dropped.
///
/// ```
/// # fn main() -> std::io::Result<()> {
/// # use measured_core::Periodic;
/// # use std::time::Duration;
/// use measured_core::PeriodicThread;
///
/// let thread: PeriodicThread = Periodic::every(Duration::from_secs(1)).spawn(|_| {})?;
/// # drop(thread);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use = "its thread ends where it is dropped: bind it to a name, as in `let _thread = …`"]
pub struct PeriodicThread {
    /// Gone: stop.
    stop: Option<mpsc::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for PeriodicThread {
    fn drop(&mut self) {
        self.stop = None;
        // A sink that dropped this would wait for itself.
        let own = |thread: &JoinHandle<()>| thread.thread().id() == thread::current().id();
        if let Some(thread) = self.thread.take().filter(|thread| !own(thread)) {
            // The sink's panic was reported where it happened.
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
#[cfg(not(feature = "enable"))]
mod tests {
    use super::*;

    #[test]
    fn where_nothing_is_measured_no_sink_is_called() -> io::Result<()> {
        let mut periodic = Periodic::every(Duration::ZERO);
        assert!(!periodic.poll(|_| panic!("an interval")));
        periodic.flush(|_| panic!("an interval"));
        let thread = periodic.spawn(|_| panic!("an interval"))?;
        assert!(thread.thread.is_none());
        Ok(())
    }
}
