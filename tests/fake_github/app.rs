//! The GitHub App: its keys, its secrets, and the proof that a request comes from it.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use rsa::RsaPrivateKey;
use rsa::pkcs1::EncodeRsaPrivateKey;
use rsa::pkcs8::{EncodePublicKey, LineEnding};
use serde_json::{Value, json};

use super::state::{Level, Permissions};

/// A private key and what checks its signatures, as PEM.
#[derive(Debug)]
pub struct Keys {
    pub private: String,
    pub public: String,
}

/// Made once for the whole run: making an RSA key takes long.
static KEYS: LazyLock<Keys> = LazyLock::new(|| {
    let key = RsaPrivateKey::new(&mut rsa::rand_core::OsRng, 2048).expect("a key can be made");
    let private = key
        .to_pkcs1_pem(LineEnding::LF)
        .expect("a key can be written")
        .to_string();
    let public = key
        .to_public_key()
        .to_public_key_pem(LineEnding::LF)
        .expect("a key can be written");
    Keys { private, public }
});

#[derive(Clone, Debug)]
pub struct App {
    pub id: u64,
    pub slug: String,
    pub client_id: String,
    pub client_secret: String,
    pub owner: String,
    pub permissions: Permissions,
    pub events: Vec<String>,
    /// The secret with which deliveries are signed now.
    pub webhook_secret: String,
    pub webhook_url: String,
    /// Whether installations get tokens of the newer, long form.
    pub long_tokens: bool,
}

/// Longer than this an app's token may not hold.
// source: docs.github.com, "Generating a JSON Web Token (JWT) for a GitHub App"
const LONGEST_SECONDS: i64 = 600;
/// How far the clocks of the two sides may differ.
const DRIFT_SECONDS: i64 = 60;

impl App {
    pub fn new() -> App {
        let permissions = [
            ("metadata", Level::Read),
            ("contents", Level::Read),
            ("pull_requests", Level::Write),
            ("checks", Level::Write),
        ];
        let events = [
            "pull_request",
            "pull_request_review",
            "pull_request_review_comment",
            "pull_request_review_thread",
            "check_run",
            "check_suite",
            "member",
            "repository",
            "public",
        ];
        App {
            id: 4711,
            slug: "highwater".to_owned(),
            client_id: "Iv23liStandInClient1".to_owned(),
            client_secret: "0123456789abcdef0123456789abcdef01234567".to_owned(),
            owner: "highwater-makers".to_owned(),
            permissions: permissions
                .map(|(name, level)| (name.to_owned(), level))
                .into(),
            events: events.map(str::to_owned).into(),
            webhook_secret: "a-secret-of-the-stand-in".to_owned(),
            long_tokens: false,
            webhook_url: "http://127.0.0.1:8080/webhooks/github".to_owned(),
        }
    }

    /// The login under which the app writes.
    pub fn bot_login(&self) -> String {
        format!("{}[bot]", self.slug)
    }

    pub fn keys(&self) -> &'static Keys {
        &KEYS
    }

    /// Why a token of the app is not accepted.
    pub fn check(&self, token: &str, now: i64) -> Result<(), &'static str> {
        let header = jsonwebtoken::decode_header(token)
            .map_err(|_| "A JSON web token could not be decoded")?;
        if header.alg != Algorithm::RS256 {
            return Err("A JSON web token could not be decoded");
        }
        let mut validation = Validation::new(Algorithm::RS256);
        // The times are checked below, by the clock that a test moves.
        validation.required_spec_claims.clear();
        validation.validate_exp = false;
        validation.validate_aud = false;
        let key =
            DecodingKey::from_rsa_pem(KEYS.public.as_bytes()).expect("the key was written here");
        let claims = jsonwebtoken::decode::<Value>(token, &key, &validation)
            .map_err(|_| "A JSON web token could not be decoded")?
            .claims;
        let issuer = claims["iss"]
            .as_str()
            .map_or_else(|| claims["iss"].to_string(), str::to_owned);
        if issuer != self.id.to_string() && issuer != self.client_id {
            return Err("'Issuer' claim ('iss') must be an Integer or the client id of the app");
        }
        let (Some(issued), Some(expires)) = (claims["iat"].as_i64(), claims["exp"].as_i64()) else {
            return Err(
                "'Issued at' claim ('iat') and 'Expiration time' claim ('exp') must be Integers",
            );
        };
        if issued > now + DRIFT_SECONDS {
            return Err(
                "'Issued at' claim ('iat') must be an Integer representing a time in the past",
            );
        }
        if expires <= now {
            return Err(
                "'Expiration time' claim ('exp') must be a numeric value representing the future time",
            );
        }
        if expires > now + LONGEST_SECONDS + DRIFT_SECONDS
            || expires - issued > LONGEST_SECONDS + DRIFT_SECONDS
        {
            return Err("'Expiration time' claim ('exp') is too far in the future");
        }
        Ok(())
    }

    /// A token of the app, as a client would make it.
    pub fn token(&self, issued: i64, expires: i64) -> String {
        let claims = json!({ "iat": issued, "exp": expires, "iss": self.id });
        signed(&claims)
    }
}

/// Claims signed with the app's key.
pub fn signed(claims: &Value) -> String {
    let key = EncodingKey::from_rsa_pem(KEYS.private.as_bytes()).expect("the key was written here");
    jsonwebtoken::encode(&Header::new(Algorithm::RS256), claims, &key)
        .expect("claims can be signed")
}

/// Permissions from JSON: a map of names to `read` or `write`.
pub fn permissions_in(value: &Value) -> BTreeMap<String, Level> {
    let entry =
        |(name, level): (&String, &Value)| Some((name.clone(), Level::named(level.as_str()?)?));
    value
        .as_object()
        .into_iter()
        .flatten()
        .filter_map(entry)
        .collect()
}
