// The token at hand is a field of what the method belongs to, or comes along with a parameter; the
// new one is made by name, by default, by a helper, or for a value that carries it.
use std::future::Future;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

pub trait Press: Sync {
    fn stamp(&self, sheet: u32, stop: CancellationToken) -> impl Future<Output = bool> + Send;
}

pub struct Edition {
    number: u64,
    recalled: CancellationToken,
}

impl Edition {
    pub fn recalled(&self) -> CancellationToken {
        self.recalled.clone()
    }

    fn proof() -> Edition {
        Edition {
            number: 0,
            recalled: CancellationToken::new(),
        }
    }

    fn part_of(other: &Edition) -> Edition {
        Edition {
            number: other.number,
            recalled: other.recalled.child_token(),
        }
    }
}

pub struct Shop<P> {
    press: P,
    closing: CancellationToken,
}

fn unbound() -> CancellationToken {
    CancellationToken::new()
}

impl<P: Press> Shop<P> {
    pub async fn run(&self, sheets: Vec<u32>) -> u32 {
        let mut printed = 0;
        for sheet in sheets {
            if self.closing.is_cancelled() {
                return printed;
            }
            let own = CancellationToken::new(); //~ BP20 medium
            printed += u32::from(self.press.stamp(sheet, own).await);
        }
        printed
    }

    pub async fn copy_all(&self, sheets: Vec<u32>) -> u32 {
        let mut printed = 0;
        for sheet in sheets {
            let own = self.closing.child_token();
            printed += u32::from(self.press.stamp(sheet, own).await);
        }
        printed
    }

    pub async fn recallable(&self, edition: &Edition, sheet: u32) -> bool {
        if edition.recalled.is_cancelled() {
            return false;
        }
        self.press.stamp(sheet, CancellationToken::default()).await //~ BP20 medium
    }

    pub async fn of_edition(&self, edition: &Edition, sheet: u32) -> bool {
        self.press.stamp(sheet, edition.recalled()).await
    }

    pub async fn by_helper(&self, sheet: u32, stop: &CancellationToken) -> bool {
        if stop.is_cancelled() {
            return false;
        }
        let own = unbound(); //~ BP20 high
        self.press.stamp(sheet, own).await
    }

    pub async fn in_a_value(&self, sheet: u32) -> bool {
        if self.closing.is_cancelled() {
            return false;
        }
        let edition = Edition { //~ BP20 medium
            number: 1,
            recalled: CancellationToken::new(),
        };
        bind(&edition, &self.press, sheet).await
    }

    pub async fn by_accessor(&self, edition: &Edition, sheet: u32) -> bool {
        let part = Edition::proof(); //~ BP20 medium
        self.press.stamp(sheet, part.recalled()).await && !edition.recalled.is_cancelled()
    }

    pub async fn in_parts(&self, edition: &Edition, sheet: u32) -> bool {
        let part = Edition::part_of(edition);
        self.press.stamp(sheet, part.recalled()).await
    }

    // The first wait ends with the token, and whoever comes here has not been told to stop.
    pub async fn after_a_wait(&self, stop: &CancellationToken) -> bool {
        let sheet = tokio::select! {
            _ = stop.cancelled() => return false,
            sheet = next_sheet() => sheet,
        };
        let own = CancellationToken::new(); //~ BP20 high
        self.press.stamp(sheet, own).await
    }

    // Whoever cancels the one cancels the other.
    pub async fn told_in_the_end(&self, sheet: u32, stop: CancellationToken) -> bool {
        let own = CancellationToken::new();
        let mut printing = std::pin::pin!(self.press.stamp(sheet, own.clone()));
        tokio::select! {
            printed = &mut printing => printed,
            _ = stop.cancelled() => {
                own.cancel();
                printing.await
            }
        }
    }

    // The last sheet is printed when all else has been told to end.
    pub async fn close(&self) -> bool {
        self.closing.cancel();
        let last = self.press.stamp(0, CancellationToken::new());
        tokio::time::timeout(Duration::from_secs(5), last).await.is_ok()
    }
}

async fn bind<P: Press>(edition: &Edition, press: &P, sheet: u32) -> bool {
    tokio::select! {
        _ = edition.recalled.cancelled() => false,
        printed = press.stamp(sheet, edition.recalled.clone()) => printed,
    }
}

async fn next_sheet() -> u32 {
    1
}
