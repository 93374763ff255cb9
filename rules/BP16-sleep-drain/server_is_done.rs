//highwater:nocompile needs axum_server_of_the_house
// When the server is done no request is served any more, and what it began elsewhere may run still: a sleep says nothing
// about that, a wait for it does. Time for others to notice that comes before a real wait is none of this.
use axum::Router;
use axum_server_of_the_house::{Press, told_to_end};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

pub async fn hopes(listener: TcpListener, app: Router, press: Press) -> std::io::Result<()> {
    axum::serve(listener, app)
        .with_graceful_shutdown(told_to_end())
        .await?;
    press.refuse_new();
    tokio::time::sleep(Duration::from_secs(15)).await; //~ BP16 high
    Ok(())
}

pub async fn waits(listener: TcpListener, app: Router, press: JoinHandle<()>) -> std::io::Result<()> {
    axum::serve(listener, app)
        .with_graceful_shutdown(told_to_end())
        .await?;
    let _ = press.await;
    Ok(())
}

// The server is only begun here, and the sleep gives it time to listen.
pub async fn begins(listener: TcpListener, app: Router) -> JoinHandle<std::io::Result<()>> {
    let serving = tokio::spawn(async move { axum::serve(listener, app).await });
    tokio::time::sleep(Duration::from_millis(50)).await;
    serving
}

pub async fn stop(accept: CancellationToken, serving: JoinHandle<()>) {
    tokio::time::sleep(Duration::from_secs(4)).await;
    accept.cancel();
    let limit = Duration::from_secs(30);
    let _ = tokio::time::timeout(limit, async { serving.await }).await;
}
