//! What stands on a pull request: which comments, reviews and check runs are ours.
//!
//! Ours is what our App wrote and our mark seals. A mark in anybody else's words says nothing.

use std::collections::BTreeSet;

use super::super::client::{Failure, Installation};
use super::super::read::Repository;
use super::super::read::answers::{CheckRun, CheckRuns, Comment, Review, User};
use super::check::NAME;
use super::plan::{Said, Standing};
use super::seal::{Kind, Seal};

/// Comments, and reviews, of one pull request that are looked at. Where there are more, nothing is said
/// or deleted that might be on the part that was not seen.
const MOST: usize = 30_000;

/// Whether somebody is our App. GitHub shows an App's name with `[bot]` in one place and without
/// in another.
pub fn is_app(user: Option<&User>, slug: &str) -> bool {
    user.is_some_and(|user| {
        let name = user.login.strip_suffix("[bot]").unwrap_or(&user.login);
        user.kind == "Bot" && name.eq_ignore_ascii_case(slug)
    })
}

/// All comments on lines and files of a pull request, oldest first.
///
/// # Errors
///
/// See [`Failure`].
pub async fn comments(
    installation: &Installation,
    repository: &Repository,
    number: i64,
) -> Result<Vec<Comment>, Failure> {
    let path = format!(
        "{}/pulls/{number}/comments?sort=created&direction=asc",
        repository.path()
    );
    installation.list(&path, MOST).await
}

/// Which of the comments say that a finding is there.
pub fn said(comments: &[Comment], slug: &str, seal: &Seal) -> Vec<Said> {
    let answered: BTreeSet<i64> = comments
        .iter()
        .filter_map(|comment| comment.in_reply_to_id)
        .collect();
    let ours = comments
        .iter()
        .filter(|comment| is_app(comment.user.as_ref(), slug));
    let said = ours.filter_map(|comment| {
        let finding = seal.read(Kind::Finding, &comment.body)?;
        let (code, fingerprint) = finding.split_once(':')?;
        Some(Said {
            id: comment.id,
            node: comment.node_id.clone(),
            code: code.to_owned(),
            fingerprint: fingerprint.to_owned(),
            path: comment.path.clone(),
            is_answered: answered.contains(&comment.id),
        })
    });
    said.collect()
}

/// What stands there, for a push.
///
/// # Errors
///
/// See [`Failure`].
pub async fn standing(
    installation: &Installation,
    repository: &Repository,
    number: i64,
    head: &str,
    (slug, seal): (&str, &Seal),
) -> Result<Standing, Failure> {
    let comments = comments(installation, repository, number).await?;
    let path = format!("{}/pulls/{number}/reviews?", repository.path());
    let reviews: Vec<Review> = installation.list(&path, MOST).await?;
    let ours: Vec<&Review> = reviews
        .iter()
        .filter(|review| is_app(review.user.as_ref(), slug))
        .collect();
    let is_of_this_push = |review: &&Review| {
        let body = review.body.as_deref().unwrap_or("");
        review.state != "PENDING"
            && seal
                .read(Kind::Push, body)
                .is_some_and(|commit| commit == head)
    };
    Ok(Standing {
        said: said(&comments, slug, seal),
        is_cut: comments.len() >= MOST || reviews.len() >= MOST,
        is_reviewed: ours.iter().any(is_of_this_push),
        pending: ours
            .iter()
            .filter(|review| review.state == "PENDING")
            .map(|review| review.id)
            .collect(),
    })
}

/// Our newest check run of a commit.
///
/// # Errors
///
/// See [`Failure`].
pub async fn check_run(
    installation: &Installation,
    repository: &Repository,
    head: &str,
) -> Result<Option<CheckRun>, Failure> {
    let app = installation.github().settings().app_id;
    let path = format!(
        "{}/commits/{head}/check-runs?check_name={NAME}&filter=latest&app_id={app}",
        repository.path()
    );
    let runs = installation
        .pages(&path, 100, |page: CheckRuns| page.check_runs)
        .await?;
    let ours = runs
        .into_iter()
        .filter(|run| run.app.as_ref().is_some_and(|owner| owner.id == app));
    Ok(ours.max_by_key(|run| run.id))
}
