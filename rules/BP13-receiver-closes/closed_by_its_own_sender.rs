//highwater:nocompile needs async_channel

// With channels that both ends can close, a sender that closes behind its last send says that there is no
// more, and what waits in the channel is still taken. A receiver that closes hits the senders.
use async_channel::{Receiver, bounded};

pub fn spread(lines: Vec<String>, workers: usize) -> Receiver<usize> {
    let (tx, rx) = bounded::<String>(workers);
    let (sized, sizes) = bounded(workers);
    for _ in 0..workers {
        let rx = rx.clone();
        let sized = sized.clone();
        tokio::spawn(async move {
            while let Ok(line) = rx.recv().await {
                if sized.send(line.len()).await.is_err() {
                    return;
                }
            }
        });
    }
    tokio::spawn(async move {
        for line in lines {
            tx.send(line).await.unwrap();
        }
        tx.close();
    });
    sizes
}

pub async fn first_of(lines: Vec<String>, wanted: &str) -> bool {
    let (tx, rx) = bounded::<String>(4);
    tokio::spawn(async move {
        for line in lines {
            tx.send(line).await.unwrap();
        }
    });
    while let Ok(line) = rx.recv().await {
        if line == wanted {
            rx.close(); //~ BP13 high
            return true;
        }
    }
    false
}
