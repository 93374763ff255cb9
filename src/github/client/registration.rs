//! The last step of registering an App: GitHub gives what was made, once, for a code.

use http::Method;
use secrecy::SecretString;
use serde::Deserialize;

use super::failure::Failure;
use super::request;
use crate::github::read::answers::User;

/// An App that was just registered, with its secrets.
#[derive(Debug, Deserialize)]
pub struct Registered {
    /// Its number.
    pub id: u64,
    /// Its name in addresses.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Whose it is.
    pub owner: User,
    /// Its page.
    pub html_url: String,
    /// Names it at sign-in.
    pub client_id: String,
    /// Proves it at sign-in.
    pub client_secret: SecretString,
    /// With which its deliveries are signed.
    pub webhook_secret: Option<SecretString>,
    /// Its private key.
    pub pem: SecretString,
}

/// What was registered, for the code that GitHub gave to the browser. A code holds for an hour, and
/// once.
///
/// # Errors
///
/// See [`Failure`]; [`Failure::Gone`] where the code holds no more.
pub async fn convert(api_url: &str, code: &str) -> Result<Registered, Failure> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if code.is_empty() || code.len() > 200 || !code.chars().all(is_plain) {
        return Err(Failure::Gone("this code".to_owned()));
    }
    // What stands in a failure is shown and logged; the code is a secret.
    let path = "/app-manifests/…/conversions";
    let unreadable = |why: String| Failure::Unreadable {
        path: path.to_owned(),
        why,
    };
    let client = request::client(api_url).map_err(|error| unreadable(error.to_string()))?;
    let base = api_url.trim_end_matches('/');
    let address = format!("{base}/app-manifests/{code}/conversions");
    let request = request::request(&Method::POST, &address, None, None, path)?;
    let (status, answer) = request::answer(&client, request, path).await?;
    answer.checked(path, status)
}
