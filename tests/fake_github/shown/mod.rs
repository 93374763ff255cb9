//! How what the stand-in knows is written in answers and deliveries.

mod checks;
mod comments;
mod installations;
mod pulls;
mod repositories;

pub use repositories::percent;

use serde_json::{Value, json};

use super::app::permissions_in;
use super::clock::written;
use super::description::description;
use super::pull::Reaction;
use super::state::{Permissions, State};
use super::tokens::ACTIONS_APP;

/// The kinds of reactions.
const REACTIONS: [&str; 8] = [
    "+1", "-1", "laugh", "confused", "heart", "hooray", "rocket", "eyes",
];

impl State {
    /// The address of something in the API.
    pub fn api(&self, rest: &str) -> String {
        format!("{}/{rest}", self.base)
    }

    pub fn show_account(&self, login: &str) -> Value {
        let Some(account) = self.accounts.get(login) else {
            return Value::Null;
        };
        let prefix = match account.kind {
            "Bot" => "BOT",
            "Organization" => "O",
            _ => "U",
        };
        description().fill(
            "simple-user",
            json!({
                "login": login,
                "id": account.id,
                "node_id": format!("{prefix}_{}", account.id),
                "type": account.kind,
                "gravatar_id": "",
                "html_url": self.api(&percent(login)),
                "url": self.api(&format!("users/{}", percent(login))),
            }),
        )
    }

    pub fn show_app(&self, id: u64) -> Value {
        let ours = id == self.app.id;
        let permissions = if ours {
            self.app.permissions.clone()
        } else {
            permissions_in(&json!({"checks": "write"}))
        };
        let events = if ours {
            self.app.events.clone()
        } else {
            Vec::new()
        };
        let owner = if ours {
            self.app.owner.as_str()
        } else {
            "github"
        };
        let slug = if ours {
            self.app.slug.as_str()
        } else {
            "github-actions"
        };
        description().fill(
            "integration",
            json!({
                "id": id,
                "slug": slug,
                "node_id": format!("A_{id}"),
                "client_id": if id == ACTIONS_APP { "Iv1.actions" } else { &self.app.client_id },
                "owner": self.show_account(owner),
                "name": slug,
                "description": null,
                "external_url": "https://highwater.example",
                "html_url": self.api(&format!("apps/{slug}")),
                "permissions": show_permissions(&permissions),
                "events": events,
                "installations_count": self.installations.values().filter(|one| !one.deleted).count(),
            }),
        )
    }

    pub fn show_reaction(&self, reaction: &Reaction) -> Value {
        json!({
            "id": reaction.id,
            "node_id": format!("REA_{}", reaction.id),
            "user": self.show_account(&reaction.author),
            "content": reaction.content,
            "created_at": written(reaction.created),
        })
    }

    pub fn show_reactions(&self, reactions: &[Reaction], url: &str) -> Value {
        let mut rollup =
            json!({ "url": format!("{url}/reactions"), "total_count": reactions.len() });
        for kind in REACTIONS {
            rollup[kind] = json!(reactions.iter().filter(|one| one.content == kind).count());
        }
        rollup
    }
}

pub fn show_permissions(permissions: &Permissions) -> Value {
    permissions
        .iter()
        .map(|(name, level)| (name.clone(), json!(level.name())))
        .collect()
}
