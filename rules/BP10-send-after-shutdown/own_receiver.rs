// A send that reaches every receiver fails only where there is none: who sends has one of its own
// that outlives the send. Who has none is hit when the others have left.
use tokio::sync::broadcast;

pub async fn run() {
    let (stop, _) = broadcast::channel::<()>(1);
    let checker = tokio::spawn(check(stop.clone(), stop.subscribe()));
    checker.await.expect("it does not panic");
}

async fn check(stop: broadcast::Sender<()>, mut stopped: broadcast::Receiver<()>) {
    loop {
        tokio::select! {
            _ = stopped.recv() => break,
            healthy = look() => {
                if !healthy {
                    stop.send(()).expect("somebody hears it");
                }
            }
        }
    }
}

async fn look() -> bool {
    tokio::task::yield_now().await;
    false
}

pub async fn run_apart() {
    let (lines, _) = broadcast::channel::<String>(16);
    let (stop, _) = broadcast::channel::<()>(1);
    tokio::spawn(show(lines.subscribe(), stop.subscribe()));
    read(lines).await;
}

async fn read(lines: broadcast::Sender<String>) {
    loop {
        tokio::task::yield_now().await;
        lines.send(String::new()).unwrap(); //~ BP10 medium
    }
}

async fn show(mut lines: broadcast::Receiver<String>, mut stop: broadcast::Receiver<()>) {
    loop {
        tokio::select! {
            _ = stop.recv() => return,
            Ok(line) = lines.recv() => println!("{line}"),
        }
    }
}
