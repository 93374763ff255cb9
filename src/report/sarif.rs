//! SARIF 2.1.0 for code-scanning services: every class as a rule with its whole page as help.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use serde_sarif::sarif::{
    ArtifactChange, ArtifactContent, ArtifactLocation, Fix, Invocation, Location, Message,
    MultiformatMessageString, Notification, PhysicalLocation, PropertyBag, Region, Replacement,
    ReportingConfiguration, ReportingDescriptor, Result as Finding, ResultLevel, Run, Sarif, Tool,
    ToolComponent,
};

use super::plain::{self, sentence};
use super::{Look, TOOL, VERSION, page};
use crate::review::outcome::{Confidence, Place, Remark, Skipped, State, Suggestion};
use crate::review::{HELP_BASE, Review};
use crate::rules::{self, Rule};

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
/// Names the recipe of the fingerprint, so that a better one can stand beside it some day.
const FINGERPRINT: &str = "highwater/v1";

/// One run. What a change fixes is left out: a result that is gone is no result.
pub fn render(review: &Review) -> String {
    let remarks: Vec<&Remark> = review
        .findings
        .iter()
        .filter(|remark| remark.state != Some(State::Fixed))
        .collect();
    let mut descriptors: Vec<ReportingDescriptor> =
        rules::ALL.iter().map(|rule| descriptor(rule)).collect();
    if let Some(remark) = remarks
        .iter()
        .find(|remark| rules::by_name(&remark.code).is_none())
    {
        descriptors.push(of_remark(remark));
    }
    let results: Vec<Finding> = remarks
        .iter()
        .map(|remark| result(remark, &descriptors))
        .collect();
    let driver = ToolComponent::builder()
        .name(TOOL)
        .version(VERSION)
        .semantic_version(VERSION)
        .information_uri(HELP_BASE)
        .rules(descriptors)
        .build();
    let invocation = Invocation::builder()
        .execution_successful(true)
        .tool_execution_notifications(review.skipped.iter().map(notification).collect::<Vec<_>>())
        .build();
    let run = Run::builder()
        .tool(Tool::builder().driver(driver).build())
        .column_kind(json!("unicodeCodePoints"))
        .invocations(vec![invocation])
        .results(results)
        .build();
    let log = Sarif::builder()
        .schema(SCHEMA)
        .version(json!("2.1.0"))
        .runs(vec![run])
        .build();
    let mut text = serde_json::to_string_pretty(&log).unwrap_or_default();
    text.push('\n');
    text
}

fn descriptor(rule: &Rule) -> ReportingDescriptor {
    let level = ReportingConfiguration::builder()
        .level(json!("warning"))
        .build();
    let mut tags = vec![
        "backpressure".to_owned(),
        "concurrency".to_owned(),
        rule.seam.name().to_owned(),
    ];
    tags.extend(
        rule.questions
            .iter()
            .chain(rule.checklist)
            .map(|id| (*id).to_owned()),
    );
    ReportingDescriptor::builder()
        .id(rule.code)
        .name(rule.slug)
        .short_description(words(&sentence(rule.summary)))
        .full_description(words(page::introduction(rule.page)))
        .help(
            MultiformatMessageString::builder()
                .text(page::render(rule.page, Look::default()))
                .markdown(rule.page)
                .build(),
        )
        .help_uri(format!("{HELP_BASE}/bugs/{}-{}", rule.code, rule.slug))
        .default_configuration(level)
        .properties(PropertyBag::builder().tags(tags).build())
        .build()
}

/// What stands for a rule when the finding is about an allow comment.
fn of_remark(remark: &Remark) -> ReportingDescriptor {
    ReportingDescriptor::builder()
        .id(remark.code.as_str())
        .name(remark.slug.as_str())
        .short_description(words(&sentence(&remark.title)))
        .help(words("An allow comment names the class and says why: `//highwater:allow BP06 the queue is drained by the test`."))
        .build()
}

fn result(remark: &Remark, descriptors: &[ReportingDescriptor]) -> Finding {
    let level = match remark.confidence {
        Confidence::High => ResultLevel::Error,
        Confidence::Medium => ResultLevel::Warning,
        Confidence::Low => ResultLevel::Note,
    };
    let text = [
        sentence(&remark.message),
        remark.why.clone(),
        remark.fix.clone(),
    ];
    let text: Vec<String> = text.into_iter().filter(|part| !part.is_empty()).collect();
    let related: Vec<Location> = remark
        .related
        .iter()
        .zip(1..)
        .map(|(place, id)| related(place, id))
        .collect();
    let more: BTreeMap<String, Value> = [
        ("confidence", json!(remark.confidence.name())),
        ("questions", json!(remark.questions)),
        ("checklist", json!(remark.checklist)),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect();
    let mut result = Finding::builder()
        .rule_id(remark.code.as_str())
        .level(level)
        .message(Message::builder().text(text.join(" ")).build())
        .locations(vec![location(remark)])
        .related_locations(related)
        .partial_fingerprints(BTreeMap::from([(
            FINGERPRINT.to_owned(),
            remark.fingerprint.clone(),
        )]))
        .properties(PropertyBag::builder().additional_properties(more).build())
        .build();
    let index = descriptors.iter().position(|rule| rule.id == remark.code);
    result.rule_index = index.and_then(|index| i64::try_from(index).ok());
    result.baseline_state = remark.state.map(|state| match state {
        State::Introduced => json!("new"),
        State::Preexisting => json!("unchanged"),
        State::Fixed => json!("absent"),
    });
    result.fixes = remark
        .suggestion
        .as_ref()
        .map(|suggestion| vec![fix(remark, suggestion)]);
    result
}

fn location(remark: &Remark) -> Location {
    let first = remark.excerpt.first().map_or("", String::as_str);
    let last = remark
        .excerpt
        .get((remark.end_line - remark.line) as usize)
        .map_or("", String::as_str);
    let (start, mut end) = (
        plain::char_column(first, remark.column),
        plain::char_column(last, remark.end_column),
    );
    if remark.end_line == remark.line {
        end = end.max(start);
    }
    let mut region = Region::builder()
        .start_line(i64::from(remark.line))
        .start_column(i64::from(start))
        .end_line(i64::from(remark.end_line))
        .end_column(i64::from(end))
        .build();
    if !remark.excerpt.is_empty() {
        let text = remark.excerpt.join("\n");
        region.snippet = Some(ArtifactContent::builder().text(text).build());
    }
    place_of(&remark.path, region)
}

fn related(place: &Place, id: i64) -> Location {
    let (start, end) = (
        plain::char_column(&place.excerpt, place.column),
        plain::char_column(&place.excerpt, place.end_column),
    );
    let region = Region::builder()
        .start_line(i64::from(place.line))
        .start_column(i64::from(start))
        .end_column(i64::from(end.max(start)))
        .build();
    let mut location = place_of(&place.path, region);
    location.id = Some(id);
    location.message = Some(Message::builder().text(place.label.as_str()).build());
    location
}

fn place_of(path: &str, region: Region) -> Location {
    let place = PhysicalLocation::builder()
        .artifact_location(artifact(path))
        .region(region)
        .build();
    Location::builder().physical_location(place).build()
}

fn artifact(path: &str) -> ArtifactLocation {
    ArtifactLocation::builder().uri(uri(path)).build()
}

fn fix(remark: &Remark, suggestion: &Suggestion) -> Fix {
    let replacement = if suggestion.replacement.is_empty() {
        String::new()
    } else {
        format!("{}\n", suggestion.replacement)
    };
    // Whole lines with their ends, up to the start of the next line.
    let region = Region::builder()
        .start_line(i64::from(suggestion.start_line))
        .start_column(1)
        .end_line(i64::from(suggestion.end_line) + 1)
        .end_column(1)
        .build();
    let replacement = Replacement::builder()
        .deleted_region(region)
        .inserted_content(ArtifactContent::builder().text(replacement).build())
        .build();
    let change = ArtifactChange::builder()
        .artifact_location(artifact(&remark.path))
        .replacements(vec![replacement])
        .build();
    Fix::builder()
        .description(Message::builder().text(remark.fix.as_str()).build())
        .artifact_changes(vec![change])
        .build()
}

fn notification(skipped: &Skipped) -> Notification {
    let place = PhysicalLocation::builder()
        .artifact_location(artifact(&skipped.path))
        .build();
    Notification::builder()
        .level(json!("note"))
        .message(
            Message::builder()
                .text(format!("skipped {}: {}", skipped.path, skipped.reason))
                .build(),
        )
        .locations(vec![Location::builder().physical_location(place).build()])
        .build()
}

fn words(text: &str) -> MultiformatMessageString {
    MultiformatMessageString::builder().text(text).build()
}

/// A path as a relative URI reference: everything that a URI could mean something by is encoded.
fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    if path.starts_with('/') {
        format!("file://{uri}")
    } else {
        uri
    }
}

#[cfg(test)]
mod tests {
    use super::uri;

    #[test]
    fn paths_become_uris() {
        assert_eq!(uri("a b/c#1?.go"), "a%20b/c%231%3F.go");
        assert_eq!(uri("ü:x.go"), "%C3%BC%3Ax.go");
        assert_eq!(uri("/src/a.go"), "file:///src/a.go");
    }
}
