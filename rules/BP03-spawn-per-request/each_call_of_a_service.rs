//highwater:nocompile needs tower
// A layer between a server and its services starts a task for each request, on a runtime that it holds.
use std::task::{Context, Poll};

use http::Request;
use tower::Service;

#[derive(Clone)]
pub struct Archive;

impl Archive {
    async fn keep(&self, _page: String) {}
}

pub struct Copying<S> {
    inner: S,
    archive: Archive,
    runtime: tokio::runtime::Handle,
}

impl<S> Service<Request<String>> for Copying<S>
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
        let archive = self.archive.clone();
        let page = request.body().clone();
        self.runtime.spawn(async move { archive.keep(page).await }); //~ BP03 high
        self.inner.call(request)
    }
}
