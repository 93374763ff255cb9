//highwater:nocompile needs Request
// A piece of a service without its `use`: what takes a `Request` and answers a `Response` or a
// `Status` is a method that others call.
impl Traces for Collector {
    async fn export(&self, request: Request<Batch>) -> Result<Response<Taken>, Status> {
        let store = Arc::clone(&self.store);
        tokio::spawn(async move { //~ BP03 high
            store.write(request.into_inner()).await;
        });
        Ok(Response::new(Taken {}))
    }

    async fn count(&self, request: Request<Batch>) -> Result<Response<Taken>, Status> {
        self.store.write(request.into_inner()).await;
        Ok(Response::new(Taken {}))
    }
}
