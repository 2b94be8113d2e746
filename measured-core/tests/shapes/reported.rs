//! What the report says of a stage besides records in and out.

use std::num::ParseIntError;

use measured_core::{Registry, measured_stage};
