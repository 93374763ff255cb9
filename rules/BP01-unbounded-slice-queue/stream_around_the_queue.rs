// The first loop waits for nothing but what comes of its own queue, through a stream that has the
// taking end inside: with a bound it would wait for itself. The second is filled from elsewhere.
use futures::{stream, Stream, StreamExt};
use tokio::sync::mpsc;
use tokio_stream::wrappers::UnboundedReceiverStream;

pub async fn crawl(first: String) {
    let (found, pages) = mpsc::unbounded_channel(); //~ BP01 low
    let pages = stream::iter([first]).chain(UnboundedReceiverStream::new(pages));
    let mut read = Box::pin(read_each(pages));
    while let Some(links) = read.next().await {
        for link in links {
            if found.send(link).is_err() {
                return;
            }
        }
    }
}

fn read_each(pages: impl Stream<Item = String>) -> impl Stream<Item = Vec<String>> {
    pages.map(|page| vec![page])
}

pub async fn serve(requests: impl Stream<Item = Vec<String>>) {
    let (wanted, mut jobs) = mpsc::unbounded_channel(); //~ BP01 high
    tokio::spawn(async move {
        while let Some(job) = jobs.recv().await {
            work(job).await;
        }
    });
    let mut requests = Box::pin(requests);
    while let Some(next) = requests.next().await {
        for one in next {
            if wanted.send(one).is_err() {
                return;
            }
        }
    }
}

async fn work(_job: String) {}
