// Who sends has been waited for, or is called by what goes before the receiver does: an early way out of the
// loop hits nobody. Who is still at work is hit.
use tokio::sync::mpsc;

pub struct Leaf(u64);


pub async fn raked(trees: u64) -> Result<u64, std::io::Error> {
    let (rake, mut pile) = mpsc::channel(1024);
    let mut rakers = Vec::new();
    for tree in 0..trees {
        let rake = rake.clone();
        rakers.push(tokio::spawn(async move {
            rake.send(Leaf(tree)).await.expect("somebody sweeps");
        }));
    }
    drop(rake);
    for raker in rakers {
        raker.await?;
    }
    let mut sum = 0;
    while let Some(Leaf(leaf)) = pile.recv().await {
        weigh(leaf).await?;
        sum += leaf;
    }
    Ok(sum)
}

pub async fn raked_and_weighed(trees: u64) -> Result<u64, std::io::Error> {
    let (rake, mut pile) = mpsc::channel(4);
    for tree in 0..trees {
        let rake = rake.clone();
        tokio::spawn(async move {
            rake.send(Leaf(tree)).await.expect("somebody sweeps");
        });
    }
    drop(rake);
    let mut sum = 0;
    while let Some(Leaf(leaf)) = pile.recv().await {
        weigh(leaf).await?; //~ BP13 medium
        sum += leaf;
    }
    Ok(sum)
}

async fn weigh(leaf: u64) -> Result<(), std::io::Error> {
    tokio::fs::write("scales", leaf.to_string()).await
}
