// Channels for the same items that are made one right after the other are one finding, where the
// worst is. One for something else is another.
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::sync::mpsc;

pub fn join(left: TcpStream, right: TcpStream) {
    let (from_left, mut left_writes) = left.into_split();
    let (from_right, mut right_writes) = right.into_split();
    let (to_left, mut for_left) = mpsc::unbounded_channel::<String>(); //~ BP01 high
    let (to_right, mut for_right) = mpsc::unbounded_channel::<String>();
    let (sizes, mut sized) = mpsc::unbounded_channel::<(usize, String)>(); //~ BP01 high
    tokio::spawn(async move {
        let mut lines = BufReader::new(from_left).lines();
        while let Ok(Some(line)) = lines.next_line().await {
            let _ = to_right.send(line);
        }
    });
    tokio::spawn(async move {
        let mut lines = BufReader::new(from_right).lines();
        while let Ok(Some(line)) = lines.next_line().await {
            let _ = sizes.send((line.len(), line.clone()));
            let _ = to_left.send(line);
        }
    });
    tokio::spawn(async move {
        while let Some(line) = for_left.recv().await {
            let _ = left_writes.write_all(line.as_bytes()).await;
        }
    });
    tokio::spawn(async move {
        while let Some(line) = for_right.recv().await {
            let _ = right_writes.write_all(line.as_bytes()).await;
        }
    });
    tokio::spawn(async move {
        while let Some((size, line)) = sized.recv().await {
            store(size, line).await;
        }
    });
}

async fn store(_size: usize, _line: String) {}
