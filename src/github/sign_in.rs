//! Signing in: a person lets the App see what they see, by OAuth with a state and PKCE (S256).
//!
//! The steps are the library's; its one request goes through the client that all requests to GitHub
//! go through. Whatever GitHub gives beside the token, such as one to refresh it by, is not kept.

use std::pin::Pin;

use http::Response;
use oauth2::basic::BasicClient;
use oauth2::{
    AsyncHttpClient, AuthType, AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken,
    EndpointNotSet, EndpointSet, HttpRequest, HttpResponse, PkceCodeChallenge, PkceCodeVerifier,
    RedirectUrl, RequestTokenError, TokenResponse, TokenUrl,
};
use octocrab::Octocrab;
use secrecy::{ExposeSecret, SecretString};

use super::client::{Failure, GitHub, request};
use super::read::answers::User;
use crate::report::VERSION;

/// How long a token holds where GitHub does not say so, in milliseconds.
/// source: docs.github.com, "Generating a user access token for a GitHub App": 8 hours.
const HOLDS: i64 = 8 * 3_600_000;
/// Where a code is given for a token, as it is told; the code is a secret.
const EXCHANGE: &str = "/login/oauth/access_token";
/// The longest code, in bytes.
const LONGEST: usize = 200;

type Client = BasicClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointSet>;

/// How people sign in.
pub struct SignIn {
    client: Client,
    http: Octocrab,
    github: GitHub,
}

/// A sign-in that begins.
pub struct Begun {
    /// Where the browser goes.
    pub address: String,
    /// What must come back.
    pub state: String,
    /// What proves that the code is given in by whoever began.
    pub verifier: String,
}

/// Who signed in.
pub struct SignedIn {
    /// Their number, which no rename changes.
    pub id: i64,
    /// Their name.
    pub login: String,
    /// With which GitHub is asked in their name.
    pub token: SecretString,
    /// When that holds no more, in milliseconds since 1970.
    pub ends: i64,
}

impl SignIn {
    /// How people sign in at a site, where the App's client is set.
    ///
    /// # Errors
    ///
    /// Says what of the addresses makes no sense.
    pub fn new(github: &GitHub, public_url: &str) -> Result<Option<SignIn>, String> {
        let settings = github.settings();
        let (Some(id), Some(secret)) = (&settings.client_id, &settings.client_secret) else {
            return Ok(None);
        };
        let wrong = |error: oauth2::url::ParseError| error.to_string();
        let at = settings.html_url.trim_end_matches('/');
        let back = format!("{}/auth/github/callback", public_url.trim_end_matches('/'));
        let client = BasicClient::new(ClientId::new(id.clone()))
            .set_client_secret(ClientSecret::new(secret.expose_secret().to_owned()))
            // GitHub reads both from the body.
            .set_auth_type(AuthType::RequestBody)
            .set_auth_uri(AuthUrl::new(format!("{at}/login/oauth/authorize")).map_err(wrong)?)
            .set_token_uri(TokenUrl::new(format!("{at}{EXCHANGE}")).map_err(wrong)?)
            .set_redirect_uri(RedirectUrl::new(back).map_err(wrong)?);
        Ok(Some(SignIn {
            client,
            http: request::client(at).map_err(|error| error.to_string())?,
            github: github.clone(),
        }))
    }

    /// Begins.
    pub fn begin(&self) -> Begun {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let (address, state) = self
            .client
            .authorize_url(CsrfToken::new_random)
            .set_pkce_challenge(challenge)
            .url();
        Begun {
            address: address.into(),
            state: state.into_secret(),
            verifier: verifier.into_secret(),
        }
    }

    /// Gives a code for a token, and asks whose it is.
    ///
    /// # Errors
    ///
    /// See [`Failure`]; [`Failure::Unauthorized`] where GitHub does not take the code.
    pub async fn end(&self, code: &str, verifier: &str) -> Result<SignedIn, Failure> {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if code.is_empty() || code.len() > LONGEST || !code.chars().all(is_plain) {
            return Err(Failure::Unauthorized);
        }
        let given = self
            .client
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .set_pkce_verifier(PkceCodeVerifier::new(verifier.to_owned()))
            .request_async(&Exchange(self.http.clone()))
            .await
            .map_err(refused)?;
        let holds = given.expires_in().map_or(HOLDS, |holds| {
            i64::try_from(holds.as_millis()).unwrap_or(HOLDS)
        });
        let ends = self.github.clock().now() + holds;
        let token = SecretString::from(given.access_token().secret().as_str());
        let user: User = self.github.person(&token).get("/user").await?;
        Ok(SignedIn {
            id: user.id,
            login: user.login,
            token,
            ends,
        })
    }
}

/// Asks GitHub for a token in the way of the library.
struct Exchange(Octocrab);

type Asking<'c> = Pin<Box<dyn Future<Output = Result<HttpResponse, Failure>> + Send + 'c>>;

impl<'c> AsyncHttpClient<'c> for Exchange {
    type Error = Failure;
    type Future = Asking<'c>;

    fn call(&'c self, asked: HttpRequest) -> Asking<'c> {
        Box::pin(self.ask(asked))
    }
}

impl Exchange {
    async fn ask(&self, asked: HttpRequest) -> Result<HttpResponse, Failure> {
        let unreadable = |why: String| Failure::Unreadable {
            path: EXCHANGE.to_owned(),
            why,
        };
        let (mut parts, body) = asked.into_parts();
        let agent = http::HeaderValue::from_str(&format!("highwater/{VERSION}"));
        if let Ok(agent) = agent {
            parts.headers.insert(http::header::USER_AGENT, agent);
        }
        let body = String::from_utf8(body).map_err(|error| unreadable(error.to_string()))?;
        let asked = http::Request::from_parts(parts, body);
        let (status, answer) = request::answer(&self.0, asked, EXCHANGE).await?;
        let (headers, body) = answer.into_parts();
        let mut response = Response::new(body);
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        Ok(response)
    }
}

/// What it means that there is no token. GitHub says with status 200 that it refuses, in words that
/// are not repeated: they are a stranger's, and may quote what was sent.
fn refused<E: oauth2::ErrorResponse + 'static>(error: RequestTokenError<Failure, E>) -> Failure {
    match error {
        RequestTokenError::Request(failure) => failure,
        RequestTokenError::Parse(_, said) => {
            let said: serde_json::Value = serde_json::from_slice(&said).unwrap_or_default();
            match said.get("error").and_then(serde_json::Value::as_str) {
                Some("incorrect_client_credentials" | "redirect_uri_mismatch") => {
                    Failure::Forbidden {
                        path: EXCHANGE.to_owned(),
                        message: "the client secret or the callback address is not the App's"
                            .to_owned(),
                    }
                }
                Some(_) => Failure::Unauthorized,
                None => Failure::Unreadable {
                    path: EXCHANGE.to_owned(),
                    why: "it is no token".to_owned(),
                },
            }
        }
        RequestTokenError::ServerResponse(_) | RequestTokenError::Other(_) => Failure::Unknown {
            path: EXCHANGE.to_owned(),
            why: "GitHub gives no token".to_owned(),
        },
    }
}
