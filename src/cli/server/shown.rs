//! The server's settings as they are shown: what is in force, and where it comes from.

use super::given::{All, Given};
use super::keys::{KEYS, Key, Kind, Unset};
use crate::report::redaction;

/// What stands for a secret.
const MASK: &str = "***";

/// All settings, one a line, as they could stand in the file but for `#`.
pub fn lines(all: &All) -> String {
    let mut text = String::new();
    let mut table = "";
    for key in &KEYS {
        if key.table() != table {
            table = key.table();
            text += &format!("\n# [{table}]\n");
        }
        text += &match (all.given.get(key.path), key.unset) {
            (Some(given), _) => format!(
                "# {} = {}  # {}\n",
                key.name(),
                value(key, given),
                given.place
            ),
            (None, Unset::Follows(words) | Unset::Is(words)) => {
                format!("# {} is not set  # {words}\n", key.name())
            }
        };
    }
    text
}

/// The value as it would stand in the file.
fn value(key: &Key, given: &Given) -> String {
    let one = |text: &String| match key.kind {
        Kind::Secret | Kind::Secrets => MASK.to_owned(),
        Kind::Address => redaction::address(text),
        _ => text.clone(),
    };
    let mut values: Vec<String> = given.values.iter().map(one).collect();
    match values.pop() {
        Some(number) if key.kind == Kind::Number => number,
        Some(last) if key.kind.is_list() => {
            values.push(last);
            json(&values)
        }
        last => json(&last.unwrap_or_default()),
    }
}

/// A text or a list as JSON, which is TOML as well, and stays on its line.
fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
