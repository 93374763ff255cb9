// Who writes at the head of a function why its channel must not be bounded has thought of it. That
// it is unbounded is no reason.
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::TcpStream;
use tokio::sync::mpsc::{self, UnboundedSender};

pub fn attach(console: TcpStream, paused: fn(mpsc::UnboundedReceiver<String>)) {
    let (commands, typed) = mpsc::unbounded_channel(); //~ BP01 low
    paused(typed);
    tokio::spawn(read_commands(console, commands));
}

/// Reads commands for a program that stands still. The channel must be unbounded: who takes from it
/// holds the only thread while the program is paused, and a wait here would be a deadlock.
async fn read_commands(console: TcpStream, commands: UnboundedSender<String>) {
    let mut lines = BufReader::new(console).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        if commands.send(line).is_err() {
            break;
        }
    }
}

pub fn follow(console: TcpStream, shown: fn(mpsc::UnboundedReceiver<String>)) {
    let (lines, printed) = mpsc::unbounded_channel(); //~ BP01 high
    shown(printed);
    tokio::spawn(read_lines(console, lines));
}

/// Reads lines into an unbounded channel, so that nobody has to wait.
async fn read_lines(console: TcpStream, found: UnboundedSender<String>) {
    let mut lines = BufReader::new(console).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        if found.send(line).is_err() {
            break;
        }
    }
}

/// Hands on what a console says. It is unbounded to avoid a deadlock of the two that share it.
#[derive(Clone)]
pub struct Console(UnboundedSender<String>);

impl Console {
    pub fn attach(stream: TcpStream, paused: fn(mpsc::UnboundedReceiver<String>)) -> Console {
        let (commands, typed) = mpsc::unbounded_channel(); //~ BP01 low
        paused(typed);
        let console = Console(commands);
        tokio::spawn(hand_on(stream, console.clone()));
        console
    }
}

async fn hand_on(stream: TcpStream, console: Console) {
    let mut lines = BufReader::new(stream).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        if console.0.send(line).is_err() {
            break;
        }
    }
}
