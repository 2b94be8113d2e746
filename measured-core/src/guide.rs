//! The guides: the same files as `docs/` in the repository. All their Rust is
//! compiled and run as tests.
//!
//! Each begins with definitions of its links to the others: in Markdown the first
//! definition of a link counts, so that here it leads to a page of rustdoc and in
//! the repository to a file.
//!
//! The code stands by itself, without lines that only rustdoc hides: a guide is
//! read in the repository, too. So it is left to builds with the features it needs.

#[doc = "[Putting it on your functions]: crate::guide::attribute"]
#[doc = "[What a fix would buy]: crate::guide::what_if"]
#[doc = "[What measuring costs]: crate::guide::costs"]
#[doc = "[What the numbers mean]: crate::guide::what_the_numbers_mean"]
#[doc = "[`Measured`]: crate::Measured"]
#[doc = "[`Report`]: crate::Report\n"]
#[doc = include_str!("../docs/getting-started.md")]
#[cfg(any(all(feature = "enable", feature = "json"), not(doctest)))]
pub mod getting_started {}

#[doc = "[What a fix would buy]: crate::guide::what_if"]
#[doc = "[What measuring costs]: crate::guide::costs"]
#[doc = "[`StageReport`]: crate::StageReport\n"]
#[doc = include_str!("../docs/what-the-numbers-mean.md")]
pub mod what_the_numbers_mean {}

#[doc = "[The lecture]: crate::guide::what_the_numbers_mean#words"]
#[doc = "[What the numbers mean]: crate::guide::what_the_numbers_mean"]
#[doc = "[`Report::filter_order`]: crate::Report::filter_order\n"]
#[doc = include_str!("../docs/what-if.md")]
#[cfg(any(feature = "enable", not(doctest)))]
pub mod what_if {}

#[doc = "[reference]: crate::guide::reference_pipeline"]
#[doc = "[what-if]: crate::guide::what_if"]
#[doc = "[doubt]: crate::guide::what_the_numbers_mean#when-not-to-believe-it"]
#[doc = "[lecture]: crate::guide::what_the_numbers_mean#words"]
#[doc = "[running]: crate::guide::reference_pipeline#why-not-simply-a-running-sum\n"]
#[doc = include_str!("../docs/from-a-report-to-a-decision.md")]
pub mod from_a_report_to_a_decision {}

#[doc = "[decision]: crate::guide::from_a_report_to_a_decision"]
#[doc = "[meaning]: crate::guide::what_the_numbers_mean\n"]
#[doc = include_str!("../docs/more-than-one-report.md")]
#[cfg(any(feature = "enable", not(doctest)))]
pub mod more_than_one_report {}

#[doc = include_str!("../docs/attribute.md")]
#[cfg(any(feature = "enable", not(doctest)))]
pub mod attribute {}

#[doc = "[decision]: crate::guide::from_a_report_to_a_decision"]
#[doc = "[lecture]: crate::guide::what_the_numbers_mean#words\n"]
#[doc = include_str!("../docs/reference-pipeline.md")]
#[cfg(any(feature = "enable", not(doctest)))]
pub mod reference_pipeline {}

#[doc = "[What the numbers mean]: crate::guide::what_the_numbers_mean"]
#[doc = "[the reference pipeline]: crate::guide::reference_pipeline"]
#[doc = "[`Report`]: crate::Report\n"]
#[doc = include_str!("../docs/profiling.md")]
#[cfg(any(feature = "profile", not(doctest)))]
pub mod profiling {}

// Its code is all about the allocator.
#[cfg_attr(feature = "alloc", doc = include_str!("../docs/memory.md"))]
#[cfg_attr(not(feature = "alloc"), doc = "Shown with the feature `alloc`.")]
pub mod memory {}

#[doc = "[page]: https://raw.githubusercontent.com/measured-rs/measured/main/docs/the-html-report.png"]
#[doc = "[What the numbers mean]: crate::guide::what_the_numbers_mean"]
#[doc = "[`Report::to_html`]: crate::Report\n"]
#[doc = include_str!("../docs/the-html-report.md")]
#[cfg(any(feature = "html", not(doctest)))]
pub mod the_html_report {}

#[doc = include_str!("../docs/costs.md")]
#[expect(
    clippy::doc_markdown,
    reason = "tables as the instruments print them, other crates' names included"
)]
pub mod costs {}

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
