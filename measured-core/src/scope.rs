//! The part of a function that is profiled on its own: the macro behind
//! [`profile::scope!`](crate::profile::scope).

/// Profiles the rest of the block that it stands in, under a name.
///
/// ```
/// use measured_core::profile;
///
/// fn load(text: &str) -> Vec<u32> {
///     let rows = {
///         profile::scope!("split");
///         text.split(',')
///     };
///     profile::scope!("parse");
///     rows.filter_map(|cell| cell.parse().ok()).collect()
/// }
///
/// assert_eq!(load("1,x,2"), [1, 2]);
/// ```
///
/// What it names ends with the block, in whatever way that is left. In an `async`
/// block it must end before the next `.await`: what it leaves behind is of one thread.
///
/// Without the features `profile` and `alloc` it is nothing.
#[cfg(any(feature = "profile", feature = "alloc"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __scope {
    ($name:literal $(,)?) => {
        let _scope = {
            static SCOPE: $crate::private::Function = $crate::private::Function::new(
                $name,
                $crate::private::module_path!(),
                $crate::private::file!(),
                $crate::private::line!(),
            );
            SCOPE.enter()
        };
    };
    ($($other:tt)*) => {
        $crate::__no_scope!()
    };
}

/// Does nothing: neither of the features `profile` and `alloc` is on.
#[cfg(not(any(feature = "profile", feature = "alloc")))]
#[doc(hidden)]
#[macro_export]
macro_rules! __scope {
    ($name:literal $(,)?) => {};
    ($($other:tt)*) => {
        $crate::__no_scope!()
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __no_scope {
    () => {
        compile_error!("a scope has its name in quotes and nothing else: `scope!(\"parse\")`")
    };
}
