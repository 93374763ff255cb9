// Slots that are taken as they fill, and whoever finds all of them taken is told so at once: large,
// but bounded and free until it is needed, so that it is less sure to be wrong. A million is too
// many all the same, and so is what its senders wait for.
use tokio::sync::mpsc;

pub struct Lanes {
    mails: mpsc::Sender<String>,
    letters: mpsc::Sender<String>,
    parcels: mpsc::Sender<String>,
}

impl Lanes {
    pub fn start() -> Lanes {
        let (mails, mut on_mail) = mpsc::channel(60_000); //~ BP02 medium, BP19 low
        let (letters, mut on_letter) = mpsc::channel(1_000_000); //~ BP02 high, BP19 low
        let (parcels, mut on_parcel) = mpsc::channel(60_000); //~ BP02 high, BP19 low
        tokio::spawn(async move {
            while let Some(text) = on_mail.recv().await {
                carry(text).await;
            }
        });
        tokio::spawn(async move {
            while let Some(text) = on_letter.recv().await {
                carry(text).await;
            }
        });
        tokio::spawn(async move {
            while let Some(text) = on_parcel.recv().await {
                carry(text).await;
            }
        });
        Lanes { mails, letters, parcels }
    }

    pub fn mail(&self, text: String) {
        if let Err(error) = self.mails.try_send(text) {
            tracing::error!("no room for a mail: {error}");
        }
    }

    pub fn letter(&self, text: String) {
        if let Err(error) = self.letters.try_send(text) {
            tracing::error!("no room for a letter: {error}");
        }
    }

    pub async fn parcel(&self, text: String) {
        self.parcels.send(text).await.ok();
    }
}

async fn carry(_text: String) {}
