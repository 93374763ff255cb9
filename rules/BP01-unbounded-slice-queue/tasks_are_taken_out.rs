// A loop that serves and puts tasks away may look after them in other ways than by a join.
use std::thread::JoinHandle;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::task::TaskTracker;

async fn between_two(listener: TcpListener) -> std::io::Result<()> {
    let mut sessions = JoinSet::new();
    loop {
        let (stream, _) = listener.accept().await?;
        while sessions.try_join_next().is_some() {}
        sessions.spawn(converse(stream)); //~ BP03 low
    }
}

fn by_a_look(listener: std::net::TcpListener) {
    let mut threads: Vec<JoinHandle<()>> = Vec::new();
    while let Ok((stream, _)) = listener.accept() {
        threads.retain(|thread| !thread.is_finished());
        threads.push(std::thread::spawn(move || drop(stream))); //~ BP03 low
    }
}

// As many as there are members, and then it goes on.
async fn a_quorum(listener: TcpListener, members: usize) -> std::io::Result<()> {
    let mut sessions = JoinSet::new();
    for _ in 0..members {
        let (stream, _) = listener.accept().await?;
        sessions.spawn(converse(stream));
    }
    while sessions.join_next().await.is_some() {}
    Ok(())
}

// A tracker counts and keeps nothing.
async fn counted(listener: TcpListener, sessions: TaskTracker) -> std::io::Result<()> {
    loop {
        let (stream, _) = listener.accept().await?;
        sessions.spawn(converse(stream)); //~ BP03 low
    }
}
