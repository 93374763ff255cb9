//highwater:nocompile needs gate_of_the_house
// What a server is handed to be told to stop may sleep first, so that others take it out of their lists: it refuses and
// drains only when that is over. A sleep behind the end of other work is no wait for that work.
use axum::Router;
use gate_of_the_house::Door;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

const NOTICE: Duration = Duration::from_secs(6);

async fn leaves_the_lists(open: Arc<AtomicBool>) {
    let _ = tokio::signal::ctrl_c().await;
    open.store(false, Ordering::Release);
    tokio::time::sleep(NOTICE).await;
}

pub async fn gate(listener: TcpListener, app: Router, open: Arc<AtomicBool>) -> std::io::Result<()> {
    let notice = leaves_the_lists(open);
    axum::serve(listener, app)
        .with_graceful_shutdown(notice)
        .await
}

async fn leaves_the_lists_too(open: Arc<AtomicBool>) {
    let _ = tokio::signal::ctrl_c().await;
    open.store(false, Ordering::Release);
    tokio::time::sleep(NOTICE).await;
}

pub async fn side_gate(listener: TcpListener, app: Router, open: Arc<AtomicBool>) -> std::io::Result<()> {
    axum::serve(listener, app)
        .with_graceful_shutdown(async move { leaves_the_lists_too(open).await })
        .await
}

async fn ends_the_work(work: CancellationToken) {
    let _ = tokio::signal::ctrl_c().await;
    work.cancel();
    tokio::time::sleep(NOTICE).await; //~ BP16 high
}

pub async fn back_gate(listener: TcpListener, app: Router, work: CancellationToken) -> std::io::Result<()> {
    axum::serve(listener, app)
        .with_graceful_shutdown(ends_the_work(work))
        .await
}

async fn is_all_there_is(open: Arc<AtomicBool>) {
    let _ = tokio::signal::ctrl_c().await;
    open.store(false, Ordering::Release);
    tokio::time::sleep(NOTICE).await; //~ BP16 high
}

pub async fn without_a_drain(door: Door, app: Router, open: Arc<AtomicBool>) {
    let listener: TcpListener = door.listener();
    tokio::select! {
        _ = axum::serve(listener, app) => {}
        () = is_all_there_is(open) => {}
    }
}
