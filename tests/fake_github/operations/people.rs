//! The person who asks, and what is left of a limit.

use serde_json::json;

use super::super::description::description;
use super::super::exchange::{Asked, Outcome, Reply};
use super::super::state::State;

pub fn perform(state: &mut State, asked: &Asked) -> Outcome {
    match asked.operation.id.as_str() {
        "users/get-authenticated" => {
            let shown = state.show_account(asked.caller.login().unwrap_or_default());
            Ok(Reply::json(200, description().fill("private-user", shown)))
        }
        "rate-limit/get" => {
            let (left, used, reset) = state
                .limits
                .left(&asked.caller.bucket(), state.clock.millis());
            let core = json!({ "limit": state.limits.numbers.primary, "remaining": left, "used": used, "reset": reset });
            Ok(Reply::json(
                200,
                json!({ "resources": { "core": core, "search": core, "graphql": core }, "rate": core }),
            ))
        }
        _ => Err(super::unknown()),
    }
}
