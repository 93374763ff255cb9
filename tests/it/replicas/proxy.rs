//! A network between a server and its database that can be cut, without anybody being told.

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// A way to somewhere.
pub struct Proxy {
    /// Where it begins.
    pub address: String,
    is_cut: watch::Sender<bool>,
}

impl Proxy {
    /// A way to this address.
    pub async fn to(address: String) -> Proxy {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let own = listener.local_addr().unwrap().to_string();
        let (is_cut, seen) = watch::channel(false);
        tokio::spawn(async move {
            while let Ok((from, _)) = listener.accept().await {
                tokio::spawn(pass(from, address.clone(), seen.clone()));
            }
        });
        Proxy {
            address: own,
            is_cut,
        }
    }

    /// Passes nothing on any more. Nobody is told: connections stay open, and those that are there
    /// now stay silent for ever, as those that a network has forgotten.
    pub fn cut(&self) {
        self.is_cut.send_replace(true);
    }

    /// Passes new connections on again.
    pub fn mend(&self) {
        self.is_cut.send_replace(false);
    }
}

async fn pass(mut from: TcpStream, address: String, mut is_cut: watch::Receiver<bool>) {
    let mut to = None;
    let passed = async {
        if !*is_cut.borrow() {
            // While the database is not there, it is told so.
            let there = to.insert(TcpStream::connect(address).await.ok()?);
            let _ended = copy_bidirectional(&mut from, there).await;
            return Some(());
        }
        std::future::pending().await
    };
    let cut = {
        let mut is_cut = is_cut.clone();
        async move {
            let _gone = is_cut.wait_for(|is_cut| *is_cut).await;
        }
    };
    tokio::select! {
        _ = passed => return,
        () = cut => (),
    }
    // Both ends stay open until the way itself is gone.
    while is_cut.changed().await.is_ok() {}
}
