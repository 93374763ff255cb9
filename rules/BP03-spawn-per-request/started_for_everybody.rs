// What starts tasks for everybody says nothing of how many there are: that is up to each who hands work in. A starter with
// work of its own is told, however many call it.
use axum::extract::State;
use std::future::Future;
use std::sync::Arc;

pub struct Museum {
    rooms: Vec<String>,
}

impl Museum {
    async fn dust(&self, room: usize) {
        tokio::fs::write("dusted", &self.rooms[room]).await.ok();
    }

    /// Tells the guards; nobody waits for that.
    fn tell(self: &Arc<Self>, room: usize) {
        let museum = self.clone();
        tokio::spawn(async move { //~ BP03 high
            museum.dust(room).await;
        });
    }
}

/// Starts what anybody has to do.
fn start<F: Future<Output = ()> + Send + 'static>(name: &'static str, work: F) {
    tokio::spawn(named(name, work)); //~ BP03 low
}

async fn named<F: Future<Output = ()>>(name: &'static str, work: F) {
    tracing::info!("{name} begins");
    work.await;
}

pub async fn tour(State(museum): State<Arc<Museum>>) {
    let (first, second, third) = (museum.clone(), museum.clone(), museum.clone());
    let (fourth, fifth) = (museum.clone(), museum.clone());
    museum.tell(1);
    start("first", async move { first.dust(1).await });
    museum.tell(2);
    start("second", async move { second.dust(2).await });
    museum.tell(3);
    start("third", async move { third.dust(3).await });
    museum.tell(4);
    start("fourth", async move { fourth.dust(4).await });
    museum.tell(5);
    start("fifth", async move { fifth.dust(5).await });
}
