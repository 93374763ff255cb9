//! Check runs.

use serde_json::{Value, json};

use super::super::checks::CheckRun;
use super::super::clock::written;
use super::super::deliveries::Event;
use super::super::exchange::{Asked, Outcome, Refusal, Reply};
use super::super::state::{Repository, State};

/// Check runs of one name in one suite; older ones are deleted.
// source: OpenAPI description of `checks/create`: 1000 of the same name
const MOST_ALIKE: usize = 1000;

pub fn perform(state: &mut State, asked: &Asked) -> Outcome {
    match asked.operation.id.as_str() {
        "checks/create" => create(state, asked),
        "checks/update" => update(state, asked),
        "checks/get" => {
            let (repository, run) = found(state, asked)?;
            Ok(Reply::json(200, state.show_check_run(repository, run)))
        }
        "checks/list-annotations" => {
            let (repository, run) = found(state, asked)?;
            let each = run.annotations.iter();
            let shown: Vec<Value> = each
                .map(|one| state.show_annotation(repository, &run.head_sha, one))
                .collect();
            Ok(asked.list(state, &shown))
        }
        "checks/list-for-ref" => list(state, asked),
        _ => Err(super::unknown()),
    }
}

fn found<'a>(state: &'a State, asked: &Asked) -> Result<(&'a Repository, &'a CheckRun), Refusal> {
    let repository = asked.repository(state)?;
    let id = asked.number("check_run_id")?;
    let run = repository
        .check_runs
        .iter()
        .find(|run| run.id == id)
        .ok_or_else(Refusal::not_found)?;
    Ok((repository, run))
}

fn list(state: &State, asked: &Asked) -> Outcome {
    let repository = asked.repository(state)?;
    let missing = || {
        Refusal::new(
            422,
            &format!("No commit found for SHA: {}", asked.parameter("ref")),
        )
    };
    let sha = state
        .commit_named(repository, asked.parameter("ref"))
        .ok_or_else(missing)?;
    let given = |name: &str| asked.query.get(name).map(String::as_str);
    let app = given("app_id").and_then(|id| id.parse::<u64>().ok());
    let mut runs: Vec<&CheckRun> = repository
        .check_runs
        .iter()
        .rev()
        .filter(|run| run.head_sha == sha && app.is_none_or(|id| run.app == id))
        .filter(|run| given("check_name").is_none_or(|name| run.name == name))
        .filter(|run| given("status").is_none_or(|status| run.status == status))
        .collect();
    if given("filter").is_none_or(|filter| filter == "latest") {
        let mut seen = std::collections::BTreeSet::new();
        runs.retain(|run| seen.insert((run.app, run.name.clone())));
    }
    let shown: Vec<Value> = runs
        .into_iter()
        .map(|run| state.show_check_run(repository, run))
        .collect();
    Ok(asked.counted(state, "check_runs", &shown))
}

/// What GitHub checks beyond its description.
fn checked(body: &Value) -> Result<(), Refusal> {
    let refuse = |text: &str| Err(Refusal::field("CheckRun", "conclusion", text));
    // source: OpenAPI description of `checks/create`: required where the status is `completed`
    if body["status"] == "completed" && body.get("conclusion").is_none() {
        return refuse("Invalid value for `conclusion`: a completed check run needs one");
    }
    if let Some(output) = body["output"].as_object()
        && output.get("summary").is_none()
    {
        return refuse("Invalid request: `summary` wasn't supplied");
    }
    for annotation in body["output"]["annotations"]
        .as_array()
        .into_iter()
        .flatten()
    {
        let columns =
            annotation.get("start_column").is_some() || annotation.get("end_column").is_some();
        // source: OpenAPI: columns only if start_line and end_line are the same
        if columns && annotation["start_line"] != annotation["end_line"] {
            return refuse("Annotations with columns must begin and end on the same line");
        }
        let long = |name: &str, most: usize| {
            annotation[name]
                .as_str()
                .is_some_and(|text| text.len() > most)
        };
        // source: OpenAPI: message and raw_details 64 KB, title 255 characters
        if long("message", 65_536) || long("raw_details", 65_536) || long("title", 255) {
            return refuse("An annotation's text is too long");
        }
    }
    Ok(())
}

/// Takes over what a request says of a run.
fn apply(run: &mut CheckRun, body: &Value, now: i64) {
    let text = |name: &str| body[name].as_str().map(str::to_owned);
    run.writes += 1;
    for (member, name) in [
        (&mut run.external_id, "external_id"),
        (&mut run.details_url, "details_url"),
        (&mut run.started, "started_at"),
        (&mut run.completed, "completed_at"),
        (&mut run.conclusion, "conclusion"),
    ] {
        if let Some(given) = text(name) {
            *member = Some(given);
        }
    }
    if let Some(name) = text("name") {
        run.name = name;
    }
    if let Some(status) = text("status") {
        run.status = status;
    }
    if body.get("conclusion").is_some() {
        // source: OpenAPI: providing `conclusion` sets the status to `completed`
        run.status = "completed".to_owned();
        run.completed.get_or_insert_with(|| written(now));
    } else if body.get("status").is_some() && run.status != "completed" {
        run.conclusion = None;
        run.completed = None;
    }
    let output = &body["output"];
    for (member, name) in [
        (&mut run.title, "title"),
        (&mut run.summary, "summary"),
        (&mut run.text, "text"),
    ] {
        if let Some(given) = output[name].as_str() {
            *member = Some(given.to_owned());
        }
    }
    // source: OpenAPI: annotations of later requests are added to those that are there
    run.annotations.extend(
        output["annotations"]
            .as_array()
            .into_iter()
            .flatten()
            .cloned(),
    );
    if let Some(actions) = body["actions"].as_array() {
        run.actions.clone_from(actions);
    }
}

fn create(state: &mut State, asked: &Asked) -> Outcome {
    let Some(app) = asked.caller.app() else {
        return Err(Refusal::new(403, "You must authenticate via a GitHub App."));
    };
    checked(&asked.body)?;
    let repository = asked.repository(state)?;
    let sha = asked.text("head_sha").unwrap_or_default().to_owned();
    if !state.objects(repository).commits.contains_key(&sha) {
        return Err(Refusal::new(
            422,
            &format!("No commit found for SHA: {sha}"),
        ));
    }
    let owner = repository.id;
    let suite = repository
        .check_runs
        .iter()
        .find(|run| run.head_sha == sha && run.app == app)
        .map(|run| run.suite);
    let now = state.clock.millis();
    let mut run = CheckRun {
        id: state.next_id(),
        suite: suite.unwrap_or_else(|| state.next_id()),
        app,
        name: String::new(),
        head_sha: sha,
        status: "queued".to_owned(),
        conclusion: None,
        started: Some(written(now)),
        completed: None,
        external_id: Some(String::new()),
        details_url: Some("https://highwater.example".to_owned()),
        title: None,
        summary: None,
        text: None,
        annotations: Vec::new(),
        actions: Vec::new(),
        writes: 0,
    };
    apply(&mut run, &asked.body, now);
    let id = run.id;
    if let Some(repository) = state.repositories.get_mut(&owner) {
        let alike = |one: &CheckRun| one.suite == run.suite && one.name == run.name;
        if repository
            .check_runs
            .iter()
            .filter(|one| alike(one))
            .count()
            >= MOST_ALIKE
            && let Some(oldest) = repository.check_runs.iter().position(alike)
        {
            repository.check_runs.remove(oldest);
        }
        repository.check_runs.push(run);
    }
    tell(state, owner, id, "created");
    shown(state, owner, id, 201)
}

fn shown(state: &State, repository: u64, id: u64, status: u16) -> Outcome {
    let repository = &state.repositories[&repository];
    let run = repository
        .check_runs
        .iter()
        .find(|run| run.id == id)
        .ok_or_else(Refusal::not_found)?;
    Ok(Reply::json(status, state.show_check_run(repository, run)))
}

fn tell(state: &mut State, repository: u64, id: u64, action: &'static str) {
    let owner = &state.repositories[&repository];
    let run = owner.check_runs.iter().find(|run| run.id == id);
    let payload = json!({ "check_run": run.map(|run| state.show_check_run(owner, run)) });
    let sender = state.app.bot_login();
    state.emit(Event {
        name: "check_run",
        action,
        repository: Some(repository),
        payload,
        sender,
    });
}

fn update(state: &mut State, asked: &Asked) -> Outcome {
    let (repository, run) = found(state, asked)?;
    if asked.caller.app() != Some(run.app) {
        return Err(Refusal::new(
            403,
            "Invalid app_id `check_run` was not created by this app",
        ));
    }
    checked(&asked.body)?;
    let (owner, id, before) = (repository.id, run.id, run.status.clone());
    let now = state.clock.millis();
    let runs = state
        .repositories
        .get_mut(&owner)
        .map(|one| &mut one.check_runs);
    if let Some(run) = runs.into_iter().flatten().find(|run| run.id == id) {
        apply(run, &asked.body, now);
    }
    let completed = state.repositories[&owner]
        .check_runs
        .iter()
        .any(|run| run.id == id && run.status == "completed");
    if completed && before != "completed" {
        tell(state, owner, id, "completed");
    }
    shown(state, owner, id, 200)
}
