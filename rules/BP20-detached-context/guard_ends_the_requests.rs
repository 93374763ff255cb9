// A fresh token whose guard is held here ends when this function is dropped, and not when the token
// at hand is cancelled: what is waited for in place goes on to its end. What runs beside, or is
// raced with the token at hand, ends with the guard.
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

pub async fn serve(stop: CancellationToken, frames: Vec<String>) {
    let of_requests = CancellationToken::new(); //~ BP20 medium
    let _ends_them = of_requests.clone().drop_guard();
    for frame in frames {
        if stop.is_cancelled() {
            return;
        }
        answer(frame, of_requests.clone()).await;
    }
}

pub async fn serve_one_by_one(stop: CancellationToken, frames: Vec<String>) {
    for frame in frames {
        let of_request = stop.child_token();
        let _ends_it = of_request.clone().drop_guard();
        answer(frame, of_request).await;
    }
}

pub async fn serve_until(stop: CancellationToken, frames: Vec<String>) {
    let of_requests = CancellationToken::new();
    let _ends_them = of_requests.clone().drop_guard();
    for frame in frames {
        tokio::select! {
            _ = stop.cancelled() => return,
            _ = answer(frame, of_requests.clone()) => {}
        }
    }
}

pub async fn serve_beside(stop: CancellationToken, mut frames: mpsc::Receiver<String>) {
    let of_requests = CancellationToken::new();
    let _ends_them = of_requests.clone().drop_guard();
    let mut answers = JoinSet::new();
    loop {
        tokio::select! {
            _ = stop.cancelled() => return,
            Some(frame) = frames.recv(), if answers.len() < 8 => {
                let own = of_requests.clone();
                answers.spawn(async move { answer(frame, own).await });
            }
            Some(_) = answers.join_next() => {}
        }
    }
}

async fn answer(frame: String, stop: CancellationToken) {
    tokio::select! {
        _ = stop.cancelled() => {}
        _ = query(&frame) => {}
    }
}

async fn query(_frame: &str) {}
