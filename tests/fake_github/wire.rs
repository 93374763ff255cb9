//! Connections that can be cut in the midst of an answer.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll};

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

/// Where an answer is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// Nothing of it arrives.
    Whole = 1,
    /// Its head arrives, and half of its body.
    Half = 2,
}

/// Cuts a connection at its next answer.
#[derive(Clone, Debug, Default)]
pub struct Scissors(Arc<AtomicU8>);

impl Scissors {
    pub fn cut(&self, cut: Cut) {
        self.0.store(cut as u8, Ordering::SeqCst);
    }

    fn set(&self) -> Option<Cut> {
        match self.0.load(Ordering::SeqCst) {
            1 => Some(Cut::Whole),
            2 => Some(Cut::Half),
            _ => None,
        }
    }
}

#[derive(Debug)]
pub struct Wire {
    stream: TcpStream,
    scissors: Scissors,
    /// Something of a cut answer was sent: nothing more is.
    over: bool,
}

/// Listens for connections that can be cut.
#[derive(Debug)]
pub struct Wires(pub TcpListener);

impl Listener for Wires {
    type Io = Wire;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Wire, SocketAddr) {
        let (stream, address) = Listener::accept(&mut self.0).await;
        (
            Wire {
                stream,
                scissors: Scissors::default(),
                over: false,
            },
            address,
        )
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

impl Connected<IncomingStream<'_, Wires>> for Scissors {
    fn connect_info(stream: IncomingStream<'_, Wires>) -> Scissors {
        stream.io().scissors.clone()
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let Some(cut) = self.scissors.set() else {
            return Pin::new(&mut self.stream).poll_write(context, bytes);
        };
        let end_of_head = bytes.windows(4).position(|four| four == b"\r\n\r\n");
        let body = end_of_head.map_or(0, |at| at + 4);
        let part = body + (bytes.len() - body) / 2;
        if cut == Cut::Whole || self.over || part == 0 {
            return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
        }
        let written = Pin::new(&mut self.stream).poll_write(context, &bytes[..part]);
        self.over = written.is_ready();
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
