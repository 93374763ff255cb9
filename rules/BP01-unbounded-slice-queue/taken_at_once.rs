// The first channel is empty whenever something is in it: each item is taken as soon as it comes,
// and worked on beside all others. What another function fills for a loop is the loop's.
use futures::StreamExt;
use tokio::net::TcpListener;
use tokio::sync::mpsc::{self, UnboundedSender};
use tokio::task::JoinHandle;
use tokio_stream::wrappers::UnboundedReceiverStream;

pub async fn poll_for_ever(mut next: impl FnMut() -> JoinHandle<()>) {
    let (started, running) = mpsc::unbounded_channel(); //~ BP01 low
    let ends = tokio::spawn(async move {
        UnboundedReceiverStream::new(running)
            .for_each_concurrent(None, |task: JoinHandle<()>| async move {
                let _ = task.await;
            })
            .await;
    });
    while wanted().await {
        if started.send(next()).is_err() {
            break;
        }
    }
    drop(started);
    let _ = ends.await;
}

async fn wanted() -> bool {
    true
}

pub async fn mirror(listener: TcpListener) {
    let (lines, mut written) = mpsc::unbounded_channel(); //~ BP01 medium
    tokio::spawn(async move {
        while let Some(line) = written.recv().await {
            write_down(line).await;
        }
    });
    loop {
        let Some(frame) = read_frame(&listener).await else {
            break;
        };
        route(frame, &lines);
    }
}

fn route(frame: Vec<u8>, lines: &UnboundedSender<Vec<u8>>) {
    if !frame.is_empty() {
        let _ = lines.send(frame);
    }
}

async fn read_frame(listener: &TcpListener) -> Option<Vec<u8>> {
    listener.accept().await.ok().map(|_| Vec::new())
}

async fn write_down(_line: Vec<u8>) {}
