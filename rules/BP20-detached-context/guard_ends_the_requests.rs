// A fresh token whose guard is held here ends with this function; whoever ends the connection by
// the token at hand ends the requests by that.
use tokio_util::sync::CancellationToken;

pub async fn serve(stop: CancellationToken, frames: Vec<String>) {
    let of_requests = CancellationToken::new(); //~ BP20 low
    let _ends_them = of_requests.clone().drop_guard();
    for frame in frames {
        if stop.is_cancelled() {
            return;
        }
        answer(frame, of_requests.clone()).await;
    }
}

async fn answer(frame: String, stop: CancellationToken) {
    tokio::select! {
        _ = stop.cancelled() => {}
        _ = query(&frame) => {}
    }
}

async fn query(_frame: &str) {}
