// Three names that the code itself spells out: whoever wrote them has counted the cost. What is
// named is the call that asks, not the opening of an end of its own.
use futures::FutureExt;
use futures::future::select_ok;
use std::io;
use std::net::SocketAddr;
use tokio::net::UdpSocket;

static HELPERS: [&str; 3] = ["a.example:3478", "b.example:3478", "c.example:3478"];

pub async fn own_address() -> io::Result<SocketAddr> {
    let asked = HELPERS.iter().map(|&helper| ask_helper(helper).boxed());
    let (address, _others) = select_ok(asked).await?; //~ BP15 low
    Ok(address)
}

async fn ask_helper(helper: &str) -> io::Result<SocketAddr> {
    let socket = UdpSocket::bind("0.0.0.0:0").await?;
    query_address(&socket, helper).await
}

async fn query_address(socket: &UdpSocket, helper: &str) -> io::Result<SocketAddr> {
    socket.connect(helper).await?;
    socket.send(b"who am I?").await?;
    let mut answer = [0; 64];
    socket.recv(&mut answer).await?;
    socket.local_addr()
}
