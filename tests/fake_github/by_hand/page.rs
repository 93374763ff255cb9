//! A page for each pull request, with what the bot said and buttons for what people do.

use std::collections::BTreeMap;
use std::fmt::Write;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Form, Json, Router};
use serde_json::{Value, json};

use super::demo;
use super::fake_github::{
    Changed, CheckRun, Hunk, Pull, PullRequest, Repo, ReviewComment, Side, Source, World,
};

pub fn routes() -> Router<World> {
    Router::new()
        .route("/", get(index))
        .route("/{owner}/{repo}/pull/{number}", get(show).post(act))
        .route("/_/replay", post(replay))
}

/// Text as part of a page.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe += "&amp;",
            '<' => safe += "&lt;",
            '>' => safe += "&gt;",
            '"' => safe += "&quot;",
            '\'' => safe += "&#39;",
            other => safe.push(other),
        }
    }
    safe
}

const STYLE: &str = "body{font:15px/1.45 system-ui;margin:2rem auto;max-width:62rem;padding:0 1rem}pre{margin:0;white-space:pre-wrap}
table{border-collapse:collapse;width:100%;font:13px/1.4 ui-monospace,monospace}td{padding:0 .5rem;vertical-align:top}td:first-child{color:#777;text-align:right;width:3rem}
.add{background:#e6ffec}.del{background:#ffebe9}.hunk{background:#ddf4ff}.say{font:14px/1.4 system-ui;border:1px solid #bbb;border-radius:6px;margin:.4rem 0;padding:.5rem .8rem;background:#fff}
h2{font-size:1.1rem;margin-top:2rem}form{display:inline}button{font:inherit;margin-right:.4rem}.dim{opacity:.55}";

fn whole(title: &str, body: &str) -> Html<String> {
    let title = escaped(title);
    Html(format!(
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'><title>{title}</title><style>{STYLE}</style><h1>{title}</h1>{body}</html>"
    ))
}

async fn index(State(world): State<World>) -> Html<String> {
    let links: String = world.with(|state| {
        let all = state
            .repositories
            .values()
            .flat_map(|one| one.pulls.values().map(move |pull| (one.full_name(), pull)));
        all.map(|(name, pull)| {
            let path = escaped(&format!("/{name}/pull/{}", pull.number));
            format!("<li><a href=\"{path}\">{path}</a> {}", escaped(&pull.title))
        })
        .collect()
    });
    whole("Pull requests", &format!("<ul>{links}</ul>"))
}

fn found(world: &World, owner: &str, name: &str, number: u64) -> Option<PullRequest> {
    let repository = world.with(|state| {
        let repository = state.repository_named(owner, name)?;
        repository
            .pulls
            .contains_key(&number)
            .then_some(repository.id)
    })?;
    Some(PullRequest {
        world: world.clone(),
        repository,
        number,
    })
}

async fn show(
    State(world): State<World>,
    Path((owner, name, number)): Path<(String, String, u64)>,
) -> Response {
    let Some(request) = found(&world, &owner, &name, number) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let pull = request.now();
    let changes = world.with(|state| {
        state.changes_of(
            &state.repositories[&request.repository],
            &pull,
            &pull.head_sha,
        )
    });
    let mut body = format!(
        "<p>{} wants to merge <code>{}</code> into <code>{}</code>, now at <code>{}</code>. {}</p>",
        escaped(&pull.author),
        escaped(&pull.head_branch),
        escaped(&pull.base_branch),
        &pull.head_sha[..10],
        if pull.open { "Open." } else { "Closed." }
    );
    body += &buttons();
    for run in request.check_runs() {
        body += &check(&run);
    }
    for review in pull
        .reviews
        .iter()
        .filter(|review| !review.implied && review.state != "PENDING")
    {
        let commit = &review.commit[..10];
        let _ = write!(
            body,
            "<div class=say><b>{}</b> reviewed {commit}<pre>{}</pre></div>",
            escaped(&review.author),
            escaped(&review.body)
        );
    }
    for comment in &pull.timeline {
        let _ = write!(
            body,
            "<div class=say><b>{}</b><pre>{}</pre></div>",
            escaped(&comment.author),
            escaped(&comment.body)
        );
    }
    for changed in &changes {
        body += &file(&pull, changed);
    }
    let outdated: String = roots(&pull)
        .filter(|root| root.current.is_none())
        .map(|root| thread(&pull, root))
        .collect();
    if !outdated.is_empty() {
        let _ = write!(body, "<h2>Outdated</h2>{outdated}");
    }
    whole(&format!("{} #{number}", pull.title), &body).into_response()
}

fn buttons() -> String {
    let each = [
        ("bug", "Push the bug"),
        ("fix", "Push a fix"),
        ("shift", "Push a line above"),
        ("rerun", "Re-run all checks"),
        ("close", "Close"),
        ("reopen", "Reopen"),
        ("merge", "Merge"),
    ];
    let button = |(act, label): (&str, &str)| {
        format!("<form method=post><button name=act value={act}>{label}</button></form>")
    };
    each.map(button).concat()
}

fn check(run: &CheckRun) -> String {
    let conclusion = run.conclusion.as_deref().unwrap_or(&run.status);
    let text = |text: &Option<String>| {
        text.as_deref()
            .map(|text| format!("<pre>{}</pre>", escaped(text)))
            .unwrap_or_default()
    };
    let notes: String = run
        .annotations
        .iter()
        .map(|note| {
            let place = format!(
                "{}:{}",
                note["path"].as_str().unwrap_or_default(),
                note["start_line"]
            );
            format!(
                "<li>{} {}",
                escaped(&place),
                escaped(note["message"].as_str().unwrap_or_default())
            )
        })
        .collect();
    let actions: String = run
        .actions
        .iter()
        .map(|action| {
            let (identifier, label) = (action["identifier"].as_str().unwrap_or_default(), action["label"].as_str().unwrap_or_default());
            format!(
                "<form method=post><input type=hidden name=run value={}><input type=hidden name=text value=\"{}\"><button name=act value=action>{}</button></form>",
                run.id,
                escaped(identifier),
                escaped(label)
            )
        })
        .collect();
    format!(
        "<details class=say><summary><b>{}</b>: {} — {}</summary>{}{}<ul>{notes}</ul></details>{actions}",
        escaped(&run.name),
        escaped(conclusion),
        escaped(run.title.as_deref().unwrap_or_default()),
        text(&run.summary),
        text(&run.text)
    )
}

fn roots(pull: &Pull) -> impl Iterator<Item = &ReviewComment> {
    pull.comments.iter().filter(|one| {
        !pull.is_pending(one)
            && pull
                .comment(pull.root(one))
                .is_none_or(|root| root.id == one.id)
    })
}

fn file(pull: &Pull, changed: &Changed) -> String {
    let mut text = format!(
        "<h2><code>{}</code> {} +{} −{}</h2>",
        escaped(&changed.path),
        changed.status,
        changed.additions,
        changed.deletions
    );
    for root in roots(pull).filter(|root| {
        root.original.path == changed.path && root.original.line.is_none() && root.current.is_some()
    }) {
        text += &thread(pull, root);
    }
    text += "<table>";
    for hunk in &changed.hunks {
        text += &rows(pull, changed, hunk);
    }
    text + "</table>"
}

fn rows(pull: &Pull, changed: &Changed, hunk: &Hunk) -> String {
    let mut text = format!("<tr class=hunk><td><td>{}", escaped(&hunk.header()));
    for line in &hunk.lines {
        let kind = match line.sign {
            '+' => "add",
            '-' => "del",
            _ => "",
        };
        let number = line.new.or(line.old).unwrap_or(0);
        let _ = write!(
            text,
            "<tr class='{kind}'><td>{number}<td><pre>{}{}</pre>",
            line.sign,
            escaped(&line.text)
        );
        for root in roots(pull).filter(|root| root.original.path == changed.path) {
            let here = root.current.as_ref().is_some_and(|anchor| {
                let number = if anchor.side == Side::Left {
                    line.old
                } else {
                    line.new
                };
                anchor.line.is_some() && anchor.line == number
            });
            if here {
                let _ = write!(text, "<tr><td><td>{}", thread(pull, root));
            }
        }
    }
    text
}

fn thread(pull: &Pull, root: &ReviewComment) -> String {
    let mut text = String::new();
    for one in pull
        .comments
        .iter()
        .filter(|one| pull.root(one) == pull.root(root))
    {
        let hidden = one
            .minimised
            .as_deref()
            .map(|reason| format!(" (hidden: {})", escaped(reason)))
            .unwrap_or_default();
        let reactions: Vec<String> = one
            .reactions
            .iter()
            .map(|reaction| escaped(&reaction.content))
            .collect();
        let _ = write!(
            text,
            "<div class='say {}'><b>{}</b>{hidden} {}<pre>{}</pre></div>",
            if one.minimised.is_some() { "dim" } else { "" },
            escaped(&one.author),
            reactions.join(" "),
            escaped(&one.body)
        );
    }
    let _ = write!(
        text,
        "<form method=post><input type=hidden name=comment value={}><input name=text size=50 aria-label=Answer value='highwater ignore tried by hand'><button name=act value=reply>Reply as octocat</button></form>",
        root.id
    );
    text
}

async fn act(
    State(world): State<World>,
    Path((owner, name, number)): Path<(String, String, u64)>,
    Form(form): Form<BTreeMap<String, String>>,
) -> Response {
    let Some(pull) = found(&world, &owner, &name, number) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let field = |name: &str| form.get(name).map_or("", String::as_str);
    let id = |name: &str| field(name).parse::<u64>().unwrap_or(0);
    match field("act") {
        "bug" => drop(pull.push(&[(demo::PATH, demo::WITH_BUG)])),
        "fix" => drop(pull.push(&[(demo::PATH, &demo::fixed())])),
        "shift" => shift(&pull),
        "rerun" => pull.rerequest_suite("octocat"),
        "action" if pull.check_runs().iter().any(|run| run.id == id("run")) => {
            pull.request_action(id("run"), field("text"), "octocat")
        }
        "reply" if pull.now().comment(id("comment")).is_some() => {
            pull.reply_to(id("comment"), "octocat", field("text"));
        }
        "close" => pull.close(),
        "reopen" => pull.reopen(),
        "merge" => pull.merge(),
        _ => return StatusCode::UNPROCESSABLE_ENTITY.into_response(),
    }
    Redirect::to(&format!("/{owner}/{name}/pull/{number}")).into_response()
}

/// Moves all lines of the example down by one.
fn shift(pull: &PullRequest) {
    let head = pull.head();
    let text = pull.world.with(|state| {
        let objects = state.objects(&state.repositories[&pull.repository]);
        objects
            .content(&head, demo::PATH)
            .map(|bytes| String::from_utf8_lossy(bytes).into_owned())
    });
    let text = text.unwrap_or_else(|| demo::WITH_BUG.to_owned());
    pull.push(&[(
        demo::PATH,
        &format!("// Orders are numbered elsewhere.\n{text}"),
    )]);
}

/// Opens a pull request between two sources on this machine.
async fn replay(State(world): State<World>, Json(asked): Json<Value>) -> Response {
    let text = |name: &str| asked[name].as_str().unwrap_or_default();
    let name = asked["repository"].as_str().unwrap_or("acme/queue");
    let known = name.split_once('/').and_then(|(owner, name)| {
        world.with(|state| state.repository_named(owner, name).map(|one| one.id))
    });
    let repo = match known {
        Some(id) => Repo {
            world: world.clone(),
            id,
        },
        None if name.contains('/') => world.repository(name),
        None => {
            return (
                StatusCode::UNPROCESSABLE_ENTITY,
                "a repository is `owner/name`",
            )
                .into_response();
        }
    };
    match repo.replay(&Source::named(text("base")), &Source::named(text("head")), asked["title"].as_str().unwrap_or("Replayed")) {
        Ok(pull) => Json(json!({ "number": pull.number, "url": format!("{}/{name}/pull/{}", world.address(), pull.number) })).into_response(),
        Err(wrong) => (StatusCode::UNPROCESSABLE_ENTITY, wrong).into_response(),
    }
}
