// An async function that awaits itself in a box when it fails, with a wait that is always the same, or
// with none. With a count that is handed on, or where each call is for another part, nothing is wrong.
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use tokio::net::TcpStream;

pub struct Ferry {
    shore: String,
}

impl Ferry {
    pub async fn cross(&self) -> TcpStream {
        match TcpStream::connect(&self.shore).await {
            Ok(stream) => stream,
            Err(storm) => {
                eprintln!("{storm}");
                tokio::time::sleep(Duration::from_millis(150)).await;
                Box::pin(self.cross()).await //~ BP11 medium
            }
        }
    }

    pub fn cross_at_once(&self) -> Pin<Box<dyn Future<Output = TcpStream> + Send + '_>> {
        Box::pin(async move {
            if let Ok(stream) = TcpStream::connect(&self.shore).await {
                return stream;
            }
            self.cross_at_once().await //~ BP11 medium
        })
    }

    pub async fn cross_or_stay(&self, left: u32) -> Option<TcpStream> {
        match TcpStream::connect(&self.shore).await {
            Ok(stream) => Some(stream),
            Err(_) if left == 0 => None,
            Err(_) => Box::pin(self.cross_or_stay(left - 1)).await,
        }
    }
}
