//! Several counters of one struct that nobody reads: one fault, said once.

use super::Counter;
use crate::model::{NamedId, Program, VariableKind};
use crate::rules::Confidence;
use crate::source::FileId;

/// From how many counters of a struct on they are said in one.
const SEVERAL: usize = 3;

/// Puts together what is counted up in one file and lies in one struct, in the order of
/// its fields, so that no function which moves makes another one of it. Each group begins with the
/// one that is said.
pub(super) fn grouped(program: &Program, counters: Vec<Counter>) -> Vec<Vec<Counter>> {
    let mut keys: Vec<Option<(NamedId, FileId)>> = Vec::new();
    let mut groups: Vec<Vec<Counter>> = Vec::new();
    for counter in counters {
        let key = match program.variable(counter.variable).kind {
            // What is worth a look at most is so for a reason of its own.
            VariableKind::Field(owner) if counter.confidence > Confidence::Low => {
                let file = program.span(counter.ups[0]).file;
                Some((owner, file))
            }
            _ => None,
        };
        // Fields of a struct follow each other.
        match groups.last_mut() {
            Some(group) if key.is_some() && keys.last() == Some(&key) => group.push(counter),
            _ => {
                keys.push(key);
                groups.push(vec![counter]);
            }
        }
    }
    groups
        .into_iter()
        .flat_map(|group| match group.len() < SEVERAL {
            true => group.into_iter().map(|counter| vec![counter]).collect(),
            false => vec![group],
        })
        .collect()
}
