//! Real changes, as their authors would have seen them reviewed.
//!
//! `HIGHWATER_REPLAYS=FILE` names a file with a line `REPOSITORY BASE HEAD` for each change: a
//! clone on this disk and two revisions. Each is put up as a pull request on the stand-in, and what
//! the bot says is printed. Without it nothing is replayed: no other project's code is kept here.

use std::path::PathBuf;

use super::fake_github::Source;
use super::stage::Stage;

#[tokio::test]
async fn real_changes_are_reviewed_without_a_violation() {
    let Ok(list) = std::env::var("HIGHWATER_REPLAYS") else {
        return;
    };
    let list = std::fs::read_to_string(list).unwrap();
    for line in list.lines().filter(|line| !line.trim().is_empty()) {
        let mut words = line.split_whitespace();
        let (Some(path), Some(base), Some(head)) = (words.next(), words.next(), words.next())
        else {
            panic!("{line}: not `REPOSITORY BASE HEAD`");
        };
        let at = |revision: &str| Source::Revision {
            repository: PathBuf::from(path),
            revision: revision.to_owned(),
        };
        let stage = Stage::new().await;
        let repo = stage.world.repository("acme/replayed");
        let pull = repo.replay(&at(base), &at(head), head).unwrap();
        let before = stage.world.log().len();
        stage.settle().await;
        let calls = stage.world.log().len() - before;
        eprintln!("\n===== {line}: {calls} requests");
        for comment in pull.bot_comments() {
            let stands = comment
                .current
                .as_ref()
                .map(|at| (at.path.clone(), at.line));
            eprintln!("--- {stands:?}\n{}\n{}", comment.hunk, comment.body);
        }
        for run in pull.check_runs() {
            eprintln!(
                "--- check: {:?} {:?}\n{}",
                run.conclusion,
                run.title,
                run.summary.unwrap_or_default()
            );
        }
        stage.end();
    }
}
