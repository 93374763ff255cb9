// An answer that says no is a failure too.
use axum::http::StatusCode;
use std::io;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

pub struct Answer {
    status: StatusCode,
}

impl Answer {
    fn status(&self) -> StatusCode {
        self.status
    }
}

async fn ask(address: &str) -> io::Result<Answer> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(b"?").await?;
    let status = stream.read_u16().await?;
    let status = StatusCode::from_u16(status).map_err(io::Error::other)?;
    Ok(Answer { status })
}

pub async fn answer(address: &str) -> Answer {
    loop { //~ BP11 medium
        match ask(address).await {
            Ok(answer) if answer.status().is_success() => return answer,
            Ok(answer) => tracing::warn!("{address}: {}", answer.status()),
            Err(error) => tracing::warn!("{address}: {error}"),
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}
