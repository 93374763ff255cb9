// A value that a derived `default` makes is of its type: who prints it whole, or gets it from a task
// and prints it, reads its numbers. A number of which nobody asks is not read by that its
// neighbour is.
#[derive(Debug, Default)]
struct Tally {
    stored: u64,
    refused: u64,
}

impl Tally {
    fn note(&mut self, is_stored: bool) {
        match is_stored {
            true => self.stored += 1,
            false => self.refused += 1,
        }
    }
}

pub fn store(rows: &[u64]) {
    let mut tally = Tally::default();
    for row in rows {
        tally.note(row % 2 == 0);
    }
    tracing::info!(?tally, "rows are stored");
}

#[derive(Debug, Default)]
struct Sums {
    kept: u64,
    left: u64,
}

pub async fn sort(rows: Vec<u64>) {
    let mut sums = Sums::default();
    let sorting = async move {
        for row in rows {
            match row % 2 {
                0 => sums.kept += 1,
                _ => sums.left += 1,
            }
        }
        sums
    };
    tokio::select! {
        sums = sorting => tracing::info!(sums = ?sums, "sorted"),
    }
}

#[derive(Default)]
struct Half {
    even: u64,
    odd: u64,
}

pub fn even(rows: &[u64]) -> u64 {
    let mut half = Half::default();
    for row in rows {
        match row % 2 {
            0 => half.even += 1,
            _ => half.odd += 1, //~ BP21 high
        }
    }
    half.even
}
