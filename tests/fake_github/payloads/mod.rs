//! Deliveries as GitHub made them, which people sent in: what a receiver must bear.

use serde_json::Value;

/// All of them: the event and the body.
pub fn payloads() -> Vec<(String, Value)> {
    let text = include_str!("payloads.json");
    let file: Value = serde_json::from_str(text).expect("the file was made by its script");
    let mut parts: Vec<Value> = Vec::new();
    for part in file["parts"].as_array().into_iter().flatten() {
        let whole = whole(part, &parts);
        parts.push(whole);
    }
    let each = file["payloads"].as_array().into_iter().flatten();
    each.map(|one| {
        (
            one[0].as_str().unwrap_or_default().to_owned(),
            whole(&one[1], &parts),
        )
    })
    .collect()
}

/// A value with the shared parts put back.
fn whole(value: &Value, parts: &[Value]) -> Value {
    match value {
        Value::Object(members) => match members.get("=").and_then(Value::as_u64) {
            Some(at) => usize::try_from(at)
                .ok()
                .and_then(|at| parts.get(at))
                .cloned()
                .unwrap_or_default(),
            None => members
                .iter()
                .map(|(name, member)| (name.clone(), whole(member, parts)))
                .collect(),
        },
        Value::Array(items) => items.iter().map(|item| whole(item, parts)).collect(),
        other => other.clone(),
    }
}
