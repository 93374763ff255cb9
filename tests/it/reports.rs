//! What is printed: the two machine formats hold their schemas, and the others are what people
//! and GitHub read.

use highwater::report::{self, Format, Look};
use highwater::review::Review;
use serde_json::{Value, json};

use crate::world::{HUGE, SMALL, World, assert_valid, check};

/// A finding with related places, a suggestion or not, and characters of more than one byte.
const ABANDONED: &str = "package p\n\nfunc first(ask func() int) int {\n\tch := make(chan int)\n\tgo func() { /* ä */ ch <- ask() }()\n\tselect {\n\tcase v := <-ch:\n\t\treturn v\n\tdefault:\n\t\treturn 0\n\t}\n}\n";

/// A huge buffer that is no other one moved.
const FRESH: &str =
    "package p\n\nfunc start() chan string {\n\treturn make(chan string, 500000)\n}\n";

#[test]
fn json_holds_its_schema() {
    for code in [
        ABANDONED,
        HUGE,
        SMALL,
        "",
        "\0\u{feff}func {",
        "//highwater:allow BP02\nvar c = make(chan int, 100000)\n",
    ] {
        let said = check(code, &["--format", "json", "--min-confidence", "low"]);
        let review = said.json();
        assert_valid("review.schema.json", &review);
        assert_eq!(review["tool"]["version"], env!("CARGO_PKG_VERSION"));
    }
    let fields = check(HUGE, &["--format", "json"]).json();
    let names: Vec<&String> = fields.as_object().unwrap().keys().collect();
    assert_eq!(
        names,
        [
            "schema",
            "tool",
            "summary",
            "findings",
            "smell",
            "checklist",
            "skipped"
        ]
    );
}

#[test]
fn json_of_a_change_holds_its_schema() {
    let world = World::repository(&[("p/a.go", HUGE), ("p/b.go", SMALL)]);
    world.write("p/a.go", SMALL);
    world.write("p/b.go", FRESH);
    let said = world.run(&["review", "--format", "json"]);
    let review = said.json();
    assert_valid("review.schema.json", &review);
    assert_eq!(review["summary"]["introduced"], 1);
    assert_eq!(review["summary"]["fixed"], 1);
    assert_eq!(review["summary"]["preexisting"], 0);
}

#[test]
fn the_smell_check_and_the_checklist_stay_whole() {
    let all = check(ABANDONED, &["--format", "json", "--min-confidence", "low"]).json();
    let high = check(
        &ABANDONED.replace("case v := <-ch:", "case v, _ := <-ch:"),
        &["--format", "json", "--min-confidence", "high"],
    )
    .json();
    for review in [all, high] {
        assert_eq!(review["smell"].as_array().unwrap().len(), 5);
        assert_eq!(review["checklist"].as_array().unwrap().len(), 11);
    }
}

#[test]
fn sarif_holds_the_standard_and_is_filled() {
    for code in [ABANDONED, HUGE, SMALL, "", "//highwater:allow\nvar c int\n"] {
        let log = check(code, &["--format", "sarif", "--min-confidence", "low"]).json();
        assert_valid("sarif-2.1.0.schema.json", &log);
    }
    let log = check(ABANDONED, &["--format", "sarif"]).json();
    let run = &log["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    assert_eq!(rules.len(), 23);
    for rule in rules {
        let help = &rule["help"];
        assert!(
            help["markdown"].as_str().unwrap().contains("## The fix"),
            "{}",
            rule["id"]
        );
        assert!(
            help["text"].as_str().unwrap().len() > 1000,
            "{}",
            rule["id"]
        );
        assert!(
            rule["helpUri"]
                .as_str()
                .unwrap()
                .contains(rule["id"].as_str().unwrap())
        );
    }
    let result = &run["results"][0];
    assert_eq!(result["ruleId"], "BP22");
    assert_eq!(
        rules[usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap()]["id"],
        "BP22"
    );
    assert_eq!(result["level"], "error");
    assert!(
        !result["partialFingerprints"]["highwater/v1"]
            .as_str()
            .unwrap()
            .is_empty()
    );
    assert!(result["relatedLocations"].as_array().unwrap().len() >= 2);
    // Columns count characters here: the `ä` before the send is one.
    let region = &result["locations"][0]["physicalLocation"]["region"];
    assert_eq!(region["startColumn"], json!(22));
}

#[test]
fn sarif_tells_new_from_old_and_leaves_out_what_is_gone() {
    let world = World::repository(&[
        ("p/a.go", HUGE),
        ("p/b.go", "package p\n\nvar done = make(chan int, 200000)\n"),
    ]);
    world.write("p/a.go", SMALL);
    world.write("p/c.go", FRESH);
    let log = world.run(&["review", "--format", "sarif"]).json();
    assert_valid("sarif-2.1.0.schema.json", &log);
    let results = log["runs"][0]["results"].as_array().unwrap();
    let states: Vec<&Value> = results
        .iter()
        .map(|result| &result["baselineState"])
        .collect();
    assert_eq!(states, ["unchanged", "new"]);
}

#[test]
fn sarif_names_what_was_skipped() {
    let world = World::new(&[("vendor/x/a.go", HUGE), ("a b/c.go", HUGE)]);
    let log = world.run(&["check", "--format", "sarif"]).json();
    assert_valid("sarif-2.1.0.schema.json", &log);
    let run = &log["runs"][0];
    let said = run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"]
        .as_str()
        .unwrap();
    assert!(said.contains("vendored code"), "{said}");
    let place = &run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
    assert_eq!(place, "a%20b/c.go");
}

#[test]
fn text_shows_the_place_the_reason_and_the_remedy() {
    let said = check(ABANDONED, &[]);
    let head: String = said
        .out
        .lines()
        .take(13)
        .map(|line| format!("{line}\n"))
        .collect();
    insta::assert_snapshot!(head, @r"
    high[BP22]: `ch` has no room, and `first` can leave before it has received this send
      --> <stdin>:5:22
       |
     4 |     ch := make(chan int)
       |           -------------- made here without room
     5 |     go func() { /* ä */ ch <- ask() }()
       |                         ^^^^^^^^^^^
    ...
     9 |     default:
       |     -------- the receiver may go on here without `ch`
    10 |         return 0
       |         -------- and leaves here
       |
    ");
    assert!(said.out.contains("= note: "), "{}", said.out);
    assert!(said.out.contains("highwater explain BP22"), "{}", said.out);
    assert!(
        said.out
            .ends_with("1 finding (1 high) in 12 lines of 1 file\n"),
        "{}",
        said.out
    );
}

#[test]
fn annotations_are_one_command_a_line() {
    let world = World::new(&[("dir, with: odd%/a.go", HUGE)]);
    let said = world.run(&["check", "--format", "github"]);
    let lines: Vec<&str> = said.out.lines().collect();
    assert_eq!(lines.len(), 1, "{}", said.out);
    assert!(
        lines[0].starts_with(
            "::error file=dir%2C with%3A odd%25/a.go,line=3,endLine=3,col=12,endColumn="
        ),
        "{}",
        lines[0]
    );
    assert!(
        lines[0].contains(",title=BP02 huge-channel-buffer (high confidence)::"),
        "{}",
        lines[0]
    );
    assert!(lines[0].contains("%0A"), "{}", lines[0]);
}

#[test]
fn markdown_has_findings_questions_and_checklist() {
    let said = check(HUGE, &["--format", "markdown"]);
    for part in [
        "#### BP02 huge-channel-buffer (high confidence)",
        "`<stdin>:3:12`",
        "```go\nvar jobs = make(chan int, 100000)\n```",
        "### The five questions",
        "| Q1 |",
        "### The checklist",
        "| C2 |",
        "**flagged**",
    ] {
        assert!(said.out.contains(part), "{part} in {}", said.out);
    }
    assert!(
        !check(SMALL, &["--format", "markdown"])
            .out
            .contains("### Findings")
    );
}

#[test]
fn code_cannot_break_out_of_markdown() {
    let hostile = "package p\n\n// ``` @everyone fixes #1 <!-- hw -->\nvar jobs = make(chan int, 100000) // ```` @everyone\n";
    let out = check(
        hostile,
        &["--format", "markdown", "--min-confidence", "low"],
    )
    .out;
    let outside: String = {
        let mut fence = String::new();
        let mut kept = String::new();
        for line in out.lines() {
            let ticks: String = line.chars().take_while(|&c| c == '`').collect();
            if fence.is_empty() && ticks.len() >= 3 {
                fence = ticks;
            } else if !fence.is_empty() && line == fence {
                fence.clear();
            } else if fence.is_empty() {
                kept.push_str(line);
                kept.push('\n');
            }
        }
        assert!(fence.is_empty(), "every fence is closed: {out}");
        kept
    };
    assert!(
        !outside.contains("@everyone") && !outside.contains("<!--"),
        "{outside}"
    );
}

#[test]
fn terminals_are_not_steered_by_names() {
    let world = World::new(&[
        ("a\u{1b}[31m\n.go", HUGE),
        (
            "b\u{202e}.go",
            "package p\n\nvar \u{202e} = make(chan int, 100000)\n",
        ),
    ]);
    let out = world.run(&["check", "--min-confidence", "low"]).out;
    assert!(
        !out.contains('\u{1b}') && !out.contains('\u{202e}'),
        "{out:?}"
    );
    assert!(out.contains("a\\u{1b}[31m .go"), "{out}");
}

/// A review with one finding and a proven change, as no rule need give it today.
fn with_suggestion() -> Review {
    let text = "{\"summary\":{\"files\":1,\"lines\":3,\"findings\":{\"high\":1,\"medium\":0,\"low\":0}},\
        \"findings\":[{\"code\":\"BP02\",\"slug\":\"huge-channel-buffer\",\"title\":\"t\",\"confidence\":\"high\",\
        \"path\":\"a.go\",\"line\":3,\"column\":12,\"end_line\":3,\"end_column\":34,\"message\":\"too large\",\
        \"why\":\"It is.\",\"fix\":\"Less.\",\"related\":[],\"questions\":[],\"checklist\":[],\"state\":null,\
        \"comment_line\":null,\"fingerprint\":\"f\",\"help\":\"https://h/bugs/BP02\",\
        \"suggestion\":{\"start_line\":3,\"end_line\":3,\"replacement\":\"var jobs = make(chan int, 64)\"},\
        \"excerpt\":[\"var jobs = make(chan int, 100000)\"]}],\"smell\":[],\"checklist\":[],\"skipped\":[]}";
    serde_json::from_str(text).unwrap()
}

#[test]
fn suggestions_are_shown_and_can_be_applied() {
    let review = with_suggestion();
    let print =
        |format| report::render(&review, format, Look::default(), &|_| Some(HUGE.to_owned()));
    let text = print(Format::Text);
    assert!(text.contains("this change mends it"), "{text}");
    assert!(text.contains("make(chan int, 64)"), "{text}");
    let bare = report::render(&review, Format::Text, Look::default(), &|_| None);
    assert!(bare.contains("make(chan int, 64)"), "{bare}");
    assert!(
        print(Format::Markdown)
            .contains("Suggested for line 3:\n\n```go\nvar jobs = make(chan int, 64)\n```")
    );
    let log: Value = serde_json::from_str(&print(Format::Sarif)).unwrap();
    assert_valid("sarif-2.1.0.schema.json", &log);
    let replacement =
        &log["runs"][0]["results"][0]["fixes"][0]["artifactChanges"][0]["replacements"][0];
    assert_eq!(
        replacement["insertedContent"]["text"],
        "var jobs = make(chan int, 64)\n"
    );
    assert_eq!(replacement["deletedRegion"]["endLine"], 4);
}

#[test]
fn a_file_that_has_changed_since_is_not_shown() {
    let review = with_suggestion();
    let text = report::render(&review, Format::Text, Look::default(), &|_| {
        Some("other\ntext\nthan before\n".to_owned())
    });
    assert!(
        text.contains("make(chan int, 100000)") && !text.contains("than before"),
        "{text}"
    );
}
