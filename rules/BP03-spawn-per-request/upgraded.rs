//highwater:nocompile needs hyper
// What a request is upgraded to lives as long as its connection, and a watch beside a request ends with it. Work that a
// request leaves behind has no such end.
use hyper::{Request, Response, body::Incoming};
use std::pin::Pin;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

#[derive(Clone)]
pub struct Relay {
    lines: Lines,
}

impl hyper::service::Service<Request<Incoming>> for Relay {
    type Response = Response<String>;
    type Error = hyper::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn call(&self, mut request: Request<Incoming>) -> Self::Future {
        let relay = self.clone();
        tokio::spawn({ //~ BP03 low
            let lines = relay.lines.clone();
            async move {
                match hyper::upgrade::on(&mut request).await {
                    Ok(line) => lines.serve_line(line).await,
                    Err(fault) => tracing::warn!("not upgraded: {fault}"),
                }
            }
        });
        Box::pin(async move { Ok(Response::new(String::new())) })
    }
}

#[derive(Clone)]
pub struct Watched<S> {
    inner: S,
    ledger: Ledger,
}

impl<S> tower::Service<Request<Incoming>> for Watched<S>
where
    S: tower::Service<Request<Incoming>, Response = Response<String>, Error = hyper::Error>,
{
    type Response = Response<String>;
    type Error = hyper::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn call(&mut self, request: Request<Incoming>) -> Self::Future {
        let over = CancellationToken::new();
        spawn_traced({
            let over = over.clone();
            async move {
                tokio::select! {
                    _ = over.cancelled() => {}
                    _ = tokio::time::sleep(Duration::from_secs(5)) => tracing::warn!("slow"),
                }
            }
        });
        let (ledger, path) = (self.ledger.clone(), request.uri().path().to_owned());
        tokio::spawn(async move { //~ BP03 high
            ledger.write_down(path).await;
        });
        let answer = self.inner.call(request);
        Box::pin(async move {
            let answer = answer.await;
            over.cancel();
            answer
        })
    }
}
