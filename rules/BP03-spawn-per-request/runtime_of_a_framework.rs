// A framework that hands the runtime on: the call is the same.
pub mod framework {
    pub use tokio;
}
use axum::extract::State;
use framework::tokio::task::spawn_blocking;

pub async fn render(State(template): State<String>) -> &'static str {
    spawn_blocking(move || template.len()); //~ BP03 high
    "rendering"
}
