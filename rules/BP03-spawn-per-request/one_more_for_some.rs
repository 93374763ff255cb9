//highwater:nocompile needs tonic
// A second task that only some of the calls start, where each has started one already: what is
// wrong with the method has been said. Where each call takes one way or the other, both are.
use tonic::{Request, Response, Status};

pub struct Depot {
    store: Store,
}

#[tonic::async_trait]
impl proto::depot_server::Depot for Depot {
    async fn fetch(&self, request: Request<proto::Item>) -> Result<Response<proto::Ack>, Status> {
        let item = request.into_inner();
        let store = self.store.clone();
        let wanted = item.clone();
        tokio::spawn(async move { //~ BP03 high
            store.fetch(wanted).await;
        });
        if item.ahead {
            match self.store.begin_ahead(&item.id).await {
                Ok(()) => {
                    let store = self.store.clone();
                    tokio::spawn(async move { //~ BP03 low
                        store.fetch_ahead(item).await;
                    });
                }
                Err(error) => tracing::info!("not begun: {error}"),
            }
        }
        Ok(Response::new(proto::Ack {}))
    }

    async fn put(&self, request: Request<proto::Item>) -> Result<Response<proto::Ack>, Status> {
        let item = request.into_inner();
        let store = self.store.clone();
        if item.ahead {
            tokio::spawn(async move { //~ BP03 high
                store.put_ahead(item).await;
            });
        } else {
            tokio::spawn(async move { //~ BP03 high
                store.put(item).await;
            });
        }
        Ok(Response::new(proto::Ack {}))
    }
    async fn give(&self, request: Request<proto::Item>) -> Result<Response<proto::Ack>, Status> {
        let item = request.into_inner();
        let store = self.store.clone();
        let Some(load) = store.add(&item).await else {
            return Ok(Response::new(proto::Ack {}));
        };
        // One for each load, when its last item has come.
        if load.is_complete() {
            tokio::spawn(async move { //~ BP03 low
                store.send(load).await;
            });
        }
        Ok(Response::new(proto::Ack {}))
    }
}
