//! A profiled function: its place in the source, and its calls while they run.

mod by_type;

use crate::running::{self, NOBODY, Number};
use crate::site_id::SiteId;
use crate::watch::{Frame, for_ourselves};
use std::any::type_name;
use std::future::{Future, poll_fn};
#[cfg(feature = "profile")]
use std::hint::black_box;
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

    /// Begins a call, which ends when the result is dropped.
    #[inline(always)]
    pub fn enter(&'static self) -> Called {
        Called::of(|| self.begin())
    }

    /// The same, a row for each type that it is called with: `_here` is a closure in
    /// its body, whose type has their names in its own.
    #[inline(always)]
    pub fn enter_by_type<F>(&'static self, _here: &F) -> Called {
        Called::of(|| Frame::enter(self.number_with(type_name::<F>())))
    }

    /// Runs the body of an `async fn`: each poll is the function at work, the first
    /// one is its call, and between them it is nobody's time.
    pub async fn poll<F: Future>(&'static self, body: F) -> F::Output {
        polled(|| self.number(), body).await
    }

    /// The same, a row for each type, as [`enter_by_type`](Function::enter_by_type) has it.
    pub async fn poll_by_type<T, F>(&'static self, _here: &T, body: F) -> F::Output
    where
        F: Future,
    {
        polled(|| self.number_with(type_name::<T>()), body).await
    }

    #[inline(never)]
    fn begin(&'static self) -> Frame {
        match self.number.load(Relaxed) {
            NOBODY => self.begin_first(),
            number => Frame::enter(number),
        }
    }

    #[cold]
    #[inline(never)]
    fn begin_first(&'static self) -> Frame {
        Frame::enter(self.number())
    }

    fn number(&self) -> Number {
        let mut number = self.number.load(Relaxed);
        if number == NOBODY {
            number = number_of(self.id);
            self.number.store(number, Relaxed);
        }
        number
    }
}

/// The number of a function that runs for the first time while somebody watches.
fn number_of(site: SiteId) -> Number {
    #[cfg(feature = "profile")]
    crate::profile::note_empty_function(empty);
    for_ourselves(|| running::number_of(site))
}

/// What does nothing and is profiled, and the same unprofiled.
#[cfg(feature = "profile")]
fn empty() -> [Box<dyn FnMut()>; 2] {
    static EMPTY: Function = Function::new("empty", module_path!(), file!(), line!());
    let profiled = || {
        let _called = EMPTY.enter();
        black_box(());
    };
    [Box::new(profiled), Box::new(|| black_box(()))]
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

/// What `body` results in. Its first poll that anybody watches is a call, and those
/// after it are its going on.
async fn polled<F: Future>(number: impl Fn() -> Number, body: F) -> F::Output {
    let mut body = pin!(body);
    let mut called = false;
    poll_fn(move |context| {
        let _poll = Called::of(|| {
            if std::mem::replace(&mut called, true) {
                Frame::resume(number())
            } else {
                Frame::enter(number())
            }
        });
        body.as_mut().poll(context)
    })
    .await
}

#[inline(never)]
fn end(frame: Frame) {
    frame.leave();
}
