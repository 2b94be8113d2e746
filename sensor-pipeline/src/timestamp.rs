//! When a reading was taken, as text.

use smallvec::SmallVec;
use std::fmt;

/// A time as the input wrote it. It is passed on, never compared or calculated with: readings are
/// taken in the order in which they arrive.
///
/// Up to 24 bytes, as in `2013-12-02T21:15:00.000Z`, lie in the timestamp itself; a longer text is
/// allocated. `String` would allocate always. A crate of small strings that keeps their length in
/// a spare byte made the whole pipeline a fifth slower: readings then pass from stage to stage
/// copied in pieces that overlap.
///
/// ```
/// use sensor_pipeline::Timestamp;
///
/// let time = Timestamp::from("2013-12-02 21:15:00");
/// assert_eq!(time.as_str(), "2013-12-02 21:15:00");
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Timestamp(SmallVec<[u8; 24]>);

impl Timestamp {
    /// The text.
    ///
    /// ```
    /// # use sensor_pipeline::Timestamp;
    /// assert_eq!(Timestamp::from("noon, or a little later than that").as_str().len(), 33);
    /// ```
    #[must_use]
    #[expect(
        clippy::missing_panics_doc,
        reason = "a timestamp is made of a str, and of nothing else"
    )]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("it was made of a str")
    }
}

impl From<&str> for Timestamp {
    #[inline]
    fn from(text: &str) -> Self {
        Self(SmallVec::from_slice(text.as_bytes()))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}
