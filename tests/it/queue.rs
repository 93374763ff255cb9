//! The queue, in SQLite and in PostgreSQL alike: who does what, when, and how often.

use std::time::Duration;

use highwater::store::queue::{Asked, Delivery, Job, TakenIn};
use highwater::store::{Error, Store};

use super::github::stage::postgres;

/// Jobs that may wait.
const MOST: u32 = 3;
/// For how long a job is held, in milliseconds.
const LEASE: i64 = 100;

/// An empty database of each kind.
async fn stores(name: &str) -> Vec<Store> {
    let mut stores = vec![Store::open("sqlite::memory:").await.unwrap()];
    stores.extend(postgres(name).await);
    stores
}

fn asked(key: &str, lane: &str, body: &str) -> Asked {
    Asked {
        key: key.to_owned(),
        lane: lane.to_owned(),
        installation: 1,
        body: body.to_owned(),
        due: 10,
    }
}

fn delivery(guid: &str) -> Delivery<'_> {
    Delivery {
        guid,
        event: "pull_request",
        installation: 1,
        received: 10,
    }
}

async fn claim(store: &Store, holder: &str, now: i64) -> Option<Job> {
    store.claim(holder, now, LEASE).await.unwrap()
}

#[tokio::test]
async fn one_of_a_lane_is_done_at_a_time_and_a_dead_holder_lets_go() {
    for store in stores("lanes").await {
        for (key, lane) in [("a", "one"), ("b", "one"), ("c", "other")] {
            store.ask(&asked(key, lane, "{}"), MOST).await.unwrap();
        }
        assert!(claim(&store, "s1", 9).await.is_none(), "nothing is due yet");
        let first = claim(&store, "s1", 10).await.unwrap();
        let second = claim(&store, "s2", 10).await.unwrap();
        let mut keys = [first.key.as_str(), second.key.as_str()];
        keys.sort_unstable();
        assert!(keys == ["a", "c"] || keys == ["b", "c"], "{keys:?}");
        assert!(claim(&store, "s3", 10).await.is_none(), "the lane is taken");
        let (held, other) = if first.key == "c" {
            (second, first)
        } else {
            (first, second)
        };
        store.finish(&other, 10).await.unwrap();

        assert!(store.renew(&held, 200).await.unwrap());
        assert!(claim(&store, "s3", 199).await.is_none(), "it is still held");
        let taken = claim(&store, "s3", 200).await.unwrap();
        assert_eq!((&taken.key, taken.tries), (&held.key, 2));
        assert!(!store.renew(&held, 300).await.unwrap(), "it is another's");
        assert!(store.is_superseded(&held).await.unwrap());
        store.finish(&held, 200).await.unwrap();
        assert!(
            !store.is_superseded(&taken).await.unwrap(),
            "whoever lost it ends nothing"
        );
        store.finish(&taken, 200).await.unwrap();
        let last = claim(&store, "s1", 200).await.unwrap();
        assert_ne!(last.key, held.key);
    }
}

#[tokio::test]
async fn many_at_once_take_each_job_once() {
    for store in stores("claims").await {
        for number in 0..20 {
            let key = number.to_string();
            let lane = (number % 4).to_string();
            store.ask(&asked(&key, &lane, "{}"), 100).await.unwrap();
        }
        let workers: Vec<_> = (0..6)
            .map(|worker| {
                let store = store.clone();
                tokio::spawn(async move { drained(&store, &format!("s{worker}")).await })
            })
            .collect();
        let mut done = Vec::new();
        for worker in workers {
            done.extend(worker.await.unwrap());
        }
        done.sort();
        let mut all: Vec<String> = (0..20).map(|number: u32| number.to_string()).collect();
        all.sort();
        assert_eq!(done, all);
    }
}

/// Does jobs until there is none left; which those were.
async fn drained(store: &Store, holder: &str) -> Vec<String> {
    let mut done = Vec::new();
    loop {
        match store.claim(holder, 10, 60_000).await.unwrap() {
            Some(job) => {
                tokio::time::sleep(Duration::from_millis(2)).await;
                assert!(!store.is_superseded(&job).await.unwrap());
                store.finish(&job, 10).await.unwrap();
                done.push(job.key);
            }
            None if store.depth().await.unwrap().waiting == 0 => return done,
            None => tokio::time::sleep(Duration::from_millis(1)).await,
        }
    }
}

#[tokio::test]
async fn whoever_asks_again_is_heard_and_what_was_known_is_not_lost() {
    for store in stores("asked").await {
        let known = r#"{"work":"review","again":true,"delivery":"d1","gone":[1]}"#;
        store.ask(&asked("a", "a", known), MOST).await.unwrap();
        let plain = r#"{"work":"review","again":false,"gone":[2]}"#;
        store.ask(&asked("a", "a", plain), MOST).await.unwrap();
        let job = claim(&store, "s1", 10).await.unwrap();
        let both = r#"{"work":"review","again":true,"delivery":"d1","gone":[1,2]}"#;
        assert_eq!((job.body.as_str(), job.asked), (both, 2));

        // While it is done it is asked for once more: it is done again, with all that is known.
        store.ask(&asked("a", "a", plain), MOST).await.unwrap();
        assert!(store.is_superseded(&job).await.unwrap());
        store.finish(&job, 20).await.unwrap();
        let again = claim(&store, "s1", 20).await.unwrap();
        assert_eq!((again.body.as_str(), again.tries), (both, 1));
        store.finish(&again, 20).await.unwrap();
        assert!(claim(&store, "s1", 99).await.is_none());
    }
}

#[tokio::test]
async fn what_was_given_up_waits_again_when_it_is_sent_again() {
    for store in stores("dead").await {
        let asked = asked("a", "a", "{}");
        let take = || store.take_in(delivery("guid"), Some(&asked), MOST);
        assert_eq!(take().await.unwrap(), TakenIn::New);
        assert_eq!(take().await.unwrap(), TakenIn::Known);
        assert!(store.knows_delivery("guid").await.unwrap());
        let job = claim(&store, "s1", 10).await.unwrap();
        store.put_off(&job, 50, "no answer", true).await.unwrap();
        assert!(claim(&store, "s1", 49).await.is_none());
        let job = claim(&store, "s1", 50).await.unwrap();
        assert_eq!(job.tries, 2);
        store.bury(&job, 50, "given up").await.unwrap();
        assert!(claim(&store, "s1", 99).await.is_none());
        assert_eq!(store.dead().await.unwrap()[0].failure, "given up");
        assert_eq!(take().await.unwrap(), TakenIn::Revived);
        assert_eq!(claim(&store, "s1", 99).await.unwrap().tries, 1);
    }
}

#[tokio::test]
async fn a_full_queue_keeps_neither_the_job_nor_the_delivery() {
    for store in stores("full").await {
        for key in ["a", "b", "c"] {
            store.ask(&asked(key, key, "{}"), MOST).await.unwrap();
        }
        let more = asked("d", "d", "{}");
        let refused = store.take_in(delivery("guid"), Some(&more), MOST).await;
        assert!(matches!(refused, Err(Error::Full)), "{refused:?}");
        assert!(!store.knows_delivery("guid").await.unwrap());
        let known = asked("a", "a", "{}");
        let taken = store.take_in(delivery("guid"), Some(&known), MOST).await;
        assert_eq!(taken.unwrap(), TakenIn::New, "it needs no room");
        store.purge(1).await.unwrap();
        assert_eq!(store.depth().await.unwrap().waiting, 0);
    }
}

#[tokio::test]
async fn waits_that_nobody_named_double_while_they_are_too_short() {
    for store in stores("patience").await {
        let pause = async |now| store.pause_longer(1, now, (60, 300)).await.unwrap();
        assert_eq!(pause(1_000).await, 1_060);
        assert_eq!(pause(1_030).await, 1_060, "what was under way is no sign");
        assert_eq!(pause(1_070).await, 1_190, "twice as long");
        assert_eq!(pause(1_200).await, 1_440);
        assert_eq!(pause(1_440).await, 1_740, "no longer than the longest");
        assert_eq!(pause(1_750).await, 2_050);
        assert_eq!(pause(2_350).await, 2_410, "it was long enough: a new one");
        store.pause(1, 2_500).await.unwrap();
        assert_eq!(store.paused_until(1).await.unwrap(), 2_500);
        assert_eq!(pause(2_510).await, 2_630, "a named wait ended just now");
    }
}
