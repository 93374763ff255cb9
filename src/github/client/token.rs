//! The tokens of installations: asked for when needed, kept in memory while they hold.

use http::Method;
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use subtle::ConstantTimeEq;

use super::Shared;
use super::failure::Failure;

/// How long before its end a token is no longer used, in milliseconds.
const EARLY: i64 = 5 * 60_000;

/// A token and its end, in milliseconds since 1970.
pub struct Token {
    secret: SecretString,
    ends: i64,
}

impl Token {
    /// The token of a job, which holds for as long as the job lasts.
    pub fn of_job(secret: SecretString) -> Token {
        Token {
            secret,
            ends: i64::MAX,
        }
    }
}

/// GitHub's answer. A token may be of any length.
#[derive(Deserialize)]
struct Given {
    token: SecretString,
    expires_at: Timestamp,
}

impl Shared {
    /// The token of an installation.
    pub async fn token(&self, installation: i64) -> Result<SecretString, Failure> {
        let now = self.clock.now();
        if let Some(token) = self.tokens().get(&installation)
            && token.ends - EARLY > now
        {
            return Ok(token.secret.clone());
        }
        self.may_ask(installation).await?;
        let path = format!("/app/installations/{installation}/access_tokens");
        let given: Given = self.as_app(Method::POST, &path, None).await?.read(&path)?;
        let ends = given.expires_at.as_millisecond();
        let secret = given.token.clone();
        self.tokens().insert(
            installation,
            Token {
                secret: given.token,
                ends,
            },
        );
        Ok(secret)
    }

    /// Forgets a token that is not accepted, unless another took its place already.
    pub fn forget_token(&self, installation: i64, refused: &SecretString) {
        let mut tokens = self.tokens();
        let is_same = tokens.get(&installation).is_some_and(|token| {
            let (one, other) = (token.secret.expose_secret(), refused.expose_secret());
            one.as_bytes().ct_eq(other.as_bytes()).into()
        });
        if is_same {
            tokens.remove(&installation);
        }
    }

    fn tokens(&self) -> std::sync::MutexGuard<'_, std::collections::HashMap<i64, Token>> {
        self.tokens
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
