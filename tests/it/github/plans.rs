//! What is decided where the list of comments was not read to its end.

use std::collections::BTreeMap;

use highwater::github::Settings;
use highwater::github::read::Repository;
use highwater::github::say::comment::About;
use highwater::github::say::plan::{Action, Plan, Said, Standing, plan};
use highwater::github::say::seal::Seal;
use highwater::review::outcome::Confidence;
use highwater::review::{Options, change};
use highwater::source::change::Change;
use highwater::source::diff::Diff;
use highwater::source::{Language, SourceFile, between};

use super::blocks::{file, handler};

const PATH: &str = "queue/queue.go";

/// What is planned for a new file with one bug.
fn planned(standing: &Standing) -> Plan {
    let text = file(0, &[handler("A")]);
    let mut diff = Diff::default();
    diff.files.push(between::between(PATH, "", &text, 3));
    let head = SourceFile::new(PATH, Language::Go, text.into_bytes());
    let change = Change::new(diff, Vec::new(), vec![head]);
    let review = change::review(&change, &Options::default()).at_least(Confidence::Medium);
    let repository = Repository {
        id: 7,
        owner: "acme".to_owned(),
        name: "queue".to_owned(),
    };
    let (settings, commit) = (Settings::new(1, "key".into()), "0".repeat(40));
    let about = About {
        repository: &repository,
        number: 3,
        head: &commit,
        merge_base: &commit,
        settings: &settings,
        seal: &Seal::new(&"key".into(), 7, 3).unwrap(),
        change: &change,
    };
    plan(standing, &review, &BTreeMap::new(), &about)
}

fn another() -> Said {
    Said {
        id: 1,
        node: "PRRC_1".to_owned(),
        code: "BP02".to_owned(),
        fingerprint: "of a finding that is gone".to_owned(),
        path: PATH.to_owned(),
        is_answered: false,
    }
}

#[test]
fn what_may_be_said_already_is_not_said_and_what_may_be_answered_is_not_deleted() {
    let mut standing = Standing {
        said: vec![another()],
        ..Standing::default()
    };
    let whole = planned(&standing);
    let [
        Action::Review { comments, .. },
        Action::End {
            is_answered: false, ..
        },
    ] = &whole.actions[..]
    else {
        panic!("{whole:#?}")
    };
    assert_eq!((comments.len(), whole.beside.len()), (1, 0));
    standing.is_cut = true;
    let cut = planned(&standing);
    let [
        Action::End {
            is_answered: true, ..
        },
    ] = &cut.actions[..]
    else {
        panic!("{cut:#?}")
    };
    assert_eq!(cut.beside.len(), 1, "it stands in the check run");
}
