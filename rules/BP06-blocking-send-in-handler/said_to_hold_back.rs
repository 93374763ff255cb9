// The setting that gives the size of the first queue says that it is there to slow senders down.
// Nobody says so of the second.
use axum::extract::State;
use axum::http::StatusCode;
use std::sync::Arc;
use tokio::sync::mpsc;

pub struct Settings {
    pub mails: usize, // the back-pressure that whoever sends mails is to feel
    pub bills: usize, // how many are kept in memory
}

pub struct Post {
    mails: mpsc::Sender<String>,
    bills: mpsc::Sender<String>,
}

impl Post {
    pub fn open(settings: &Settings) -> Arc<Post> {
        let (mails, mut mailed) = mpsc::channel::<String>(settings.mails);
        let (bills, mut billed) = mpsc::channel::<String>(settings.bills);
        tokio::spawn(async move {
            while let Some(mail) = mailed.recv().await {
                tokio::fs::write("mail", mail).await.ok();
            }
        });
        tokio::spawn(async move {
            while let Some(bill) = billed.recv().await {
                tokio::fs::write("bill", bill).await.ok();
            }
        });
        Arc::new(Post { mails, bills })
    }
}

pub async fn mail(State(post): State<Arc<Post>>, body: String) -> StatusCode {
    post.mails.send(body).await.ok(); //~ BP06 low
    StatusCode::ACCEPTED
}

pub async fn bill(State(post): State<Arc<Post>>, body: String) -> StatusCode {
    post.bills.send(body).await.ok(); //~ BP06 high
    StatusCode::ACCEPTED
}
