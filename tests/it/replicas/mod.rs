//! Three servers on one PostgreSQL, each behind a port of its own, while they are killed, cut off and
//! restarted one after another and the database crashes: nothing that was acknowledged is lost, and
//! nothing is said twice.

pub mod cluster;
mod fleet;
mod places;
mod proxy;
mod server;

use std::time::Duration;

use cluster::Cluster;
use fleet::Fleet;
use highwater::store::Store;

/// How long stopping may take: as long as the last work may, and a little more.
const STOP: Duration = Duration::from_secs(35);

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whatever_happens_to_three_servers_nothing_is_lost_and_nothing_doubled() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let mut fleet = Fleet::start(cluster).await;
    fleet.all_hear_of_a_mark("at the start").await;

    fleet.push_everywhere("K");
    fleet.begins_to_write().await;
    fleet.kill(0);
    fleet.mark_everywhere("ok").await;
    fleet.dismiss_something();
    fleet.begin(0);
    fleet.settle("one server was killed").await;
    fleet.all_hear_of_a_mark("one server was killed").await;

    fleet.push_everywhere("P");
    fleet.begins_to_write().await;
    fleet.proxies[1].cut();
    fleet.dismiss_something();
    fleet.mark_everywhere("concern").await;
    fleet.becomes(1, 503).await;
    // Longer than a job is held by who gives no sign of life.
    tokio::time::sleep(Duration::from_secs(32)).await;
    fleet.proxies[1].mend();
    fleet.becomes(1, 200).await;
    fleet.all_hear_of_a_mark("one server was cut off").await;

    fleet.push_everywhere("D");
    fleet.begins_to_write().await;
    fleet.cluster.crash();
    fleet.mark_everywhere("not-applicable").await;
    for number in 0..3 {
        fleet.becomes(number, 200).await;
    }
    fleet.all_hear_of_a_mark("the database crashed").await;

    fleet.push_everywhere("R");
    fleet.dismiss_something();
    for number in 0..3 {
        fleet.stop(number, STOP).await;
        fleet.mark_everywhere(["ok", "concern", "ok"][number]).await;
        fleet.begin(number);
        fleet.becomes(number, 200).await;
    }
    // What was refused meanwhile GitHub sends again when a server that begins asks for it.
    fleet.settle("all were restarted one after another").await;
    fleet.all_hear_of_a_mark("all were restarted").await;
    fleet.ends_well().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_servers_may_make_the_tables_at_the_same_time() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let url = Cluster::url_through(&cluster.address());
    let opening = (0..6).map(|_| {
        let url = url.clone();
        tokio::spawn(async move { Store::open(&url).await })
    });
    for store in opening.collect::<Vec<_>>() {
        let store = store.await.unwrap().unwrap();
        assert!(store.is_there().await);
        store.close().await;
    }
}
