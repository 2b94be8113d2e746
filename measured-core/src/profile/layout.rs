//! A profile as others keep it: its functions with their figures, and the calls that
//! these are made of.

use super::stats::{Call, Calls, FunctionStats, Place, ProfileStats};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

/// The version of the layout.
pub(super) const SCHEMA: u32 = 1;

#[derive(Serialize, Deserialize)]
#[serde(expecting = "an object")]
struct Layout {
    schema: u32,
    wall_ns: u64,
    threads: u64,
    instrumentation_ns: u64,
    unplaced_calls: u64,
    /// Their figures are for other programs: we read the calls.
    functions: Vec<FunctionStats>,
    calls: Vec<Call>,
}

impl Serialize for ProfileStats {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let layout = Layout {
            schema: SCHEMA,
            wall_ns: self.wall_ns,
            threads: self.threads,
            instrumentation_ns: self.instrumentation_ns,
            unplaced_calls: self.unplaced_calls,
            functions: self.functions_by_place(),
            calls: self.calls.clone(),
        };
        layout.serialize(to)
    }
}

impl<'de> Deserialize<'de> for ProfileStats {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<ProfileStats, D::Error> {
        let layout = Layout::deserialize(from)?;
        let places: Vec<Place> = layout.functions.into_iter().map(Place::of).collect();
        Ok(ProfileStats {
            wall_ns: layout.wall_ns,
            threads: layout.threads,
            instrumentation_ns: layout.instrumentation_ns,
            unplaced_calls: layout.unplaced_calls,
            ..checked(&layout.calls, &places).map_err(D::Error::custom)?
        })
    }
}

/// The calls of these functions, if they can be those of a profile.
fn checked(calls: &[Call], places: &[Place]) -> Result<ProfileStats, String> {
    let mut gathered = Calls::default();
    let mut here: Vec<usize> = Vec::new();
    for (at, call) in calls.iter().enumerate() {
        let Some(place) = places.get(call.function) else {
            let (function, functions) = (call.function, places.len());
            return Err(format!(
                "calls[{at}] is of function {function}, and there are {functions}"
            ));
        };
        let parent = match call.parent {
            Some(parent) => Some(*here.get(parent).ok_or_else(|| {
                format!("calls[{at}] has the parent {parent}, which does not stand before it")
            })?),
            None => None,
        };
        let (all, recursive) = (call.calls, call.recursive_calls);
        if recursive > all {
            return Err(format!(
                "calls[{at}] has {recursive} recursive calls of {all} calls"
            ));
        }
        here.push(gathered.add(parent, place.clone(), all, recursive, call.self_ns));
    }
    Ok(gathered.in_order())
}
