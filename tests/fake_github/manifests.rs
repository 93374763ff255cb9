//! The page on which GitHub makes an app from a manifest.

use std::collections::BTreeMap;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::post;
use axum::{Form, Router};
use serde_json::Value;

use super::app::permissions_in;
use super::description::description;
use super::world::World;

/// The ways to that page, for a person and for an organisation.
pub fn routes() -> Router<World> {
    Router::new()
        .route("/settings/apps/new", post(for_person))
        .route(
            "/organizations/{organisation}/settings/apps/new",
            post(for_organisation),
        )
}

type Fields = BTreeMap<String, String>;

async fn for_person(
    State(world): State<World>,
    Query(query): Query<Fields>,
    Form(form): Form<Fields>,
) -> Response {
    make(&world, "octocat", &query, &form)
}

async fn for_organisation(
    State(world): State<World>,
    Path(organisation): Path<String>,
    Query(query): Query<Fields>,
    Form(form): Form<Fields>,
) -> Response {
    make(&world, &organisation, &query, &form)
}

/// Makes the app at once, where GitHub would ask for its name first, and leads back with the code.
// source: docs.github.com, "Registering a GitHub App from a manifest"
fn make(world: &World, owner: &str, query: &Fields, form: &Fields) -> Response {
    let text = form.get("manifest").map_or("", String::as_str);
    let manifest: Value = serde_json::from_str(text).unwrap_or_default();
    let wrong = wrong_with(&manifest);
    if !wrong.is_empty() {
        world.with(|state| {
            state
                .record
                .violations
                .extend(wrong.iter().map(|wrong| format!("manifest: {wrong}")))
        });
        return (StatusCode::UNPROCESSABLE_ENTITY, wrong.join("\n")).into_response();
    }
    world.with(|state| {
        state.organisation(owner);
        owner.clone_into(&mut state.app.owner);
        state.app.permissions = permissions_in(&manifest["default_permissions"]);
        let events = manifest["default_events"].as_array().into_iter().flatten();
        state.app.events = events
            .filter_map(|event| event.as_str().map(str::to_owned))
            .collect();
        if let Some(url) = manifest["hook_attributes"]["url"].as_str() {
            url.clone_into(&mut state.app.webhook_url);
        }
    });
    let back = manifest["redirect_url"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    let code = world.manifest_code(manifest);
    let Ok(mut back) = url::Url::parse(&back) else {
        return (
            StatusCode::UNPROCESSABLE_ENTITY,
            "redirect_url is no address",
        )
            .into_response();
    };
    back.query_pairs_mut().append_pair("code", &code);
    if let Some(state) = query.get("state") {
        back.query_pairs_mut().append_pair("state", state);
    }
    Redirect::to(back.as_str()).into_response()
}

/// The members that a manifest may have.
const MEMBERS: [&str; 14] = [
    "name",
    "url",
    "hook_attributes",
    "redirect_url",
    "callback_urls",
    "setup_url",
    "description",
    "public",
    "default_events",
    "default_permissions",
    "request_oauth_on_install",
    "setup_on_update",
    "webhook_secret",
    "device_flow_enabled",
];

fn wrong_with(manifest: &Value) -> Vec<String> {
    let Some(members) = manifest.as_object() else {
        return vec!["it is no object".to_owned()];
    };
    let mut wrong: Vec<String> = members
        .keys()
        .filter(|name| !MEMBERS.contains(&name.as_str()))
        .map(|name| format!("`{name}` is not known"))
        .collect();
    if !manifest["url"].is_string() {
        wrong.push("`url` is required".to_owned());
    }
    if manifest.get("hook_attributes").is_some() && !manifest["hook_attributes"]["url"].is_string()
    {
        wrong.push("`hook_attributes.url` is required".to_owned());
    }
    if let Some(permissions) = manifest.get("default_permissions") {
        let schema = serde_json::json!({ "$ref": "#/components/schemas/app-permissions" });
        wrong.extend(description().wrong("manifest permissions", &schema, permissions));
        let known = &description().meant(&schema)["properties"];
        let unknown = permissions
            .as_object()
            .into_iter()
            .flatten()
            .filter(|(name, _)| known.get(name).is_none());
        wrong.extend(unknown.map(|(name, _)| format!("the permission `{name}` is not known")));
    }
    wrong
}
