//highwater:nocompile needs reqwest
// The set is filled here and a helper takes the first answer out of it, or the calls are blocks that a
// method makes and hands out. A helper that takes every answer is something else, and so are blocks that
// wait for their turn.
use futures::future::{self, BoxFuture, FutureExt};
use reqwest::Client;
use std::time::Duration;
use tokio::task::JoinSet;

pub struct Mirrors {
    http: Client,
    urls: Vec<String>,
}

async fn load(http: Client, url: String) -> reqwest::Result<String> {
    http.get(url).send().await?.text().await
}

impl Mirrors {
    pub async fn page(&self) -> Option<String> {
        let mut loads = JoinSet::new();
        for url in &self.urls { //~ BP15 medium
            loads.spawn(load(self.http.clone(), url.clone()));
        }
        earliest(loads).await
    }

    pub async fn pages(&self) -> Vec<String> {
        let mut loads = JoinSet::new();
        for url in &self.urls {
            loads.spawn(load(self.http.clone(), url.clone()));
        }
        every(loads).await
    }

    fn ask<'a>(&'a self, url: &'a str) -> BoxFuture<'a, reqwest::Result<String>> {
        async move { self.http.get(url).send().await?.text().await }.boxed()
    }

    pub async fn answer(&self) -> reqwest::Result<String> {
        let asked = self.urls.iter().map(|url| self.ask(url));
        let (text, _) = future::select_ok(asked).await?; //~ BP15 medium
        Ok(text)
    }

    pub async fn patient(&self) -> reqwest::Result<String> {
        let asked = self.urls.iter().zip(0u64..).map(|(url, place)| {
            async move {
                tokio::time::sleep(Duration::from_millis(80 * place)).await;
                self.ask(url).await
            }
            .boxed()
        });
        let (text, _) = future::select_ok(asked).await?;
        Ok(text)
    }
}

async fn earliest(mut loads: JoinSet<reqwest::Result<String>>) -> Option<String> {
    let first = loads.join_next().await?;
    loads.detach_all();
    first.ok()?.ok()
}

async fn every(mut loads: JoinSet<reqwest::Result<String>>) -> Vec<String> {
    let mut texts = Vec::new();
    while let Some(Ok(Ok(text))) = loads.join_next().await {
        texts.push(text);
    }
    texts
}
