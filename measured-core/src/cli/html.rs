//! `measured html`.

use super::output::Output;
use super::{Endpoint, Failure, input, refuse_shared};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// A report as JSON
    #[arg(value_name = "FILE|-")]
    file: Endpoint,

    /// Where to write the page
    #[arg(short, long, value_name = "FILE|-", default_value = "-")]
    output: Endpoint,
}

impl Args {
    pub(super) fn run(&self) -> Result<(), Failure> {
        // The page is none that could be read again.
        let (file, output) = (Some(&self.file), Some(&self.output));
        refuse_shared(&[("FILE", file)], &[("--output", output)])?;
        let page = input::report(&self.file)?.to_html();
        Output::to(&self.output)?.text(&page)
    }
}
