//! A report as a page: what is in it, and what a browser makes of it.
#![cfg(all(feature = "enable", feature = "html"))]

mod browser;
mod fixture;
mod in_a_browser;
mod markup;
