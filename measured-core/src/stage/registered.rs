//! The stages that are linked into the program, whether anybody ever calls them or not.

use super::site::Site;
use crate::registry::{Registry, Stage};
use crate::site_id::SiteId;
use crate::timing::Timing;
use std::collections::HashSet;
use std::sync::Arc;

/// A site that the attribute hands in where it stands: the program's start collects them.
#[derive(Debug)]
pub struct Registered(pub &'static Site);

inventory::collect!(Registered);

/// The stages of the program that are not among these, in the order of the source.
///
/// None for other registries than the process's, which nobody expects to have all
/// stages, and none where stages run without being measured.
pub(crate) fn never_run(registry: &Registry, stages: &[Arc<Stage>]) -> Vec<SiteId> {
    if !registry.is_global() || registry.timing() == Timing::Off {
        return Vec::new();
    }
    let mut known: HashSet<SiteId> = stages.iter().map(|stage| stage.site).collect();
    let mut missing: Vec<SiteId> = registered().filter(|site| known.insert(*site)).collect();
    missing.sort_unstable_by_key(|site| (site.file, site.line, site.name));
    missing
}

fn registered() -> impl Iterator<Item = SiteId> {
    inventory::iter::<Registered>
        .into_iter()
        .map(|registered| registered.0.id)
}
