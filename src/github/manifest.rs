//! The manifest with which GitHub registers an App for this server, and the settings that come of
//! it.

use secrecy::ExposeSecret;
use serde_json::{Value, json};

use super::client::registration::Registered;
use super::permissions::{EVENTS, NEEDED};
use super::settings::API;

/// The longest name of an App.
/// source: docs.github.com, "Registering a GitHub App": no more than 34 characters.
const LONGEST_NAME: usize = 34;

/// What the App is to be: what it may do, what it is told, and where.
pub fn manifest(public_url: &str) -> Value {
    let site = public_url.trim_end_matches('/');
    let host = site.split_once("://").map_or(site, |(_, host)| host);
    // Names are unique on all of GitHub; whoever registers it can choose another there.
    let name: String = format!("Highwater {host}")
        .chars()
        .take(LONGEST_NAME)
        .collect();
    let permissions: serde_json::Map<String, Value> = NEEDED
        .iter()
        .map(|one| (one.name.to_owned(), one.level.into()))
        .collect();
    let events: Vec<&str> = EVENTS.iter().map(|(name, _)| *name).collect();
    json!({
        "name": name,
        "url": site,
        "description": "Reviews pull requests for backpressure bugs.",
        "hook_attributes": { "url": format!("{site}/webhooks/github"), "active": true },
        "redirect_url": format!("{site}/setup/callback"),
        // Where people come back to who sign in to see their own pull requests.
        "callback_urls": [format!("{site}/auth/github/callback")],
        "public": false,
        "default_permissions": permissions,
        "default_events": events,
    })
}

/// The page of GitHub that takes a manifest: for the account of whoever opens it, or for an
/// organisation. Nothing when that is no name of an organisation.
pub fn page(html_url: &str, organisation: Option<&str>) -> Option<String> {
    let html_url = html_url.trim_end_matches('/');
    let Some(name) = organisation else {
        return Some(format!("{html_url}/settings/apps/new"));
    };
    // Accounts that an enterprise manages have a `_` in their names.
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let is_name = (1..=39).contains(&name.len()) && name.chars().all(is_part);
    is_name.then(|| format!("{html_url}/organizations/{name}/settings/apps/new"))
}

/// The settings of an App: key in the `[github]` table of a file of settings, and value.
fn settings(app: &Registered, api_url: &str) -> Vec<(&'static str, String)> {
    let mut all = vec![
        ("app_id", app.id.to_string()),
        (
            "private_key",
            app.pem.expose_secret().trim_end().to_owned() + "\n",
        ),
        ("client_id", app.client_id.clone()),
        (
            "client_secret",
            app.client_secret.expose_secret().to_owned(),
        ),
    ];
    if let Some(secret) = &app.webhook_secret {
        all.push(("webhook_secrets", secret.expose_secret().to_owned()));
    }
    if api_url != API {
        all.push(("api_url", api_url.to_owned()));
    }
    all
}

/// As a file of settings for `serve --config`.
pub fn as_file(app: &Registered, api_url: &str) -> String {
    let mut text = format!(
        "# The GitHub App {}. Keep this file secret.\n[github]\n",
        app.slug
    );
    for (key, value) in settings(app, api_url) {
        let written = toml::Value::String(value.clone());
        text += &match key {
            "app_id" => format!("{key} = {value}\n"),
            "webhook_secrets" => format!("{key} = [{written}]\n"),
            _ => format!("{key} = {written}\n"),
        };
    }
    text
}

/// As variables of the environment, one a line, as a shell reads them.
pub fn as_variables(app: &Registered, api_url: &str) -> String {
    let line = |(key, value): (&str, String)| {
        let value = value.trim_end().replace('\n', "\\n").replace('\'', "'\\''");
        format!("HIGHWATER_GITHUB_{}='{value}'\n", key.to_uppercase())
    };
    settings(app, api_url).into_iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_manifest_asks_for_no_more_than_is_needed() {
        let asked = manifest("https://highwater.example.com/");
        assert_eq!(
            asked["default_permissions"],
            json!({ "metadata": "read", "contents": "read", "pull_requests": "write", "checks": "write" })
        );
        assert_eq!(
            asked["hook_attributes"]["url"],
            "https://highwater.example.com/webhooks/github"
        );
        assert_eq!(asked["name"], "Highwater highwater.example.com");
        assert_eq!(
            asked["callback_urls"],
            json!(["https://highwater.example.com/auth/github/callback"])
        );
    }

    #[test]
    fn a_name_of_an_organisation_is_one_part_of_an_address() {
        let page = |name| page("https://github.com", name);
        assert_eq!(
            page(Some("acme-1")).as_deref(),
            Some("https://github.com/organizations/acme-1/settings/apps/new")
        );
        assert_eq!(
            page(None).as_deref(),
            Some("https://github.com/settings/apps/new")
        );
        for wrong in ["", "a/b", "a?b", "..", "a b", &"a".repeat(40)] {
            assert_eq!(page(Some(wrong)), None, "{wrong}");
        }
    }

    #[test]
    fn settings_are_written_as_they_are_read() {
        let app = Registered {
            id: 7,
            slug: "highwater".to_owned(),
            name: "Highwater".to_owned(),
            owner: crate::github::read::answers::User {
                login: "acme".to_owned(),
                id: 1,
                kind: "Organization".to_owned(),
            },
            html_url: String::new(),
            client_id: "Iv1".to_owned(),
            client_secret: "c\"s".into(),
            webhook_secret: Some("it's".into()),
            pem: "-----BEGIN RSA PRIVATE KEY-----\nAA\n-----END RSA PRIVATE KEY-----\n".into(),
        };
        let text = as_file(&app, "https://ghe.example.com/api/v3");
        let read: toml::Table = text.parse().unwrap();
        let github = read["github"].as_table().unwrap();
        assert_eq!(github["app_id"].as_integer(), Some(7));
        assert_eq!(
            github["private_key"].as_str().unwrap(),
            app.pem.expose_secret()
        );
        assert_eq!(github["webhook_secrets"][0].as_str(), Some("it's"));
        assert_eq!(
            github["api_url"].as_str(),
            Some("https://ghe.example.com/api/v3")
        );
        let variables = as_variables(&app, API);
        assert!(variables.contains("HIGHWATER_GITHUB_WEBHOOK_SECRETS='it'\\''s'\n"));
        assert!(variables.contains("-----\\nAA\\n-----"));
        assert!(!variables.contains("API_URL"));
    }
}
