// Numbers that nobody misses: what they count goes back to the caller anyway, or is summed right
// beside; or they lie in what makes one thing, or stands in for the real one. What lasts and is
// told nowhere else is still said.
pub fn parse_all(lines: &[String]) -> Vec<Result<u64, String>> {
    let mut refused = 0;
    let mut taken = 0;
    let parsed = lines
        .iter()
        .map(|line| {
            let number = parse(line);
            if number.is_ok() {
                taken += 1;
            } else {
                refused += 1; //~ BP21 low
            }
            number
        })
        .collect();
    tracing::info!("{taken} lines");
    parsed
}

pub fn parse_most(lines: &[String]) -> Vec<u64> {
    let mut refused = 0;
    let mut found = Vec::with_capacity(lines.len());
    for line in lines {
        match parse(line) {
            Ok(number) => found.push(number),
            Err(_) => refused += 1, //~ BP21 high
        }
    }
    found
}

fn parse(line: &str) -> Result<u64, String> {
    line.parse().map_err(|_| format!("no number: {line}"))
}

struct Share {
    spent: u64,
    samples: u64,
}

pub fn shares(stacks: &[usize], period: u64) -> Vec<u64> {
    let mut shares: Vec<Share> = Vec::new();
    for &stack in stacks {
        while shares.len() <= stack {
            shares.push(Share { spent: 0, samples: 0 });
        }
        let share = &mut shares[stack];
        share.spent += period;
        share.samples += 1; //~ BP21 low
    }
    shares.iter().map(|share| share.spent).collect()
}

pub struct TableBuilder {
    rows: Vec<String>,
    added: usize,
}

impl TableBuilder {
    pub fn add(&mut self, row: String) {
        self.added += 1; //~ BP21 low
        self.rows.push(row);
    }

    pub fn build(self) -> Vec<String> {
        self.rows
    }
}

pub struct FakeDisk {
    removed: u64,
}

impl FakeDisk {
    pub fn remove(&mut self, path: &str) {
        self.removed += 1; //~ BP21 low
        tracing::debug!("removes {path}");
    }
}

pub struct Faker {
    made: u64,
}

impl Faker {
    pub fn name(&mut self) -> String {
        self.made += 1; //~ BP21 high
        "Ada".to_owned()
    }
}
