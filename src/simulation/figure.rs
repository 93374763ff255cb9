//! What a simulation gives: curves over time with their units, ready to be drawn.

/// What a curve shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The code with the bug.
    Bug,
    /// The code with the fix.
    Fix,
    /// The cure that does not cure, or another thing to compare with.
    Other,
}

/// A line of a plot.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    /// Its name in the legend.
    pub label: String,
    /// What it shows.
    pub role: Role,
    /// Points: seconds and value, in the order of time.
    pub points: Vec<(f64, f64)>,
}

/// A line across a plot: a limit or an objective.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    /// Its name.
    pub label: String,
    /// At which value.
    pub value: f64,
}

/// One picture: curves over the same time.
#[derive(Clone, Debug, PartialEq)]
pub struct Plot {
    /// What is drawn, with its unit: "requests waiting".
    pub title: String,
    /// The unit of the values, short: "requests", "MB", "s".
    pub unit: String,
    /// The lines.
    pub curves: Vec<Curve>,
    /// Limits and objectives.
    pub marks: Vec<Mark>,
    /// The part of the time in which something is different: a surge or an outage.
    pub shaded: Option<(f64, f64, String)>,
}

/// Where everything that came in went, at the end of a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Account {
    /// Which run.
    pub label: String,
    /// Attempts that came.
    pub came: u64,
    /// Answered in time.
    pub answered: u64,
    /// Worked on although nobody waited any more.
    pub wasted: u64,
    /// Told that there is no room.
    pub rejected: u64,
    /// Thrown away.
    pub dropped: u64,
    /// Left before their turn came.
    pub left: u64,
    /// Failed.
    pub failed: u64,
    /// Still waiting or worked on.
    pub inside: u64,
}

impl Account {
    /// Whether nothing is lost or made up: what came is what went and what is still inside.
    pub fn balances(&self) -> bool {
        let went = self.answered + self.wasted + self.rejected + self.dropped;
        self.came == went + self.left + self.failed + self.inside
    }
}

/// What a model shows for one choice of its parameters.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Figure {
    /// The plots, most important first.
    pub plots: Vec<Plot>,
    /// What there is to be seen, full sentences with the numbers of this run.
    pub caption: String,
    /// Where everything went, for each run.
    pub accounts: Vec<Account>,
}

impl Plot {
    /// An empty plot.
    pub fn new(title: &str, unit: &str) -> Plot {
        Plot {
            title: title.to_owned(),
            unit: unit.to_owned(),
            curves: Vec::new(),
            marks: Vec::new(),
            shaded: None,
        }
    }

    /// Adds a curve.
    pub fn curve(mut self, role: Role, label: &str, points: Vec<(f64, f64)>) -> Plot {
        self.curves.push(Curve {
            label: label.to_owned(),
            role,
            points,
        });
        self
    }

    /// Adds a line across.
    pub fn mark(mut self, label: impl Into<String>, value: f64) -> Plot {
        self.marks.push(Mark {
            label: label.into(),
            value,
        });
        self
    }

    /// Shades a part of the time.
    pub fn shade(mut self, from: f64, to: f64, label: &str) -> Plot {
        self.shaded = Some((from, to, label.to_owned()));
        self
    }
}
