//! Signing in: a person lets the app act in their name.
//!
//! source: docs.github.com, "Generating a user access token for a GitHub App"

use std::collections::BTreeMap;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Json, Redirect, Response};
use axum::routing::{get, post};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::objects::id;
use super::world::World;

/// A code holds so long.
const CODE_MILLIS: i64 = 10 * 60_000;

/// What is under way between a browser, the app and GitHub.
#[derive(Clone, Debug)]
pub struct SignIns {
    /// Who sits before the browser; none lets nobody in.
    pub person: Option<String>,
    codes: BTreeMap<String, Code>,
    /// Who a token to refresh stands for.
    refreshing: BTreeMap<String, String>,
}

#[derive(Clone, Debug)]
struct Code {
    login: String,
    redirect: String,
    challenge: Option<String>,
    made: i64,
}

impl Default for SignIns {
    fn default() -> SignIns {
        SignIns {
            person: Some("octocat".to_owned()),
            codes: BTreeMap::new(),
            refreshing: BTreeMap::new(),
        }
    }
}

type Fields = BTreeMap<String, String>;

pub fn routes() -> Router<World> {
    Router::new()
        .route("/login/oauth/authorize", get(authorize))
        .route("/login/oauth/access_token", post(access_token))
}

/// Asks nobody, and leads back at once.
async fn authorize(State(world): State<World>, Query(query): Query<Fields>) -> Response {
    let field = |name: &str| query.get(name).map_or("", String::as_str);
    if field("client_id") != world.credentials().client_id {
        return StatusCode::NOT_FOUND.into_response();
    }
    let Ok(mut back) = url::Url::parse(field("redirect_uri")) else {
        world.with(|state| {
            state
                .record
                .violation("sign-in: no redirect_uri".to_owned())
        });
        return StatusCode::NOT_FOUND.into_response();
    };
    for name in ["state", "code_challenge"] {
        if field(name).len() < 22 {
            let wrong = format!("sign-in: no {name} that nobody can guess");
            world.with(|state| state.record.violation(wrong));
        }
    }
    // source: github.blog/changelog/2025-07-14-pkce-support…: S256 alone
    if query.contains_key("code_challenge") && field("code_challenge_method") != "S256" {
        world.with(|state| {
            state
                .record
                .violation("sign-in: a challenge that is not S256".to_owned())
        });
        return StatusCode::BAD_REQUEST.into_response();
    }
    let code = world.with(|state| {
        let login = state.sign_ins.person.clone()?;
        let code = id("code", &state.next_id().to_be_bytes())[..20].to_owned();
        let kept = Code {
            login,
            redirect: field("redirect_uri").to_owned(),
            challenge: query.get("code_challenge").cloned(),
            made: state.clock.millis(),
        };
        state.sign_ins.codes.insert(code.clone(), kept);
        Some(code)
    });
    match code {
        Some(code) => back.query_pairs_mut().append_pair("code", &code),
        None => back.query_pairs_mut().append_pair("error", "access_denied"),
    };
    if let Some(given) = query.get("state") {
        back.query_pairs_mut().append_pair("state", given);
    }
    Redirect::to(back.as_str()).into_response()
}

async fn access_token(State(world): State<World>, headers: HeaderMap, body: Bytes) -> Response {
    let header = |name: &str| {
        headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    };
    let fields: Fields = if header("content-type").contains("json") {
        serde_json::from_slice(&body).unwrap_or_default()
    } else {
        url::form_urlencoded::parse(&body).into_owned().collect()
    };
    // Failures, too, are answered 200.
    let answer = granted(&world, &fields).unwrap_or_else(|error| {
        json!({ "error": error, "error_description": format!("The request failed: {error}."), "error_uri": "https://docs.github.com" })
    });
    if header("accept").contains("json") {
        return Json(answer).into_response();
    }
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in answer.as_object().into_iter().flatten() {
        form.append_pair(
            name,
            &value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned),
        );
    }
    (
        [(
            "content-type",
            "application/x-www-form-urlencoded; charset=utf-8",
        )],
        form.finish(),
    )
        .into_response()
}

fn granted(world: &World, fields: &Fields) -> Result<Value, &'static str> {
    let field = |name: &str| fields.get(name).map_or("", String::as_str);
    let app = world.credentials();
    if (field("client_id"), field("client_secret"))
        != (app.client_id.as_str(), app.client_secret.as_str())
    {
        return Err("incorrect_client_credentials");
    }
    let login = world.with(|state| {
        let now = state.clock.millis();
        if field("grant_type") == "refresh_token" {
            return state
                .sign_ins
                .refreshing
                .remove(field("refresh_token"))
                .ok_or("bad_refresh_token");
        }
        // A code is good once, whatever comes of it.
        let code = state
            .sign_ins
            .codes
            .remove(field("code"))
            .filter(|code| now < code.made + CODE_MILLIS);
        let code = code.ok_or("bad_verification_code")?;
        if fields
            .get("redirect_uri")
            .is_some_and(|given| *given != code.redirect)
        {
            return Err("redirect_uri_mismatch");
        }
        let proven = URL_SAFE_NO_PAD.encode(Sha256::digest(field("code_verifier").as_bytes()));
        if code.challenge.is_some_and(|challenge| challenge != proven) {
            return Err("bad_verification_code");
        }
        Ok(code.login)
    })?;
    let token = world.person_token(&login);
    let refresh = format!("ghr_{}", id("refresh", token.as_bytes()));
    world.with(|state| state.sign_ins.refreshing.insert(refresh.clone(), login));
    Ok(json!({
        "access_token": token,
        "expires_in": 8 * 3600,
        "refresh_token": refresh,
        "refresh_token_expires_in": 15_897_600,
        "scope": "",
        "token_type": "bearer",
    }))
}

impl World {
    /// Who sits before the browser when it is led to GitHub; none refuses.
    pub fn sign_in_as(&self, person: Option<&str>) {
        self.with(|state| {
            state.sign_ins.person = person.map(str::to_owned);
            person.map(|login| state.account(login));
        });
    }

    /// A person takes back what the app may do in their name.
    pub fn revoke(&self, login: &str) {
        self.with(|state| {
            let bucket = format!("user {login}");
            state
                .tokens
                .retain(|_, token| token.caller.bucket() != bucket);
            state
                .sign_ins
                .refreshing
                .retain(|_, person| person != login);
            let payload = json!({ "action": "revoked", "sender": state.show_account(login) });
            let body = payload.to_string().into_bytes();
            state.put_delivery(
                "github_app_authorization",
                Some("revoked"),
                None,
                None,
                body,
            );
        });
    }
}
