//highwater:nocompile needs tokio_stream

// A task that takes all that comes, started beside a living sender: nobody waits for its end, so nothing
// hangs. Waiting for it with the sender alive hangs.
use futures::StreamExt;
use tokio::sync::mpsc;
use tokio_stream::wrappers::UnboundedReceiverStream;

pub async fn greet_all(names: Vec<String>) {
    let (tx, rx) = mpsc::unbounded_channel::<String>(); //~ BP01 low
    tokio::spawn(UnboundedReceiverStream::new(rx).for_each(|name| async move {
        tracing::info!("hello {name}");
    }));
    for name in names {
        let _ = tx.send(name);
        tokio::task::yield_now().await;
    }
}

pub async fn greet_and_wait(names: Vec<String>) {
    let (tx, rx) = mpsc::unbounded_channel::<String>(); //~ BP01 low
    let greeter = tokio::spawn(UnboundedReceiverStream::new(rx).for_each(|name| async move { //~ BP04 high
        tracing::info!("hello {name}");
    }));
    for name in names {
        let _ = tx.send(name);
    }
    let _ = greeter.await;
}
