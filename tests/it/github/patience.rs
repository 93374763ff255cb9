//! Limits that do not say how long they hold.

use std::sync::{Arc, Mutex};

use super::blocks::{file, handler};
use super::fake_github::Fault;
use super::stage::Stage;

#[tokio::test]
async fn whoever_is_not_told_how_long_to_wait_waits_longer_each_time() {
    let stage = Stage::new().await;
    let repo = stage.world.repository("acme/queue");
    repo.commit("feature", &[("queue/queue.go", &file(0, &[handler("A")]))]);
    let pull = repo.open_pull("feature", "main");
    let met: Arc<Mutex<Vec<i64>>> = Arc::default();
    let (times, clock) = (met.clone(), stage.world.clock());
    stage.world.plan_faults(move |asked| {
        let mut times = times.lock().unwrap();
        let is_met = asked.operation.id == "pulls/list-files" && times.len() < 9;
        is_met.then(|| {
            times.push(clock.millis());
            Fault::Limited {
                status: 403,
                seconds: None,
            }
        })
    });
    stage.settle().await;
    let met = met.lock().unwrap().clone();
    let waits: Vec<i64> = met
        .windows(2)
        .map(|pair| (pair[1] - pair[0]) / 1000)
        .collect();
    // A second at most is added, so that those who wait do not come back together; nothing else
    // takes time here but what waits for its turn.
    for (wait, least) in waits.iter().zip([60, 120, 240, 480, 960, 1920, 3600, 3600]) {
        assert!((least..least + 10).contains(wait), "{waits:?}");
    }
    assert_eq!(waits.len(), 8);
    assert_eq!(pull.bot_comments().len(), 1, "{}", stage.told());
    stage.end();
}
