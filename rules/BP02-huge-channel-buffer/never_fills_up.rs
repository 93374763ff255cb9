// Why it is right stands behind the make. A remark that only says what it is for gives no reason.
use tokio::sync::mpsc;

pub struct Orders(mpsc::Sender<u64>);

impl Orders {
    pub fn start() -> Orders {
        let (send, taken) = mpsc::channel(400_000); // A number each, and it does not fill up unless the worker is stuck. //~ BP02 low, BP19 low
        tokio::spawn(serve(taken));
        Orders(send)
    }

    pub async fn order(&self, number: u64) {
        self.0.send(number).await.ok();
    }
}

pub struct Parcels(mpsc::Sender<u64>);

impl Parcels {
    pub fn start() -> Parcels {
        let (send, taken) = mpsc::channel(400_000); // The numbers of the parcels. //~ BP02 high, BP19 low
        tokio::spawn(work(taken));
        Parcels(send)
    }

    pub async fn post(&self, number: u64) {
        self.0.send(number).await.ok();
    }
}

async fn work(mut taken: mpsc::Receiver<u64>) {
    while let Some(number) = taken.recv().await {
        store(number).await;
    }
}

async fn serve(mut taken: mpsc::Receiver<u64>) {
    while let Some(number) = taken.recv().await {
        store(number).await;
    }
}

async fn store(_number: u64) {}
