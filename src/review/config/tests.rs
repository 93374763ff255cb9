//! What settings mean, and what is said of those that mean nothing.

use super::*;

fn errors(text: &str) -> Vec<String> {
    match Settings::parse(FILE_NAME, text) {
        Ok(_) => Vec::new(),
        Err(errors) => errors.iter().map(ToString::to_string).collect(),
    }
}

#[test]
fn everything_can_be_set_and_tells_where() {
    let text = "buffer_limit = 1_000\nslo_ms = 200\njob_ms = 1.5\ndisabled = [\"bp07\", \"naive-retry\"]\n# ours\nmin_confidence = \"low\"\nskip = [\"gen\", \"/api/*.go\"]\n";
    let settings = Settings::parse(FILE_NAME, text).unwrap();
    let shown: Vec<String> = settings
        .entries()
        .into_iter()
        .map(|entry| {
            format!(
                "{}={} {}",
                entry.key,
                entry.value.unwrap_or_default(),
                entry.origin
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            "buffer_limit=1000 .highwater.toml:1",
            "slo_ms=200 .highwater.toml:2",
            "job_ms=1.5 .highwater.toml:3",
            "disabled=[\"BP07\", \"BP11\"] .highwater.toml:4",
            "min_confidence=\"low\" .highwater.toml:6",
            "skip=[\"gen\", \"/api/*.go\"] .highwater.toml:7",
        ]
    );
    let mut unset = Settings::parse(FILE_NAME, "").unwrap();
    assert!(
        unset
            .entries()
            .iter()
            .all(|entry| entry.origin == Origin::Default)
    );
    unset.set_min_confidence(Confidence::High, "--min-confidence");
    assert_eq!(unset.entries()[4].origin.to_string(), "--min-confidence");
}

#[test]
fn what_is_wrong_is_named_with_its_line() {
    for (text, expected) in [
        (
            "\nbufer_limit = 1",
            ".highwater.toml:2: unknown key `bufer_limit`; did you mean `buffer_limit`?",
        ),
        (
            "[thresholds]\nslo_ms = 1",
            ".highwater.toml:1: unknown key `thresholds`; settings stand at the top, in no table",
        ),
        (
            "color = 1",
            ".highwater.toml:1: unknown key `color`; known are buffer_limit, slo_ms, job_ms, disabled, min_confidence, skip",
        ),
        (
            "buffer_limit = 0",
            ".highwater.toml:1: `buffer_limit` must be a whole number above 0",
        ),
        (
            "slo_ms = inf",
            ".highwater.toml:1: `slo_ms` must be a number of milliseconds above 0",
        ),
        (
            "min_confidence = \"sure\"",
            ".highwater.toml:1: `min_confidence` must be \"high\", \"medium\" or \"low\"",
        ),
        (
            "disabled = [\n\"BP07\",\n\"naive-retries\"]",
            ".highwater.toml:3: `disabled` names no bug class: `naive-retries`; did you mean `naive-retry`?",
        ),
        (
            "skip = \"gen\"",
            ".highwater.toml:1: `skip` must be a list of globs",
        ),
        (
            "skip = [\"a[\"]",
            ".highwater.toml:1: `skip` has a glob that is none: unclosed character class; missing ']'",
        ),
    ] {
        assert_eq!(errors(text), [expected], "{text}");
    }
    assert_eq!(errors("a = 1\nb = 2").len(), 2);
    assert!(errors("slo_ms = ")[0].starts_with(".highwater.toml:1: "));
}

#[test]
fn globs_work_as_in_gitignore() {
    let settings = Settings::parse(
        FILE_NAME,
        "skip = [\"gen\", \"*_mock.go\", \"api/*.go\", \"/top.go\"]",
    )
    .unwrap();
    for (path, expected) in [
        ("gen/a.go", Some("gen")),
        ("x/gen/y/a.go", Some("gen")),
        ("x/generic/a.go", None),
        ("x/a_mock.go", Some("*_mock.go")),
        ("api/a.go", Some("api/*.go")),
        ("api/v1/a.go", None),
        ("top.go", Some("/top.go")),
        ("x/top.go", None),
    ] {
        assert_eq!(settings.skips(path), expected, "{path}");
    }
}

#[test]
fn hostile_texts_give_an_answer() {
    let deep = format!("skip = {}", "[".repeat(50_000));
    let alternatives = format!("skip = [\"{}\"]", "{a,b}".repeat(50));
    let nested = format!("skip = [\"{}\"]", "{".repeat(200));
    let large = "#".repeat(SIZE_LIMIT + 1);
    for text in [
        &deep,
        &alternatives,
        &nested,
        &large,
        "\0",
        "= = =",
        "a.b.c = 1",
        "slo_ms = 9e999",
    ] {
        let _ = Settings::parse(FILE_NAME, text);
    }
    assert_eq!(errors(&large).len(), 1);
}
