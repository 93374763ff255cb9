//! A handler asks an actor and waits for the answer: the question is refused when the actor is
//! behind, and the reply has room for the one answer.
use axum::extract::State;
use axum::http::StatusCode;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

struct Question {
    tenant: String,
    reply: oneshot::Sender<u64>,
}

async fn usage(
    State(actor): State<mpsc::Sender<Question>>,
    tenant: String,
) -> Result<String, StatusCode> {
    let (reply, answer) = oneshot::channel();
    let question = Question { tenant, reply };
    actor
        .try_send(question)
        .map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?;
    match timeout(Duration::from_secs(1), answer).await {
        Ok(Ok(sum)) => Ok(sum.to_string()),
        _ => Err(StatusCode::GATEWAY_TIMEOUT),
    }
}

async fn answer(mut questions: mpsc::Receiver<Question>) {
    while let Some(question) = questions.recv().await {
        // Whoever asked may have left.
        let _ = question.reply.send(count(question.tenant).await);
    }
}
