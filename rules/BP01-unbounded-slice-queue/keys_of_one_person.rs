//highwater:nocompile needs crossterm
// Keys come as fast as one person types, and ticks as often as the clock says. What a peer sends
// comes as fast as the network.
use crossterm::event::{self, Event, EventStream, KeyEvent};
use futures::StreamExt;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::TcpStream;
use tokio::sync::mpsc;

pub enum Input {
    Key(KeyEvent),
    Repaint,
}

pub fn keys_and_ticks(pause: Duration) -> mpsc::UnboundedReceiver<Input> {
    let (inputs, taken) = mpsc::unbounded_channel(); //~ BP01 low
    tokio::spawn(async move {
        let mut keys = EventStream::new();
        let mut clock = tokio::time::interval(pause);
        loop {
            let tick = clock.tick();
            let pressed = keys.next();
            tokio::select! {
                _ = tick => {
                    if inputs.send(Input::Repaint).is_err() {
                        break;
                    }
                }
                Some(Ok(Event::Key(key))) = pressed => {
                    if inputs.send(Input::Key(key)).is_err() {
                        break;
                    }
                }
            }
        }
    });
    taken
}

pub fn keys_of_a_thread() -> std::sync::mpsc::Receiver<KeyEvent> {
    let (keys, taken) = std::sync::mpsc::channel(); //~ BP01 low
    std::thread::spawn(move || {
        loop {
            if let Ok(Event::Key(key)) = event::read() {
                if keys.send(key).is_err() {
                    break;
                }
            }
        }
    });
    taken
}

pub fn lines_of_a_peer(peer: TcpStream) -> mpsc::UnboundedReceiver<String> {
    let (lines, taken) = mpsc::unbounded_channel(); //~ BP01 high
    tokio::spawn(async move {
        let mut read = BufReader::new(peer).lines();
        while let Ok(Some(line)) = read.next_line().await {
            if lines.send(line).is_err() {
                break;
            }
        }
    });
    taken
}
