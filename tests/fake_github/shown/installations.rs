//! Installations and deliveries of the app.

use serde_json::{Value, json};

use super::super::clock::written;
use super::super::deliveries::{Attempt, Delivery};
use super::super::description::description;
use super::super::state::{Installation, State};

use super::show_permissions;

impl State {
    pub fn show_installation(&self, installation: &Installation) -> Value {
        let account = self.show_account(&installation.account);
        let kind = account["type"].clone();
        description().fill(
            "installation",
            json!({
                "id": installation.id,
                "client_id": self.app.client_id,
                "account": account,
                "target_id": account["id"],
                "target_type": kind,
                "repository_selection": if installation.repositories.is_some() { "selected" } else { "all" },
                "access_tokens_url": self.api(&format!("app/installations/{}/access_tokens", installation.id)),
                "repositories_url": self.api("installation/repositories"),
                "html_url": self.api(&format!("settings/installations/{}", installation.id)),
                "app_id": self.app.id,
                "app_slug": self.app.slug,
                "permissions": show_permissions(&installation.permissions),
                "events": installation.events,
                "created_at": written(installation.created),
                "updated_at": written(installation.created),
                "suspended_at": installation.suspended.map(written),
                "suspended_by": installation.suspended.map(|_| account.clone()),
            }),
        )
    }

    /// An attempt at a delivery; in full with what was sent and answered.
    pub fn show_attempt(&self, delivery: &Delivery, attempt: &Attempt, full: bool) -> Value {
        let mut shown = json!({
            "id": attempt.id,
            "guid": delivery.guid,
            "delivered_at": written(attempt.at),
            "redelivery": attempt.redelivery,
            "duration": 0.1,
            "status": attempt.status,
            "status_code": attempt.code,
            "event": delivery.event,
            "action": delivery.action,
            "installation_id": delivery.installation,
            "repository_id": delivery.repository,
            "throttled_at": null,
        });
        if full {
            let headers: Value = delivery
                .headers
                .iter()
                .map(|(name, value)| (name.clone(), json!(value)))
                .collect();
            let payload: Value = serde_json::from_slice(&delivery.body).unwrap_or_default();
            shown["url"] = json!(self.app.webhook_url);
            shown["request"] = json!({ "headers": headers, "payload": payload });
            shown["response"] = json!({ "headers": {}, "payload": attempt.answer });
        }
        shown
    }
}
