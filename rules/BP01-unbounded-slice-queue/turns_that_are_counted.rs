// A loop that counts up to what was asked for comes to its end. One that goes on while there is
// something to read does not.
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::TcpStream;
use tokio::sync::mpsc::{self, UnboundedReceiver};

pub fn hand_out(wanted: usize) -> UnboundedReceiver<String> {
    let (tasks, handed) = mpsc::unbounded_channel(); //~ BP01 low
    tokio::spawn(async move {
        let mut turns = 0;
        let mut is_broken = false;
        while turns < wanted && !is_broken {
            turns += 1;
            for task in next_tasks().await {
                is_broken |= tasks.send(task).is_err();
            }
        }
    });
    handed
}

async fn next_tasks() -> Vec<String> {
    Vec::new()
}

pub fn read_out(socket: TcpStream) -> UnboundedReceiver<String> {
    let (lines, read) = mpsc::unbounded_channel(); //~ BP01 high
    tokio::spawn(async move {
        let mut socket = BufReader::new(socket);
        let mut size = 1;
        while size > 0 {
            let mut line = String::new();
            size = socket.read_line(&mut line).await.unwrap_or(0);
            if lines.send(line).is_err() {
                break;
            }
        }
    });
    read
}
