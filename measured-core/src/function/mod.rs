//! A profiled function: its place in the source, and its calls while they run.

mod by_type;

use crate::running::{self, Entry, NOBODY, Number};
use crate::site_id::SiteId;
use crate::watch::Frame;
use std::any::type_name;
use std::future::{Future, poll_fn};
use std::marker::PhantomData;
use std::pin::pin;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

/// One profiled function, or scope: a static that the attribute puts into its body.
#[derive(Debug)]
pub struct Function {
    id: SiteId,
    /// `NOBODY` until it runs while somebody watches.
    number: AtomicU32,
}

/// A call that runs; dropped, as by a panic, it has ended. Of its own thread, which a
/// function held over an `.await` may leave.
#[must_use]
#[derive(Debug)]
pub struct Called {
    frame: Option<Frame>,
    thread: PhantomData<*const ()>,
}

impl Function {
    /// The function called `name` in profiles.
    #[must_use]
    pub const fn new(
        name: &'static str,
        module: &'static str,
        file: &'static str,
        line: u32,
    ) -> Function {
        Function {
            id: SiteId {
                name,
                module,
                file,
                line,
            },
            number: AtomicU32::new(NOBODY),
        }
    }

    /// It is called.
    #[inline(always)]
    pub fn enter(&'static self) -> Called {
        Called::of(|| self.begin(Entry::Call))
    }

    /// The same, a row for each type that it is called with: `here` is a closure in
    /// its body, whose type has their names in its own.
    #[inline(always)]
    pub fn enter_by_type<F>(&'static self, here: F) -> Called {
        let _ = here;
        Called::of(|| Frame::enter(self.number_with(type_name::<F>()), Entry::Call))
    }

    /// Runs the body of an `async fn`: each poll is the function at work, the first
    /// one is its call, and between them it is nobody's time.
    pub async fn poll<F: Future>(&'static self, body: F) -> F::Output {
        polled(body, |entry| self.begin(entry)).await
    }

    /// The same, a row for each type, as [`enter_by_type`](Function::enter_by_type) has it.
    pub async fn poll_by_type<T, F: Future>(&'static self, here: T, body: F) -> F::Output {
        let _ = here;
        let number = || self.number_with(type_name::<T>());
        polled(body, |entry| Frame::enter(number(), entry)).await
    }

    #[inline(never)]
    fn begin(&'static self, entry: Entry) -> Frame {
        let mut number = self.number.load(Relaxed);
        if number == NOBODY {
            number = self.first_number();
        }
        Frame::enter(number, entry)
    }

    #[cold]
    #[inline(never)]
    fn first_number(&self) -> Number {
        let number = running::number_of(self.id);
        self.number.store(number, Relaxed);
        number
    }
}

impl Called {
    #[inline(always)]
    fn of(begin: impl FnOnce() -> Frame) -> Called {
        Called {
            frame: running::is_watched().then(begin),
            thread: PhantomData,
        }
    }
}

impl Drop for Called {
    #[inline(always)]
    fn drop(&mut self) {
        if let Some(frame) = self.frame {
            end(frame);
        }
    }
}

/// What `body` results in; each of its polls is begun by `begin`.
async fn polled<F: Future>(body: F, begin: impl Fn(Entry) -> Frame) -> F::Output {
    let mut body = pin!(body);
    let mut entry = Entry::Call;
    poll_fn(move |context| {
        let _called = Called::of(|| begin(entry));
        entry = Entry::Resumed;
        body.as_mut().poll(context)
    })
    .await
}

#[inline(never)]
fn end(frame: Frame) {
    frame.leave();
}
