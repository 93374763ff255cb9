// Who gives leave is out of view; the task keeps what it was given until it ends.
use axum::{Router, http::StatusCode, routing::post};

pub fn router() -> Router {
    Router::new()
        .route("/render", post(render))
        .route("/warm", post(warm))
}

async fn render(page: String) -> StatusCode {
    let permit = match gate::admit() {
        gate::Answer::In(permit) => permit,
        gate::Answer::Full => return StatusCode::SERVICE_UNAVAILABLE,
    };
    tokio::spawn(async move {
        let _permit = permit;
        draw(page).await;
    });
    StatusCode::ACCEPTED
}

async fn warm(page: String) -> StatusCode {
    tokio::spawn(draw(page)); //~ BP03 high
    StatusCode::ACCEPTED
}

async fn draw(page: String) {
    let _ = tokio::fs::write("page.png", page).await;
}

mod gate {
    pub struct Permit;

    pub enum Answer {
        In(Permit),
        Full,
    }

    pub fn admit() -> Answer {
        match std::env::var_os("CLOSED") {
            None => Answer::In(Permit),
            Some(_) => Answer::Full,
        }
    }
}
