//highwater:nocompile needs eventsource
// The events of one answer to a request come to an end, and the last of them says so. Without a
// last word they go on.
use eventsource::EventSource;
use futures::Stream;
use tokio::sync::mpsc;
use tokio_stream::wrappers::UnboundedReceiverStream;
use tokio_stream::StreamExt;

pub fn words(mut events: EventSource) -> impl Stream<Item = String> {
    let (said, heard) = mpsc::unbounded_channel(); //~ BP01 low
    tokio::spawn(async move {
        while let Some(event) = events.next().await {
            if event.data == "<end>" {
                break;
            }
            if said.send(event.data).is_err() {
                break;
            }
        }
    });
    UnboundedReceiverStream::new(heard)
}

pub fn words_with_the_last(mut events: EventSource) -> impl Stream<Item = String> {
    let (said, heard) = mpsc::unbounded_channel(); //~ BP01 low
    tokio::spawn(async move {
        while let Some(event) = events.next().await {
            let mut is_last = false;
            if event.data == "<end>" {
                is_last = true;
            }
            if said.send(event.data).is_err() {
                break;
            }
            if is_last {
                break;
            }
        }
    });
    UnboundedReceiverStream::new(heard)
}

pub fn prices(mut events: EventSource) -> impl Stream<Item = String> {
    let (said, heard) = mpsc::unbounded_channel(); //~ BP01 high
    tokio::spawn(async move {
        while let Some(event) = events.next().await {
            if said.send(event.data).is_err() {
                break;
            }
        }
    });
    UnboundedReceiverStream::new(heard)
}
