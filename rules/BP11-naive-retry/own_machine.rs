//highwater:nocompile needs reqwest
// Only this machine feels these: a lock file, a certificate on disk, the socket of a neighbour process,
// a child that is still starting. A pause keeps them from spinning, and no fleet comes back at once.
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::{Duration, Instant};

pub struct Claim;

fn claim(at: &Path) -> std::io::Result<Claim> {
    let text = std::fs::read_to_string(at)?;
    match text.is_empty() {
        true => Ok(Claim),
        false => Err(std::io::ErrorKind::AlreadyExists.into()),
    }
}

pub async fn alone(at: &PathBuf) -> Claim {
    loop { //~ BP11 low
        match claim(at) {
            Ok(claim) => break claim,
            Err(error) => {
                tracing::warn!("{error}");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
    }
}

async fn certificate(at: &str) -> std::io::Result<Vec<u8>> {
    tokio::fs::read(at).await
}

pub async fn first_certificate(at: &str) -> Vec<u8> {
    loop { //~ BP11 low
        match certificate(at).await {
            Ok(bytes) => return bytes,
            Err(error) => {
                tracing::warn!("{error}");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
    }
}

pub fn console(socket: &Path) -> ipc::Stream {
    loop { //~ BP11 low
        match ipc::connect(socket) {
            Ok(stream) => return stream,
            Err(_) => std::thread::sleep(Duration::from_millis(20)),
        }
    }
}

pub fn start(program: &str, address: &std::net::SocketAddr) -> bool {
    let Ok(_child) = Command::new(program).arg("--quiet").spawn() else {
        return false;
    };
    let until = Instant::now() + Duration::from_secs(10);
    while Instant::now() < until { //~ BP11 low
        if std::net::TcpStream::connect(address).is_ok() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    false
}

pub struct Engine {
    _process: Child,
    settings: wire::Settings,
}

impl Engine {
    pub fn session(&self) -> Option<wire::Session> {
        let until = Instant::now() + Duration::from_secs(10);
        while Instant::now() < until { //~ BP11 low
            if let Ok(session) = self.settings.connect() {
                return Some(session);
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        None
    }
}

// The same pause towards a server that many reach is another matter.
pub async fn far(server: &str) -> tokio::net::TcpStream {
    loop { //~ BP11 high
        match tokio::net::TcpStream::connect(server).await {
            Ok(stream) => return stream,
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}

// A file is what is sent, and a server is where it goes.
pub async fn hand_in(store: &wire::Client, report: &Path) -> wire::Receipt {
    loop { //~ BP11 high
        match store.upload(report).await {
            Ok(receipt) => return receipt,
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}

// Fetched from afar and unpacked here: the server feels each try.
pub fn unpack(client: &reqwest::blocking::Client, address: &str, into: &Path) -> Result<(), Fault> {
    let mut last = Fault::None;
    for _ in 0..12 { //~ BP11 medium
        let answer = match client.get(address).send().and_then(|answer| answer.error_for_status()) {
            Ok(answer) => answer,
            Err(error) => {
                last = Fault::Remote(error);
                std::thread::sleep(Duration::from_secs(5));
                continue;
            }
        };
        match archive::spread(answer, into) {
            Ok(()) => return Ok(()),
            Err(error) => {
                last = Fault::Local(error);
                std::thread::sleep(Duration::from_secs(5));
            }
        }
    }
    Err(last)
}
