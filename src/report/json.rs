//! JSON: the stable contract, schema 1. Its JSON Schema is `tests/schema/review.schema.json`.

use serde::Serialize;

use super::{TOOL, VERSION};
use crate::review::Review;

/// The version of the contract. It changes when a field changes its meaning or goes; new fields
/// may come at any time.
const SCHEMA: u32 = 1;

#[derive(Serialize)]
struct Envelope<'r> {
    schema: u32,
    tool: Tool,
    #[serde(flatten)]
    review: &'r Review,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

/// One object, on many lines.
pub fn render(review: &Review) -> String {
    let envelope = Envelope {
        schema: SCHEMA,
        tool: Tool {
            name: TOOL,
            version: VERSION,
        },
        review,
    };
    // A review holds nothing that JSON cannot say: strings, numbers and lists.
    let mut text = serde_json::to_string_pretty(&envelope).unwrap_or_default();
    text.push('\n');
    text
}
