//! Attributes of items, as far as they tell how the items are used.

use super::Lowering;
use crate::model::{Handler, NamedId};

/// What the attributes of an item say.
#[derive(Default)]
pub(super) struct Marks {
    /// Runs in tests only.
    pub is_test: bool,
    /// Code that is derived for it writes it out, or hands its numbers to who collects metrics.
    pub is_written_out: bool,
    /// Values of it can be copied with all that they hold.
    pub is_copyable: bool,
    /// Printing it for whoever looks for bugs shows all that it holds.
    pub is_shown: bool,
    /// What it handles, where a framework routes to it.
    pub handler: Option<Handler>,
}

impl Marks {
    /// Takes in one more attribute.
    pub fn read(&mut self, attribute: &str) {
        let inner = attribute.trim_start_matches("#[").trim_end_matches(']');
        let name = inner.split(['(', ' ', '=']).next().unwrap_or(inner);
        let last = name.rsplit("::").next().unwrap_or(name);
        self.is_test |= matches!(
            last,
            "test" | "bench" | "rstest" | "test_case" | "quickcheck"
        ) || last == "cfg" && is_for_tests(inner);
        self.is_written_out |= last == "derive"
            && ["Serialize", "Encode", "Hash", "Message", "Metric"]
                .iter()
                .any(|derived| inner.contains(derived));
        self.is_copyable |= last.ends_with("derive") && inner.contains("Clone");
        self.is_shown |= last.ends_with("derive") && inner.contains("Debug");
        let takes_path = inner.contains("(\"") || inner.contains("( \"");
        let is_route = matches!(
            last,
            "get" | "post" | "put" | "patch" | "delete" | "head" | "options" | "route"
        );
        if is_route && takes_path || last == "handler" && inner == name {
            self.handler = Some(Handler::Request);
        }
    }
}

impl Lowering<'_> {
    /// What a type's attributes tell of its values.
    pub(super) fn note_marks(&mut self, named: NamedId, marks: &Marks) {
        if marks.is_written_out {
            self.open_fields(named);
        }
        if marks.is_copyable {
            self.builder.program.alone.copyable.insert(named);
        }
        if marks.is_shown {
            self.builder.program.shown_whole.insert(named);
        }
    }
}

/// Whether a condition, or what stands after it, is there in tests only: it asks for `test`, or for
/// a feature of that name, other than to be rid of it.
fn is_for_tests(condition: &str) -> bool {
    let is_end = |c: char| !c.is_alphanumeric() && !matches!(c, '_' | '-');
    let mut rest = condition;
    while let Some(at) = rest.find("test") {
        let (before, after) = (&rest[..at], &rest[at + 4..]);
        let is_whole = before.ends_with(['(', ' ', ',']) && after.starts_with(is_end);
        let is_feature = before.ends_with('"');
        let is_denied = before.ends_with("not(") || before.ends_with("not(feature = \"");
        if (is_whole || is_feature) && !is_denied {
            return true;
        }
        rest = after;
    }
    false
}

/// Whether an attribute at the head of a file, as it is written, leaves the file to tests.
pub(super) fn leaves_to_tests(attribute: &str) -> bool {
    let inner = attribute.trim_start_matches("#!").trim_start_matches('[');
    inner.starts_with("cfg") && is_for_tests(inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_that_ask_for_tests() {
        for condition in [
            "cfg(test)",
            "cfg(any(test, fuzzing))",
            "cfg(all(unix, test))",
            "cfg(feature = \"test-utils\")",
        ] {
            assert!(is_for_tests(condition), "{condition}");
        }
        for condition in [
            "cfg(not(test))",
            "cfg(unix)",
            "cfg(feature = \"latest\")",
            "cfg(not(feature = \"testing\"))",
            "cfg(contest)",
        ] {
            assert!(!is_for_tests(condition), "{condition}");
        }
        assert!(leaves_to_tests("#![cfg(test)]"));
        assert!(!leaves_to_tests("#![cfg(not(test))]"));
        assert!(!leaves_to_tests("#![allow(clippy::test)]"));
    }
}
