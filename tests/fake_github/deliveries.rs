//! Webhooks: what GitHub would send, signed as GitHub signs it, sent when a test says so.

use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use super::description::webhooks;
use super::objects::{hex, id};
use super::state::{Installation, State};
use super::strict;

/// For so long GitHub remembers a delivery.
// source: docs.github.com, "Redelivering webhooks": the past 3 days
const KEPT_MILLIS: i64 = 3 * 24 * 3_600_000;
/// A larger payload is not delivered at all.
// source: docs.github.com, "Webhook events and payloads": capped at 25 MB
const LARGEST: usize = 25 * 1024 * 1024;

/// One event for one installation; however often it is sent, its GUID stays the same.
#[derive(Clone, Debug)]
pub struct Delivery {
    pub guid: String,
    pub event: String,
    pub action: Option<String>,
    pub installation: Option<u64>,
    pub repository: Option<u64>,
    pub body: Vec<u8>,
    pub created: i64,
    pub headers: Vec<(String, String)>,
    pub attempts: Vec<Attempt>,
    /// How often it is still to be sent.
    pub waiting: usize,
}

/// One sending of a delivery.
#[derive(Clone, Debug)]
pub struct Attempt {
    pub id: u64,
    pub at: i64,
    pub redelivery: bool,
    /// 0 where nobody answered.
    pub code: u16,
    pub status: String,
    pub answer: String,
}

/// What goes over the wire.
#[derive(Clone, Debug)]
pub struct Parcel {
    pub guid: String,
    pub event: String,
    pub action: Option<String>,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

/// What becomes of a delivery on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Once,
    Twice,
    /// Nobody listened; GitHub remembers that it failed, and does not try again by itself.
    Lost,
}

/// The order and the fates of deliveries, drawn by a seed: neither is promised.
pub fn disturbed(mut parcels: Vec<Parcel>, random: &mut fastrand::Rng) -> Vec<(Parcel, Fate)> {
    random.shuffle(&mut parcels);
    let fate = |random: &mut fastrand::Rng| match random.u32(0..10) {
        0..2 => Fate::Lost,
        2..4 => Fate::Twice,
        _ => Fate::Once,
    };
    parcels
        .into_iter()
        .map(|parcel| (parcel, fate(random)))
        .collect()
}

/// `X-Hub-Signature-256` of a body.
pub fn signature(secret: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("any length will do");
    mac.update(body);
    format!("sha256={}", hex(&mac.finalize().into_bytes()))
}

/// An event, before it is known who hears of it.
pub struct Event {
    pub name: &'static str,
    pub action: &'static str,
    pub repository: Option<u64>,
    pub payload: Value,
    pub sender: String,
}

impl State {
    /// Makes the deliveries of an event about a repository.
    pub fn emit(&mut self, event: Event) {
        let repository = event.repository.and_then(|id| self.repositories.get(&id));
        let Some(installation) = repository
            .and_then(|one| self.installation_of(one))
            .cloned()
        else {
            return;
        };
        if installation.suspended.is_some() || !hears(&installation, event.name) {
            return;
        }
        self.emit_to(&installation, event);
    }

    /// Makes the delivery of an event for an installation, whatever it subscribed to.
    pub fn emit_to(&mut self, installation: &Installation, event: Event) {
        let mut payload = json!({ "action": event.action });
        for (name, value) in event.payload.as_object().into_iter().flatten() {
            payload[name] = value.clone();
        }
        if let Some(repository) = event.repository.and_then(|id| self.repositories.get(&id)) {
            payload["repository"] = self.show_repository(repository, "repository");
            let owner = self.accounts.get(&repository.owner);
            if let Some(owner) = owner.filter(|owner| owner.kind == "Organization") {
                payload["organization"] = json!({ "login": owner.login, "id": owner.id, "node_id": format!("O_{}", owner.id) });
            }
        }
        self.account(&event.sender);
        payload["sender"] = self.show_account(&event.sender);
        if payload.get("installation").is_none() {
            payload["installation"] =
                json!({ "id": installation.id, "node_id": format!("MDI_{}", installation.id) });
        }
        let kind = format!("{} {}", event.name, event.action);
        let payload = webhooks().fill_deeply(&kind, payload);
        let wrong = webhooks().wrong_by(&kind, &payload);
        for wrong in wrong
            .into_iter()
            .filter(|text| !strict::excused(&kind, text))
        {
            self.record.violation(format!("delivery {kind}: {wrong}"));
        }
        let body = payload.to_string().into_bytes();
        if body.len() > LARGEST {
            return;
        }
        self.put_delivery(
            event.name,
            Some(event.action),
            Some(installation.id),
            event.repository,
            body,
        );
    }

    /// Stores a delivery that is to be sent, and gives its GUID.
    pub fn put_delivery(
        &mut self,
        event: &str,
        action: Option<&str>,
        installation: Option<u64>,
        repository: Option<u64>,
        body: Vec<u8>,
    ) -> String {
        let digits = id("delivery", &self.next_id().to_be_bytes());
        let part = |from: usize, to: usize| &digits[from..to];
        let guid = format!(
            "{}-{}-4{}-a{}-{}",
            part(0, 8),
            part(8, 12),
            part(13, 16),
            part(17, 20),
            part(20, 32)
        );
        self.deliveries.push(Delivery {
            guid: guid.clone(),
            event: event.to_owned(),
            action: action.map(str::to_owned),
            installation,
            repository,
            body,
            created: self.clock.millis(),
            headers: Vec::new(),
            attempts: Vec::new(),
            waiting: 1,
        });
        guid
    }

    /// What is to be sent now, in the order in which it happened.
    pub fn parcels(&mut self) -> Vec<Parcel> {
        let (secret, app) = (self.app.webhook_secret.clone(), self.app.id);
        let mut parcels = Vec::new();
        for delivery in &mut self.deliveries {
            let headers = headers(delivery, &secret, app);
            delivery.headers = headers
                .iter()
                .filter(|(name, _)| !name.contains("Signature"))
                .cloned()
                .collect();
            for _ in 0..std::mem::take(&mut delivery.waiting) {
                parcels.push(Parcel {
                    guid: delivery.guid.clone(),
                    event: delivery.event.clone(),
                    action: delivery.action.clone(),
                    headers: headers.clone(),
                    body: delivery.body.clone(),
                });
            }
        }
        parcels
    }

    /// Writes down how a sending went.
    pub fn attempted(&mut self, guid: &str, code: u16, answer: String) {
        let (id, at) = (self.next_id(), self.clock.millis());
        let Some(delivery) = self.deliveries.iter_mut().find(|one| one.guid == guid) else {
            return;
        };
        let status = match code {
            0 => "failed to connect to host".to_owned(),
            200..300 => "OK".to_owned(),
            _ => format!("Invalid HTTP Response: {code}"),
        };
        let redelivery = !delivery.attempts.is_empty();
        delivery.attempts.push(Attempt {
            id,
            at,
            redelivery,
            code,
            status,
            answer,
        });
    }

    /// The attempts that GitHub still remembers, newest first.
    pub fn remembered(&self) -> Vec<(&Delivery, &Attempt)> {
        let since = self.clock.millis() - KEPT_MILLIS;
        let each = |delivery| -> Vec<(&Delivery, &Attempt)> {
            let delivery: &Delivery = delivery;
            delivery
                .attempts
                .iter()
                .map(|attempt| (delivery, attempt))
                .collect()
        };
        let mut all: Vec<_> = self
            .deliveries
            .iter()
            .flat_map(each)
            .filter(|(_, attempt)| attempt.at > since)
            .collect();
        all.sort_by_key(|(_, attempt)| std::cmp::Reverse(attempt.id));
        all
    }
}

/// Whether an installation is told of an event.
fn hears(installation: &Installation, event: &str) -> bool {
    // source: dcoapp/app#289: `issue_comment` needs the permission Issues, or no delivery is ever made
    let needs = match event {
        "issue_comment" => Some("issues"),
        "pull_request"
        | "pull_request_review"
        | "pull_request_review_comment"
        | "pull_request_review_thread" => Some("pull_requests"),
        "check_run" | "check_suite" => Some("checks"),
        _ => None,
    };
    let permitted = needs.is_none_or(|name| installation.permissions.contains_key(name));
    permitted && installation.events.iter().any(|one| one == event)
}

fn headers(delivery: &Delivery, secret: &str, app: u64) -> Vec<(String, String)> {
    let plain = [
        ("Accept", "*/*".to_owned()),
        ("Content-Type", "application/json".to_owned()),
        ("User-Agent", "GitHub-Hookshot/0000000".to_owned()),
        ("X-GitHub-Delivery", delivery.guid.clone()),
        ("X-GitHub-Event", delivery.event.clone()),
        ("X-GitHub-Hook-ID", "500000001".to_owned()),
        ("X-GitHub-Hook-Installation-Target-ID", app.to_string()),
        (
            "X-GitHub-Hook-Installation-Target-Type",
            "integration".to_owned(),
        ),
        ("X-Hub-Signature-256", signature(secret, &delivery.body)),
    ];
    plain.map(|(name, value)| (name.to_owned(), value)).into()
}
