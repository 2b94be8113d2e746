//! What `#[profiled]` takes: all of it must do what it did without.

use measured_core::profile::scope;
use measured_core::profiled;
use std::fmt::{Debug, Display};
use std::future::Future;
use std::pin::pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

#[profiled]
fn borrows<'a>(text: &'a str, otherwise: &'a str) -> &'a str {
    text.split(',').next().unwrap_or(otherwise)
}

#[profiled("under another name")]
fn mutates(mut counts: Vec<u32>, by: u32) -> Vec<u32> {
    const LIMIT: u32 = 10;
    for count in &mut counts {
        *count = (*count + by).min(LIMIT);
    }
    counts
}

#[profiled]
fn fallible(text: &str) -> Result<u32, Box<dyn std::error::Error>> {
    use std::str::FromStr;

    let number = u32::from_str(text)?;
    if number == 0 {
        return Err("zero".into());
    }
    Ok(number)
}

#[profiled]
fn opaque(by: u32) -> impl Fn(u32) -> u32 {
    move |n| n * by
}

#[profiled]
fn boxed(text: String) -> Box<dyn Display> {
    Box::new(text)
}

#[profiled]
fn never(code: u32) -> ! {
    panic!("{code}")
}

#[profiled]
fn takes_apart((left, right): (u32, u32), [first, ..]: [u32; 3]) -> u32 {
    left + right + first
}

#[profiled(generics)]
fn generic<T, const N: usize>(value: &T) -> String
where
    T: ?Sized + Debug + PartialEq,
{
    format!("{value:?} of {N}")
}

#[profiled]
#[inline]
#[must_use]
#[track_caller]
pub(crate) fn with_attributes() -> u32 {
    std::panic::Location::caller().line()
}

#[profiled]
extern "C" fn foreign(n: i32) -> i32 {
    n + 1
}

#[profiled]
fn r#match(r#type: u32) -> u32 {
    r#type
}

#[profiled]
fn with_temporary(cell: &std::cell::RefCell<Vec<u32>>) -> usize {
    cell.borrow().len()
}

#[profiled]
fn with_scope(n: u32) -> u32 {
    scope!("first half");
    let half = n / 2;
    {
        scope!("second half");
        half + n % 2
    }
}

struct Stack<T>(Vec<T>);

#[profiled]
impl<T: Clone> Stack<T> {
    const EMPTY: usize = 0;

    /// Left out by itself.
    const fn limit() -> usize {
        16
    }

    fn push(&mut self, value: T) -> &mut Self {
        self.0.push(value);
        self
    }

    fn into_top(mut self) -> Option<T> {
        self.0.pop()
    }

    fn shared(self: Rc<Self>) -> usize {
        self.0.len()
    }

    /// Left out by itself: it works when it is pulled.
    fn values(&self) -> impl Iterator<Item = T> + '_ {
        self.0.iter().cloned()
    }

    #[not_measured]
    fn left_out(&self) -> usize {
        self.0.len()
    }

    #[profiled("alone")]
    fn named(&self) -> usize {
        self.0.len()
    }

    async fn later(&self, more: usize) -> usize {
        std::future::ready(self.0.len()).await + more
    }
}

trait Area {
    fn area(&self) -> u32;

    #[profiled]
    fn twice(&self) -> u32 {
        2 * self.area()
    }
}

#[profiled]
impl Area for Stack<u32> {
    fn area(&self) -> u32 {
        self.0.iter().sum()
    }
}

#[profiled]
mod inline {
    pub(crate) fn outer(n: u32) -> u32 {
        inner(n) + deep::below(n)
    }

    fn inner(n: u32) -> u32 {
        n + 1
    }

    mod deep {
        pub(super) fn below(n: u32) -> u32 {
            n * 2
        }
    }
}

#[profiled]
async fn awaits(text: String, _unused: Rc<()>) -> Result<usize, std::num::ParseIntError> {
    let number: usize = text.parse()?;
    let more = std::future::ready(number).await;
    Ok(more + text.len())
}

#[profiled(generics)]
async fn awaits_generic<T: Into<u64>>(value: T) -> u64 {
    std::future::ready(value).await.into()
}

/// Notes when it is dropped.
struct Noted<'a>(&'static str, &'a std::cell::RefCell<Vec<&'static str>>);

impl Drop for Noted<'_> {
    fn drop(&mut self) {
        self.1.borrow_mut().push(self.0);
    }
}

#[profiled]
#[expect(clippy::needless_pass_by_value, reason = "they are to be dropped here")]
fn drops(first: Noted<'_>, second: Noted<'_>, _third: Noted<'_>) -> usize {
    let local = Noted("local", first.1);
    second.1.borrow().len() + local.1.borrow().len()
}

#[profiled]
async fn drops_later(first: Noted<'_>, second: Noted<'_>) -> usize {
    let local = std::future::ready(Noted("local", first.1)).await;
    second.1.borrow().len() + local.1.borrow().len()
}

fn ready<T>(future: impl Future<Output = T>) -> T {
    let future = pin!(future);
    match future.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("it was to be ready"),
    }
}

fn is_send<T: Send>(_: &T) {}

#[profiled]
async fn stays_send(n: u32) -> u32 {
    std::future::ready(()).await;
    n
}

#[test]
fn functions_do_what_they_did() {
    assert_eq!(borrows("a,b", "c"), "a");
    assert_eq!(mutates(vec![1, 9], 3), [4, 10]);
    assert_eq!(fallible("7").expect("a number"), 7);
    assert!(fallible("x").is_err() && fallible("0").is_err());
    assert_eq!(opaque(3)(4), 12);
    assert_eq!(boxed("b".to_owned()).to_string(), "b");
    assert!(std::panic::catch_unwind(|| never(3)).is_err());
    assert_eq!(takes_apart((1, 2), [3, 4, 5]), 6);
    assert_eq!(generic::<str, 2>("x"), "\"x\" of 2");
    assert_eq!(with_attributes(), line!());
    assert_eq!(foreign(1), 2);
    assert_eq!(r#match(5), 5);
    assert_eq!(with_temporary(&vec![1, 2].into()), 2);
    assert_eq!(with_scope(5), 3);
}

#[test]
fn blocks_do_what_they_did() {
    let mut stack = Stack(vec![1_u32]);
    stack.push(2).push(3);
    assert_eq!((Stack::<u32>::limit(), Stack::<u32>::EMPTY), (16, 0));
    assert_eq!(stack.values().sum::<u32>(), 6);
    assert_eq!((stack.left_out(), stack.named()), (3, 3));
    assert_eq!((stack.area(), stack.twice()), (6, 12));
    assert_eq!(ready(stack.later(4)), 7);
    assert_eq!(Rc::new(Stack(vec![()])).shared(), 1);
    assert_eq!(stack.into_top(), Some(3));
    assert_eq!(inline::outer(3), 10);
}

#[test]
fn futures_do_what_they_did() {
    assert_eq!(ready(awaits("12".to_owned(), Rc::new(()))), Ok(14));
    assert!(ready(awaits("x".to_owned(), Rc::new(()))).is_err());
    assert_eq!(ready(awaits_generic(7_u8)), 7);
    let future = stays_send(3);
    is_send(&future);
    assert_eq!(ready(future), 3);
}

#[test]
fn parameters_are_dropped_in_the_order_that_they_were() {
    let order = std::cell::RefCell::new(Vec::new());
    let noted = |name| Noted(name, &order);
    drops(noted("first"), noted("second"), noted("third"));
    assert_eq!(order.take(), ["local", "third", "second", "first"]);
    ready(drops_later(noted("first"), noted("second")));
    assert_eq!(order.take(), ["local", "second", "first"]);
}
