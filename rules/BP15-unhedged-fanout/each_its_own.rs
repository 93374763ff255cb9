// Loops that each work off a queue of their own yield nothing, and whoever waits for the first of
// them waits for one to end: no copies of one request. Those which ask for the same price are.
use futures::FutureExt;
use futures::future::select_all;
use tokio::sync::mpsc;

pub async fn write_all(queues: Vec<mpsc::Receiver<String>>) -> std::io::Result<()> {
    let (ended, _, _) = select_all(
        queues
            .into_iter()
            .map(|queue| write_loop(queue).boxed()),
    )
    .await;
    ended
}

async fn write_loop(mut queue: mpsc::Receiver<String>) -> std::io::Result<()> {
    while let Some(line) = queue.recv().await {
        send_line(&line).await?;
    }
    Ok(())
}

async fn send_line(line: &str) -> std::io::Result<()> {
    tokio::fs::write("/dev/null", line).await
}

pub async fn any_price(replicas: Vec<Replica>) -> std::io::Result<f64> {
    let asked = replicas.into_iter().map(|replica| ask_price(replica).boxed());
    let (price, _, _) = select_all(asked).await; //~ BP15 medium
    price
}

pub struct Replica {
    path: String,
}

async fn ask_price(replica: Replica) -> std::io::Result<f64> {
    let text = tokio::fs::read_to_string(&replica.path).await?;
    text.trim().parse().map_err(std::io::Error::other)
}
