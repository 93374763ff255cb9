//! What the app asks in its own name, and what its installations may ask about themselves.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::super::app::permissions_in;
use super::super::clock::written;
use super::super::exchange::{Asked, Outcome, Refusal, Reply};
use super::super::shown::show_permissions;
use super::super::state::{Installation, State};
use super::super::tokens::{Caller, Grant};
use super::repositories::permissions_of;

pub fn perform(state: &mut State, asked: &Asked) -> Outcome {
    match asked.operation.id.as_str() {
        "apps/get-authenticated" => Ok(Reply::json(200, state.show_app(state.app.id))),
        "apps/list-installations" => {
            let all: Vec<Value> = live(state)
                .map(|one| state.show_installation(one))
                .collect();
            Ok(asked.list(state, &all))
        }
        "apps/get-installation" => {
            let found = installation(state, asked)?;
            Ok(Reply::json(200, state.show_installation(found)))
        }
        "apps/get-repo-installation" => repository_installation(state, asked),
        "apps/create-installation-access-token" => access_token(state, asked),
        "apps/list-repos-accessible-to-installation" => own_repositories(state, asked),
        "apps/create-from-manifest" => from_manifest(state, asked),
        "apps/get-webhook-config-for-app" => Ok(Reply::json(
            200,
            json!({ "content_type": "json", "insecure_ssl": "0", "secret": "********", "url": state.app.webhook_url }),
        )),
        "apps/list-webhook-deliveries" => deliveries(state, asked),
        "apps/get-webhook-delivery" => {
            let (found, attempt) = delivery(state, asked)?;
            let (delivery, attempt) = (
                &state.deliveries[found],
                &state.deliveries[found].attempts[attempt],
            );
            Ok(Reply::json(
                200,
                state.show_attempt(delivery, attempt, true),
            ))
        }
        "apps/redeliver-webhook-delivery" => {
            let (found, _) = delivery(state, asked)?;
            state.deliveries[found].waiting += 1;
            Ok(Reply::json(202, json!({})))
        }
        "apps/list-installations-for-authenticated-user" => person_installations(state, asked),
        "apps/list-installation-repos-for-authenticated-user" => person_repositories(state, asked),
        _ => Err(super::unknown()),
    }
}

fn live(state: &State) -> impl Iterator<Item = &Installation> {
    state.installations.values().filter(|one| !one.deleted)
}

fn installation<'a>(state: &'a State, asked: &Asked) -> Result<&'a Installation, Refusal> {
    let id = asked.number("installation_id")?;
    live(state)
        .find(|one| one.id == id)
        .ok_or_else(Refusal::not_found)
}

fn repository_installation(state: &State, asked: &Asked) -> Outcome {
    let named = state.repository_named(asked.parameter("owner"), asked.parameter("repo"));
    let found = named
        .and_then(|repository| state.installation_of(repository))
        .ok_or_else(Refusal::not_found)?;
    Ok(Reply::json(200, state.show_installation(found)))
}

fn access_token(state: &mut State, asked: &Asked) -> Outcome {
    let found = installation(state, asked)?.clone();
    if found.suspended.is_some() {
        return Err(Refusal::new(403, "This installation has been suspended"));
    }
    let wanted = permissions_in(&asked.body["permissions"]);
    for (name, level) in &wanted {
        if found.permissions.get(name).is_none_or(|held| held < level) {
            let text = "The permissions requested are not granted to this installation.";
            return Err(Refusal::new(422, text));
        }
    }
    let named: Vec<&Value> = ["repositories", "repository_ids"]
        .iter()
        .flat_map(|list| asked.body[*list].as_array().into_iter().flatten())
        .collect();
    // source: OpenAPI description of the operation: up to 500 repositories
    if named.len() > 500 {
        return Err(Refusal::new(
            422,
            "There is a limit of 500 repositories per token.",
        ));
    }
    let mut repositories = BTreeSet::new();
    for name in &named {
        let covered = state.covered(&found);
        let fits = covered
            .iter()
            .find(|one| name.as_u64() == Some(one.id) || name.as_str() == Some(&one.name));
        let text = "There is at least one repository that does not exist or is not accessible to the parent installation.";
        repositories.insert(fits.ok_or_else(|| Refusal::new(422, text))?.id);
    }
    let grant = Grant {
        installation: found.id,
        permissions: if wanted.is_empty() {
            found.permissions.clone()
        } else {
            wanted
        },
        repositories: (!named.is_empty()).then_some(repositories.clone()),
        bot: state.app.bot_login(),
        app: state.app.id,
    };
    let permissions = show_permissions(&grant.permissions);
    let (token, expires) = state.mint(grant);
    let selected = found.repositories.is_some() || !named.is_empty();
    let mut shown = json!({
        "token": token,
        "expires_at": written(expires),
        "permissions": permissions,
        "repository_selection": if selected { "selected" } else { "all" },
    });
    if !named.is_empty() {
        let each = repositories
            .iter()
            .map(|id| state.show_repository(&state.repositories[id], "repository"));
        shown["repositories"] = each.collect();
    }
    Ok(Reply::json(201, shown))
}

fn own_repositories(state: &State, asked: &Asked) -> Outcome {
    let Caller::Installation(grant) = &asked.caller else {
        return Err(Refusal::not_found());
    };
    let found = state
        .installations
        .get(&grant.installation)
        .ok_or_else(Refusal::not_found)?;
    let chosen = |id: u64| {
        grant
            .repositories
            .as_ref()
            .is_none_or(|all| all.contains(&id))
    };
    let all: Vec<Value> = state
        .covered(found)
        .into_iter()
        .filter(|one| chosen(one.id))
        .map(|one| state.show_repository(one, "repository"))
        .collect();
    Ok(asked.counted(state, "repositories", &all))
}

fn from_manifest(state: &mut State, asked: &Asked) -> Outcome {
    let now = state.clock.millis();
    let code = state.manifests.remove(asked.parameter("code"));
    // source: docs.github.com, "Registering a GitHub App from a manifest": within one hour, and once
    let fresh = code.filter(|(_, made)| now < made + 3_600_000);
    let (manifest, _) = fresh.ok_or_else(Refusal::not_found)?;
    let mut shown = state.show_app(state.app.id);
    shown["name"] = manifest
        .get("name")
        .cloned()
        .unwrap_or_else(|| json!(state.app.slug));
    shown["client_id"] = json!(state.app.client_id);
    shown["client_secret"] = json!(state.app.client_secret);
    shown["webhook_secret"] = json!(state.app.webhook_secret);
    shown["pem"] = json!(state.app.keys().private);
    Ok(Reply::json(201, shown))
}

/// The delivery and the attempt that a request names, by their places.
fn delivery(state: &State, asked: &Asked) -> Result<(usize, usize), Refusal> {
    let id = asked.number("delivery_id")?;
    let remembered = state
        .remembered()
        .into_iter()
        .any(|(_, attempt)| attempt.id == id);
    let place = |one: usize| {
        Some((
            one,
            state.deliveries[one]
                .attempts
                .iter()
                .position(|attempt| attempt.id == id)?,
        ))
    };
    // Not found is not among the answers that the description lists.
    let missing = || Refusal::new(422, "Delivery not found");
    (0..state.deliveries.len())
        .find_map(place)
        .filter(|_| remembered)
        .ok_or_else(missing)
}

fn deliveries(state: &State, asked: &Asked) -> Outcome {
    let size = asked
        .query
        .get("per_page")
        .and_then(|text| text.parse::<usize>().ok())
        .unwrap_or(30)
        .clamp(1, 100);
    let before = match asked.query.get("cursor") {
        None => u64::MAX,
        Some(cursor) => cursor
            .strip_prefix("v1_")
            .and_then(|id| id.parse().ok())
            .ok_or_else(|| Refusal::new(400, "Invalid cursor"))?,
    };
    let status = asked.query.get("status").map(String::as_str);
    let wanted = |code: u16| match status {
        Some("success") => (200..300).contains(&code),
        Some("failure") => !(200..300).contains(&code),
        _ => true,
    };
    let all = state.remembered();
    let mut rest = all
        .iter()
        .filter(|(_, attempt)| attempt.id < before && wanted(attempt.code));
    let page: Vec<_> = rest.by_ref().take(size).collect();
    let mut reply = Reply::json(
        200,
        page.iter()
            .map(|(delivery, attempt)| state.show_attempt(delivery, attempt, false))
            .collect(),
    );
    if let (Some((_, last)), Some(_)) = (page.last(), rest.next()) {
        let filter = status
            .map(|status| format!("&status={status}"))
            .unwrap_or_default();
        let next = state.api(&format!(
            "app/hook/deliveries?per_page={size}&cursor=v1_{}{filter}",
            last.id
        ));
        reply
            .headers
            .push(("Link".to_owned(), format!("<{next}>; rel=\"next\"")));
    }
    Ok(reply)
}

/// The installations that a person can see.
fn person_installations(state: &State, asked: &Asked) -> Outcome {
    let login = asked.caller.login().unwrap_or_default();
    let sees = |one: &&Installation| {
        state
            .covered(one)
            .iter()
            .any(|repository| repository.is_explicit(login))
    };
    let all: Vec<Value> = live(state)
        .filter(sees)
        .map(|one| state.show_installation(one))
        .collect();
    Ok(asked.counted(state, "installations", &all))
}

fn person_repositories(state: &State, asked: &Asked) -> Outcome {
    let login = asked.caller.login().unwrap_or_default();
    let found = installation(state, asked)?;
    let all: Vec<Value> = state
        .covered(found)
        .into_iter()
        .filter(|repository| repository.is_explicit(login))
        .map(|repository| {
            let mut shown = state.show_repository(repository, "repository");
            shown["permissions"] = permissions_of(repository, login);
            shown
        })
        .collect();
    if all.is_empty() {
        return Err(Refusal::not_found());
    }
    Ok(asked.counted(state, "repositories", &all))
}
