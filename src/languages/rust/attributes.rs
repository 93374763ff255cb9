//! Attributes of items, as far as they tell how the items are used.

use crate::model::Handler;

/// What the attributes of an item say.
#[derive(Default)]
pub(super) struct Marks {
    /// Runs in tests only.
    pub is_test: bool,
    /// Code that is derived for it writes it out or shows it.
    pub is_written_out: bool,
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
        ) || last == "cfg"
            && (inner.contains("(test)") || inner.contains("(test,"))
            && !inner.contains("not(test)");
        self.is_written_out |= last == "derive"
            && ["Serialize", "Encode", "Hash", "Message"]
                .iter()
                .any(|derived| inner.contains(derived));
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
