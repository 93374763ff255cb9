//! `explain`, `rules` and `config`: what the tool knows, and what is set.

use anyhow::bail;

use super::args::Config;
use super::{settings, terminal};
use crate::report::plain::printable;
use crate::report::{Look, page};
use crate::review::{allow, config};
use crate::rules;

/// What a finding about an allow comment is about.
const ALLOW: &str = "# BP00 allow comments

A comment on the line of a finding, or on the line above, dismisses it:

```go
jobs <- j //highwater:allow BP06 the queue is as long as the list
```

It names the class, by code or slug, and then says why. Several classes stand apart by commas. A \
comment that names no class, or gives no reason, is itself reported, since whoever reads it next \
cannot tell a decision from an oversight.
";

/// Prints the page of a bug class.
pub fn explain(name: &str, look: Look) -> anyhow::Result<()> {
    if name.trim().eq_ignore_ascii_case(allow::CODE) {
        return terminal::print(&page::render(ALLOW, look));
    }
    let Some(rule) = rules::by_name(name.trim()) else {
        let known = rules::ALL.iter().flat_map(|rule| [rule.code, rule.slug]);
        let near = config::nearest(name, known);
        let near = near.map_or(String::new(), |near| format!(" Did you mean `{near}`?"));
        bail!(
            "there is no bug class `{}`.{near} `highwater rules` lists all",
            printable(name)
        );
    };
    let facts: Vec<String> = [
        format!("level {}", rule.level.name()),
        format!("seam {}", rule.seam.name()),
        rule.questions.join(" "),
        rule.checklist.join(" "),
    ]
    .into_iter()
    .filter(|fact| !fact.is_empty())
    .collect();
    let text = page::render(rule.page, look);
    terminal::print(&format!("{text}\n({})\n", facts.join(", ")))
}

/// Prints all bug classes, one a line.
pub fn list(look: Look) -> anyhow::Result<()> {
    let widest = rules::ALL
        .iter()
        .map(|rule| rule.slug.len())
        .max()
        .unwrap_or(0);
    let mut text = String::new();
    for rule in rules::ALL {
        let (on, off) = if look.styled {
            ("\u{1b}[1m", "\u{1b}[0m")
        } else {
            ("", "")
        };
        text += &format!(
            "{on}{}{off}  {:widest$}  {}\n",
            rule.code, rule.slug, rule.summary
        );
    }
    terminal::print(&text)
}

/// Prints the settings in force, as they could stand in the file, and where each comes from.
pub fn settings(config: &Config) -> anyhow::Result<()> {
    if !config.path.exists() {
        bail!("{}: no such file or directory", config.path.display());
    }
    let force = settings::load(&config.choice, std::slice::from_ref(&config.path))?;
    let mut text = String::new();
    for entry in force.settings.entries() {
        text += &format!("# {}\n", entry.meaning);
        text += &match entry.value {
            Some(value) => format!("{} = {value}  # {}\n\n", entry.key, entry.origin),
            None => format!("# {} is not set  # {}\n\n", entry.key, entry.origin),
        };
    }
    text += "# Budgets per file, set on the command line\n";
    let choice = &config.choice;
    let seconds = force.limits.time.as_secs_f64();
    for (flag, value, is_set) in [
        (
            "--limit-bytes",
            force.limits.bytes.to_string(),
            choice.limit_bytes.is_some(),
        ),
        (
            "--limit-nodes",
            force.limits.nodes.to_string(),
            choice.limit_nodes.is_some(),
        ),
        (
            "--limit-seconds",
            seconds.to_string(),
            choice.limit_seconds.is_some(),
        ),
    ] {
        let origin = if is_set { flag } else { "default" };
        text += &format!("# {flag} {value}  # {origin}\n");
    }
    #[cfg(feature = "server")]
    {
        text +=
            "\n# What `highwater serve` runs with, from the environment and its --config FILE\n";
        text += &super::server::in_force(config.server.as_deref())?;
    }
    terminal::print(&text)
}
