//! One request: its headers, its deadline, its answer.

use std::time::Duration;

use http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header};
use http_body_util::{BodyExt, Limited};
use jiff::fmt::rfc2822;
use octocrab::Octocrab;
use octocrab::models::AppId;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::failure::{AT_LEAST, AT_MOST, Failure, Limit, limit, number, of_answer};
use super::{KeyError, Shared};
use crate::github::Settings;
use crate::report::VERSION;

/// The path that stands for GraphQL, which is elsewhere on an enterprise server.
pub const GRAPHQL: &str = "/graphql";
/// How long an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(30);
/// The largest answer that is read, in bytes.
const LARGEST: usize = 64 << 20;
/// Redirections that are followed: of a repository that was renamed, on the same host.
const REDIRECTIONS: usize = 3;

/// An answer that is a success.
pub struct Answer {
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    /// What the answer says, or what its status means where that is no success.
    pub fn checked<T: DeserializeOwned>(
        &self,
        path: &str,
        status: StatusCode,
    ) -> Result<T, Failure> {
        if status.is_success() {
            return self.read(path);
        }
        Err(of_answer(path, status, &self.headers, &self.body, 0))
    }

    /// What the answer says.
    pub fn read<T: DeserializeOwned>(&self, path: &str) -> Result<T, Failure> {
        // An answer without a body says nothing.
        let body: &[u8] = if self.body.is_empty() {
            b"null"
        } else {
            &self.body
        };
        serde_json::from_slice(body).map_err(|error| Failure::Unreadable {
            path: path.to_owned(),
            why: error.to_string(),
        })
    }

    /// Headers and body, for a library that reads them.
    pub fn into_parts(self) -> (HeaderMap, Vec<u8>) {
        (self.headers, self.body)
    }

    /// The path of the next page.
    pub fn next(&self, api_url: &str) -> Option<String> {
        let links = self.headers.get(header::LINK)?.to_str().ok()?;
        let next = links
            .split(',')
            .find(|link| link.contains("rel=\"next\""))?;
        let address = next.trim().strip_prefix('<')?.split('>').next()?;
        address
            .strip_prefix(api_url.trim_end_matches('/'))
            .map(str::to_owned)
    }

    /// When GitHub answered, in seconds since 1970 by its own clock.
    pub fn date(&self) -> Option<i64> {
        let date = self.headers.get(header::DATE)?.to_str().ok()?;
        Some(rfc2822::parse(date).ok()?.timestamp().as_second())
    }
}

/// The client of all requests. It tries nothing again, and follows nowhere.
///
/// It brings no token of its own: octocrab gives its own tokens to github.com alone, when an address
/// names its host, and an enterprise server is another.
pub fn client(api_url: &str) -> Result<Octocrab, KeyError> {
    let builder = Octocrab::builder()
        .base_uri(api_url)
        .map_err(|_| KeyError)?;
    builder.build().map_err(|_| KeyError)
}

/// The key with which the App signs.
pub fn key(settings: &Settings) -> Result<jsonwebtoken::EncodingKey, KeyError> {
    let pem = settings.private_key.expose_secret().as_bytes();
    jsonwebtoken::EncodingKey::from_rsa_pem(pem).map_err(|_| KeyError)
}

/// What is sent.
pub fn body(path: &str, body: &impl Serialize) -> Result<String, Failure> {
    serde_json::to_string(body).map_err(|error| Failure::Unreadable {
        path: path.to_owned(),
        why: error.to_string(),
    })
}

impl Shared {
    /// Asks as the App itself.
    pub async fn as_app(
        &self,
        method: Method,
        path: &str,
        body: Option<String>,
    ) -> Result<Answer, Failure> {
        let signed = octocrab::auth::create_jwt(AppId(self.settings.app_id), &self.key);
        let signed = signed.map_err(|error| Failure::Unreadable {
            path: path.to_owned(),
            why: error.to_string(),
        })?;
        self.send(0, &signed.into(), (method, path, body)).await
    }

    /// Asks as an installation. A token that is not accepted is forgotten.
    pub async fn as_installation(
        &self,
        id: i64,
        method: Method,
        path: &str,
        body: Option<String>,
    ) -> Result<Answer, Failure> {
        let token = self.token(id).await?;
        let answer = self.send(id, &token, (method, path, body)).await;
        if matches!(answer, Err(Failure::Unauthorized)) {
            self.forget_token(id, &token);
        }
        answer
    }

    /// Reads as a person who signed in. What GitHub allows a person is counted for that person: it
    /// makes nobody else wait.
    pub async fn as_person(&self, token: &SecretString, path: &str) -> Result<Answer, Failure> {
        let _turn = self.at_once.acquire().await;
        let mut address = self.address(path);
        for _ in 0..=REDIRECTIONS {
            let request = request(&Method::GET, &address, Some(token), None, path)?;
            let (status, answer) = answer(&self.client, request, path).await?;
            if status.is_redirection()
                && let Some(next) = self.elsewhere(&answer.headers)
            {
                address = next;
                continue;
            }
            let now = self.clock.now();
            return match limit(status, &answer.headers, &answer.body, now) {
                _ if status.is_success() => Ok(answer),
                Some(Limit::Until(until)) => Err(Failure::NotNow { until }),
                Some(Limit::Unsaid) => Err(Failure::NotNow {
                    until: now + AT_LEAST,
                }),
                None if status == StatusCode::UNAUTHORIZED => Err(Failure::Unauthorized),
                None => Err(of_answer(path, status, &answer.headers, &answer.body, now)),
            };
        }
        Err(Failure::Gone(path.to_owned()))
    }

    async fn send(
        &self,
        installation: i64,
        token: &SecretString,
        (method, path, body): (Method, &str, Option<String>),
    ) -> Result<Answer, Failure> {
        self.may_ask(installation).await?;
        let _turn = self.at_once.acquire().await;
        let mut address = self.address(path);
        for _ in 0..=REDIRECTIONS {
            let request = request(&method, &address, Some(token), body.clone(), path)?;
            let (status, answer) = answer(&self.client, request, path).await?;
            self.note(installation, path, status, &answer.headers)
                .await?;
            if status.is_redirection()
                && method == Method::GET
                && let Some(next) = self.elsewhere(&answer.headers)
            {
                address = next;
                continue;
            }
            if status.is_success() {
                return Ok(answer);
            }
            let now = self.clock.now();
            return Err(match limit(status, &answer.headers, &answer.body, now) {
                Some(Limit::Until(until)) => {
                    self.store.pause(installation, until).await?;
                    Failure::NotNow { until }
                }
                Some(Limit::Unsaid) => Failure::NotNow {
                    until: self
                        .store
                        .pause_longer(installation, now, (AT_LEAST, AT_MOST))
                        .await?,
                },
                None if status == StatusCode::UNAUTHORIZED => Failure::Unauthorized,
                None => of_answer(path, status, &answer.headers, &answer.body, now),
            });
        }
        Err(Failure::Gone(path.to_owned()))
    }

    pub fn address(&self, path: &str) -> String {
        let base = self.settings.api_url.trim_end_matches('/');
        if path == GRAPHQL {
            return format!("{}{path}", base.strip_suffix("/v3").unwrap_or(base));
        }
        format!("{base}{path}")
    }

    /// Where an answer sends us, where that is GitHub too.
    fn elsewhere(&self, headers: &HeaderMap) -> Option<String> {
        let next = headers.get(header::LOCATION)?.to_str().ok()?;
        let base: http::Uri = self.settings.api_url.parse().ok()?;
        let uri: http::Uri = next.parse().ok()?;
        (uri.authority() == base.authority() && uri.scheme() == base.scheme())
            .then(|| next.to_owned())
    }

    /// Counts an answer, and leaves GitHub alone before it has to say so.
    async fn note(
        &self,
        installation: i64,
        path: &str,
        status: StatusCode,
        headers: &HeaderMap,
    ) -> Result<(), Failure> {
        let outcome = match status.as_u16() {
            403 | 429 => "limited_or_forbidden",
            200..=399 => "success",
            400..=499 => "refused",
            _ => "failed",
        };
        metrics::counter!("highwater_github_requests_total", "outcome" => outcome).increment(1);
        let Some(left) = number(headers, "x-ratelimit-remaining") else {
            return Ok(());
        };
        if path != GRAPHQL {
            metrics::gauge!("highwater_github_budget_left", "installation" => installation.to_string())
                .set(left as f64);
        }
        if left == 0
            && let Some(reset) = number(headers, "x-ratelimit-reset")
        {
            self.store.pause(installation, reset * 1000 + 1000).await?;
        }
        Ok(())
    }
}

/// Sends a request and waits for the whole answer, whatever it says.
pub async fn answer(
    client: &Octocrab,
    request: Request<String>,
    path: &str,
) -> Result<(StatusCode, Answer), Failure> {
    let unknown = |why: &str| Failure::Unknown {
        path: path.to_owned(),
        why: why.to_owned(),
    };
    let asked = async {
        let response = client
            .execute(request)
            .await
            .map_err(|_| unknown("the connection failed"))?;
        let (parts, body) = response.into_parts();
        let whole = Limited::new(body, LARGEST).collect().await;
        let body = whole
            .map_err(|_| unknown("the answer broke off"))?
            .to_bytes()
            .to_vec();
        Ok((
            parts.status,
            Answer {
                headers: parts.headers,
                body,
            },
        ))
    };
    let answered = tokio::time::timeout(PATIENCE, asked).await;
    let answered = answered.unwrap_or_else(|_| Err(unknown("it took too long")));
    if answered.is_err() {
        metrics::counter!("highwater_github_requests_total", "outcome" => "none").increment(1);
    }
    answered
}

/// A request as GitHub wants it.
pub fn request(
    method: &Method,
    address: &str,
    token: Option<&SecretString>,
    body: Option<String>,
    path: &str,
) -> Result<Request<String>, Failure> {
    let mut request = Request::builder()
        .method(method)
        .uri(address)
        .header(header::ACCEPT, "application/vnd.github+json")
        .header(header::USER_AGENT, format!("highwater/{VERSION}"))
        .header("x-github-api-version", "2022-11-28");
    let bearer =
        token.map(|token| HeaderValue::from_str(&format!("Bearer {}", token.expose_secret())));
    if let Some(Ok(mut bearer)) = bearer {
        bearer.set_sensitive(true);
        request = request.header(header::AUTHORIZATION, bearer);
    }
    if body.is_some() {
        request = request.header(header::CONTENT_TYPE, "application/json");
    }
    request
        .body(body.unwrap_or_default())
        .map_err(|error| Failure::Unreadable {
            path: path.to_owned(),
            why: error.to_string(),
        })
}
