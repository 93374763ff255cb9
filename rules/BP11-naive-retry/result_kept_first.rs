// The result has a name before it is asked: in one match, or more than once.
use std::io;
use std::time::Duration;
use tokio::net::TcpStream;

pub async fn connection(address: &str) -> TcpStream {
    loop { //~ BP11 medium
        let connected = TcpStream::connect(address).await;
        match connected {
            Ok(stream) => return stream,
            Err(error) => {
                tracing::warn!("{address}: {error}");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
    }
}

pub async fn other(address: &str) -> io::Result<TcpStream> {
    let mut connected = TcpStream::connect(address).await;
    while connected.is_err() { //~ BP11 medium
        tokio::time::sleep(Duration::from_secs(1)).await;
        connected = TcpStream::connect(address).await;
    }
    connected
}

pub async fn both(address: &str) -> io::Result<(TcpStream, TcpStream)> {
    loop { //~ BP11 medium
        let connected = connect(address).await;
        if connected.is_err() {
            tokio::time::sleep(Duration::from_secs(1)).await;
            continue;
        }
        let first = connected?;
        return Ok((first, TcpStream::connect(address).await?));
    }
}

async fn connect(address: &str) -> io::Result<TcpStream> {
    TcpStream::connect(address).await
}
