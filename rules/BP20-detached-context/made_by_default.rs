// What is not named comes of a default: the token in it is a new one, which nobody ever cancels.
use std::future::Future;
use tokio_util::sync::CancellationToken;

#[derive(Clone, Default)]
pub struct Errand {
    who: String,
    token: CancellationToken,
}

impl Errand {
    pub async fn until_over<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            _ = self.token.cancelled() => None,
            done = work => Some(done),
        }
    }

    fn of(who: &str) -> Errand {
        Errand {
            who: who.to_owned(),
            ..Errand::default()
        }
    }
}

async fn ask(errand: &Errand, what: &str) -> Option<String> {
    errand.until_over(async { what.to_owned() }).await
}

pub async fn for_the_owner(errand: &Errand, what: &str) -> Option<String> {
    let owner = ask(errand, what).await?;
    let own = Errand { //~ BP20 medium
        who: owner,
        ..Default::default()
    };
    ask(&own, what).await
}

pub async fn for_another(errand: &Errand, what: &str) -> Option<String> {
    let other = Errand::of(&errand.who); //~ BP20 medium
    ask(&other, what).await
}

// Right: only the name is another.
pub async fn for_a_friend(errand: &Errand, what: &str) -> Option<String> {
    let friend = Errand {
        who: what.to_owned(),
        ..errand.clone()
    };
    ask(&friend, what).await
}

// Right: the token is a child of the caller's.
pub async fn for_a_while(errand: &Errand, what: &str) -> Option<String> {
    let short = Errand {
        token: errand.token.child_token(),
        ..Default::default()
    };
    ask(&short, what).await
}
