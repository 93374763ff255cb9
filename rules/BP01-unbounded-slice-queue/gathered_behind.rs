//highwater:nocompile needs async_nats
// A stream whose items each start a task of a set may be a list with an end: then what the tasks yield is used right behind.
use futures::{Stream, StreamExt};
use std::collections::BTreeMap;
use std::io;
use std::pin::Pin;
use tokio::task::JoinSet;

struct Member(u64);

trait Roster {
    fn members(&self) -> io::Result<Pin<Box<dyn Stream<Item = io::Result<Member>> + Send>>>;
    fn weight(&self, member: &Member) -> u64;
}

async fn weights(roster: &dyn Roster) -> io::Result<BTreeMap<u64, u64>> {
    let mut found = BTreeMap::new();
    let mut asked = JoinSet::new();
    let mut stream = roster.members()?;
    while let Some(member) = stream.next().await {
        let member = member?;
        let weight = roster.weight(&member);
        asked.spawn(async move { Ok::<_, io::Error>((member.0, weight)) });
    }
    while let Some(pair) = asked.join_next().await.transpose()? {
        let (member, weight) = pair?;
        found.insert(member, weight);
    }
    Ok(found)
}

// Nothing comes of these: the loop behind only waits for the last ones when the stream is closed.
async fn serves(mut subscription: async_nats::Subscriber) {
    let mut jobs = JoinSet::new();
    while let Some(order) = subscription.next().await {
        jobs.spawn(async move { ship(order).await }); //~ BP01 medium
    }
    while let Some(ended) = jobs.join_next().await {
        if let Err(error) = ended {
            eprintln!("a job failed: {error}");
        }
    }
}

async fn ship(order: async_nats::Message) {
    drop(order.payload);
}
