//highwater:nocompile needs tower
// A task for each request that waits only until the request is over, or for a time, is no work: low.
use std::task::{Context, Poll};
use std::time::Duration;

use http::Request;
use tokio_util::sync::CancellationToken;
use tower::Service;

pub struct Watching<S> {
    inner: S,
}

impl<S> Service<Request<String>> for Watching<S>
where
    S: Service<Request<String>>,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<String>) -> Self::Future {
        let over = CancellationToken::new();
        let seen = over.clone();
        tokio::spawn(async move { //~ BP03 low
            tokio::select! {
                _ = seen.cancelled() => {}
                _ = tokio::time::sleep(Duration::from_secs(5)) => eprintln!("slow"),
            }
        });
        let answer = self.inner.call(request);
        over.cancel();
        answer
    }
}
