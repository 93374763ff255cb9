//highwater:nocompile needs Session
// Tasks that only follow what the handler holds: they log what a child says until it is gone, or keep
// a connection going and take it out of the pool when it ends.
use axum::extract::State;
use std::collections::HashMap;
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{ChildStdout, Command};

pub struct Tool {
    program: String,
}

pub async fn run(State(tool): State<Arc<Tool>>) -> Result<ChildStdout, std::io::Error> {
    let mut child = Command::new(&tool.program)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    let complaints = BufReader::new(child.stderr.take().unwrap());
    tokio::spawn(async move {
        let mut lines = complaints.lines();
        while let Ok(Some(line)) = lines.next_line().await {
            tracing::warn!("the tool says: {line}");
        }
    });
    Ok(child.stdout.take().unwrap())
}

pub struct Peers {
    open: Arc<Mutex<HashMap<u64, Session>>>,
}

pub async fn link(State(peers): State<Arc<Peers>>) -> Result<String, std::io::Error> {
    let (session, connection) = connect("store").await?;
    let open = peers.open.clone();
    open.lock().unwrap().insert(7, session);
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::warn!("connection: {error}");
        }
        open.lock().unwrap().remove(&7);
    });
    Ok("linked".to_owned())
}
