//! Which findings of the base are those of the head, told on texts with made-up findings.
//!
//! In these texts `func f` opens a function and `!subject anchor` is a finding of class BP06.

use std::collections::BTreeSet;

use highwater::review::compare::{self, Findings, Lines};
use highwater::review::fingerprint::{self, Key, Numbering};
use highwater::review::outcome::{Confidence, Remark, State};
use highwater::source::between;
use highwater::source::diff::{Diff, Fate, FileDiff};
use proptest::prelude::*;

#[derive(Default)]
struct Side {
    remarks: Vec<Remark>,
    keys: Vec<Key>,
    functions: BTreeSet<String>,
}

impl Side {
    fn read(path: &str, text: &str) -> Side {
        let mut side = Side::default();
        let mut function = String::new();
        for (at, line) in text.lines().enumerate() {
            let line = line.trim();
            if let Some(name) = line.strip_prefix("func ") {
                function = name.to_owned();
                side.functions.insert(function.clone());
            } else if let Some((subject, anchor)) =
                line.strip_prefix('!').and_then(|rest| rest.split_once(' '))
            {
                side.remarks
                    .push(remark(path, at as u32 + 1, line.contains("low")));
                side.keys.push(Key {
                    code: "BP06".to_owned(),
                    function: function.clone(),
                    subject: subject.to_owned(),
                    anchor: fingerprint::anchor(anchor),
                });
            }
        }
        side
    }

    fn findings(&self) -> Findings<'_> {
        Findings {
            remarks: &self.remarks,
            keys: &self.keys,
            functions: &self.functions,
        }
    }

    fn fingerprints(&self) -> Vec<String> {
        let mut numbering = Numbering::default();
        let mut prints: Vec<String> = self.keys.iter().map(|key| numbering.next(key)).collect();
        prints.sort();
        prints
    }
}

fn remark(path: &str, line: u32, low: bool) -> Remark {
    Remark {
        code: "BP06".to_owned(),
        slug: String::new(),
        title: String::new(),
        confidence: if low {
            Confidence::Low
        } else {
            Confidence::High
        },
        path: path.to_owned(),
        line,
        column: 1,
        end_line: line,
        end_column: 2,
        message: String::new(),
        why: String::new(),
        fix: String::new(),
        related: Vec::new(),
        questions: Vec::new(),
        checklist: Vec::new(),
        state: None,
        comment_line: None,
        comment_path: None,
        fingerprint: String::new(),
        help: String::new(),
        suggestion: None,
        excerpt: Vec::new(),
    }
}

/// The lines of the head that are introduced and those of the base that are fixed.
fn compared(base: &str, head: &str) -> (Vec<u32>, Vec<u32>) {
    let (old, new) = (Side::read("a.go", base), Side::read("a.go", head));
    let diff = Diff {
        files: vec![between::between("a.go", base, head, 3)],
        problems: Vec::new(),
    };
    let pairs = compare::pair(old.findings(), new.findings(), &Lines::new(&diff));
    let introduced =
        (0..new.remarks.len()).filter(|&at| pairs.is_introduced(at, &old.remarks, &new.remarks));
    let fixed = (0..old.remarks.len()).filter(|&at| !pairs.is_taken[at]);
    (
        introduced.map(|at| new.remarks[at].line).collect(),
        fixed.map(|at| old.remarks[at].line).collect(),
    )
}

const SAME: (Vec<u32>, Vec<u32>) = (Vec::new(), Vec::new());

#[test]
fn what_only_moved_is_the_same() {
    let base = "func f\n!q q <- a\nx\nfunc g\n!q q <- b\n";
    for head in [
        "\n\nfunc f\n!q q <- a\nx\nfunc g\n!q q <- b\n",
        "func g\n!q q <- b\nfunc f\n!q q <- a\nx\n",
        "func f\ny\ny\n\t!q q<-a // why\nfunc g\n!q q <- b\n",
    ] {
        assert_eq!(compared(base, head), SAME, "{head}");
    }
}

#[test]
fn renames_and_edits_leave_a_finding_what_it_was() {
    assert_eq!(
        compared("func f\n!q q <- a\n", "func renamed\n!q q <- a\n"),
        SAME
    );
    assert_eq!(compared("func f\n!q q <- a\n", "func f\n!q q <- b\n"), SAME);
    assert_eq!(
        compared("func f\n!q q <- a\n", "func f\n!jobs jobs <- a\n"),
        SAME
    );
}

#[test]
fn a_bug_that_goes_here_and_comes_there_is_another() {
    let base = "func f\n!q q <- a\nfunc g\nok\n";
    let head = "func f\nok\nfunc g\n!q q <- a\n";
    assert_eq!(compared(base, head), (vec![4], vec![2]));
}

#[test]
fn among_equals_the_added_one_is_introduced() {
    let base = "func f\na\n!q q <- a\nb\n";
    assert_eq!(
        compared(base, "func f\n!q q <- a\na\n!q q <- a\nb\n"),
        (vec![2], vec![])
    );
    assert_eq!(
        compared(base, "func f\na\n!q q <- a\nb\n!q q <- a\n"),
        (vec![5], vec![])
    );
    assert_eq!(compared(base, "func f\na\nb\n"), (vec![], vec![3]));
}

#[test]
fn what_was_too_unsure_to_report_is_introduced_when_it_no_longer_is() {
    assert_eq!(
        compared("func f\n!q low\n", "func f\n!q high\n"),
        (vec![2], vec![])
    );
    assert_eq!(compared("func f\n!q high\n", "func f\n!q low\n"), SAME);
}

#[test]
fn a_renamed_file_keeps_its_findings() {
    let text = "func f\n!q q <- a\n";
    let (old, new) = (Side::read("a.go", text), Side::read("b/c.go", text));
    let moved = FileDiff::new(
        Some("a.go".to_owned()),
        Some("b/c.go".to_owned()),
        Fate::Renamed,
        Vec::new(),
    );
    let diff = Diff {
        files: vec![moved],
        problems: Vec::new(),
    };
    let pairs = compare::pair(old.findings(), new.findings(), &Lines::new(&diff));
    assert_eq!(pairs.base_of, [Some(0)]);
    assert_eq!(old.fingerprints(), new.fingerprints());
}

#[test]
fn states_sort_the_reported_ones_first() {
    assert!(State::Introduced < State::Preexisting && State::Preexisting < State::Fixed);
}

/// Functions with lines; some lines are findings.
fn functions() -> impl Strategy<Value = Vec<Vec<String>>> {
    let line = prop_oneof![
        3 => "[a-d]{1,3}",
        2 => ("[pq]", "[a-c]").prop_map(|(subject, value)| format!("!{subject} {subject} <- {value}")),
    ];
    prop::collection::vec(prop::collection::vec(line, 0..6), 1..6)
}

fn written(functions: &[(usize, &Vec<String>)], indent: &str, blank: usize) -> String {
    let mut text = "\n".repeat(blank);
    for (name, lines) in functions {
        text.push_str(&format!("func f{name}\n"));
        for line in *lines {
            text.push_str(&format!("{indent}{line}\n"));
        }
        text.push_str(&"\n".repeat(blank));
    }
    text
}

proptest! {
    #[test]
    fn shifting_reordering_and_indenting_change_no_fingerprint(
        (functions, order) in functions().prop_flat_map(|functions| {
            let order: Vec<usize> = (0..functions.len()).collect();
            (Just(functions), Just(order).prop_shuffle())
        }),
        blank in 0usize..4,
        indent in "[ \t]{0,3}",
    ) {
        let plain: Vec<(usize, &Vec<String>)> = functions.iter().enumerate().collect();
        let mixed: Vec<(usize, &Vec<String>)> = order.iter().map(|&at| (at, &functions[at])).collect();
        let (base, head) = (written(&plain, "", 0), written(&mixed, &indent, blank));
        prop_assert_eq!(Side::read("a.go", &base).fingerprints(), Side::read("b.go", &head).fingerprints());
        prop_assert_eq!(compared(&base, &head), SAME);
    }

    #[test]
    fn every_finding_is_accounted_for(base in functions(), head in functions()) {
        let all = |functions: &[Vec<String>]| written(&functions.iter().enumerate().collect::<Vec<_>>(), "\t", 1);
        let (base, head) = (all(&base), all(&head));
        let (introduced, fixed) = compared(&base, &head);
        let count = |text: &str| text.matches('!').count();
        prop_assert_eq!(count(&head) - introduced.len(), count(&base) - fixed.len());
    }
}
