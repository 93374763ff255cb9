//! `Review`: the only value that printers, store, bot and site ever see.
//!
//! Plain and owned: paths, lines and text, no engine types. Its serialized form is the stable
//! contract of schema 1, committed as `tests/schema/review.schema.json`.

use serde::{Deserialize, Serialize};

/// What a review found out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Review {
    /// The numbers.
    pub summary: Summary,
    /// The findings, by path and line.
    pub findings: Vec<Remark>,
    /// The five questions, Q1 to Q5, always all five.
    pub smell: Vec<Question>,
    /// The eleven items, C1 to C11, always all eleven.
    pub checklist: Vec<Item>,
    /// What was not looked at, or only in part, and why.
    pub skipped: Vec<Skipped>,
}

impl Review {
    /// The same review with the findings that are at least this sure, and the numbers of those.
    /// The smell check and the checklist stay whole.
    pub fn at_least(mut self, least: Confidence) -> Review {
        self.findings.retain(|remark| remark.confidence >= least);
        self.summary.count(&self.findings);
        self
    }

    /// The findings that ask for an answer: all of a check, the introduced ones of a change.
    pub fn reported(&self) -> impl Iterator<Item = &Remark> {
        let asks = |remark: &&Remark| matches!(remark.state, None | Some(State::Introduced));
        self.findings.iter().filter(asks)
    }
}

/// The numbers of a review.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Files looked at.
    pub files: u32,
    /// Lines in them.
    pub lines: u64,
    /// What is reported, by confidence: all findings of a check; what a change introduces in a review.
    pub findings: Counts,
    /// Findings that the change introduces; absent when there is no change.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub introduced: Option<u32>,
    /// Findings that the change mends; absent when there is no change.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub fixed: Option<u32>,
    /// Findings that were there before and still are; absent when there is no change.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub preexisting: Option<u32>,
    /// Findings dismissed by allow comments.
    #[serde(default)]
    pub allowed: u32,
}

impl Summary {
    /// Counts findings anew; by state where there are states.
    pub fn count(&mut self, findings: &[Remark]) {
        let number = |wanted: State| {
            let found = findings
                .iter()
                .filter(|remark| remark.state == Some(wanted));
            u32::try_from(found.count()).unwrap_or(u32::MAX)
        };
        self.findings = Counts::default();
        for remark in findings {
            if matches!(remark.state, None | Some(State::Introduced)) {
                match remark.confidence {
                    Confidence::High => self.findings.high += 1,
                    Confidence::Medium => self.findings.medium += 1,
                    Confidence::Low => self.findings.low += 1,
                }
            }
        }
        self.introduced = self.introduced.map(|_| number(State::Introduced));
        self.fixed = self.fixed.map(|_| number(State::Fixed));
        self.preexisting = self.preexisting.map(|_| number(State::Preexisting));
    }
}

/// Numbers by confidence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// The code shown proves it.
    pub high: u32,
    /// True unless code out of view mends it.
    pub medium: u32,
    /// Worth a look.
    pub low: u32,
}

/// How sure; the serialized twin of the engine's confidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// Worth a look.
    Low,
    /// True unless code out of view mends it.
    Medium,
    /// The code shown proves it.
    High,
}

impl Confidence {
    /// `high`, `medium` or `low`.
    pub fn name(self) -> &'static str {
        match self {
            Confidence::High => "high",
            Confidence::Medium => "medium",
            Confidence::Low => "low",
        }
    }

    /// The confidence with this name, in any case.
    pub fn by_name(name: &str) -> Option<Confidence> {
        let all = [Confidence::Low, Confidence::Medium, Confidence::High];
        let mut all = all.into_iter();
        all.find(|confidence| name.eq_ignore_ascii_case(confidence.name()))
    }
}

/// Where a finding stands between the two states of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// In the head, not in the base.
    Introduced,
    /// In both.
    Preexisting,
    /// In the base, not in the head.
    Fixed,
}

/// A finding resolved to path, lines and words.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Remark {
    /// `BP06`.
    pub code: String,
    /// `blocking-send-in-handler`.
    pub slug: String,
    /// The rule's one-line summary.
    pub title: String,
    /// How sure.
    pub confidence: Confidence,
    /// Path relative to what is reviewed. For `fixed` findings, in the base.
    pub path: String,
    /// 1-based first line.
    pub line: u32,
    /// 1-based first column, in bytes.
    pub column: u32,
    /// 1-based last line.
    pub end_line: u32,
    /// 1-based column after the last byte.
    pub end_column: u32,
    /// What is wrong.
    pub message: String,
    /// What happens at run time.
    pub why: String,
    /// What to do.
    pub fix: String,
    /// The evidence.
    pub related: Vec<Place>,
    /// `Q1`…`Q5`.
    pub questions: Vec<String>,
    /// `C1`…`C11`.
    pub checklist: Vec<String>,
    /// Where it stands between base and head; `None` where there is no change.
    pub state: Option<State>,
    /// The line of the diff (head side) on which a comment can stand; `None` when there is none.
    pub comment_line: Option<u32>,
    /// The file of that line where it is not `path`: the change that causes a finding may be in
    /// another file than the finding.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment_path: Option<String>,
    /// The same for the same finding, however lines move.
    pub fingerprint: String,
    /// Where the explanation is.
    pub help: String,
    /// A change that mends it, proven by analysing the result.
    pub suggestion: Option<Suggestion>,
    /// The source lines from `line` to `end_line`, at most the first five, without line ends,
    /// each cut to 500 bytes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub excerpt: Vec<String>,
}

/// A related place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Path.
    pub path: String,
    /// 1-based line.
    pub line: u32,
    /// 1-based column, in bytes.
    pub column: u32,
    /// 1-based column after the last byte, on the same line.
    pub end_column: u32,
    /// What is to be seen there.
    pub label: String,
    /// The text of the line.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub excerpt: String,
}

/// Whole lines that are replaced.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suggestion {
    /// First line replaced.
    pub start_line: u32,
    /// Last line replaced.
    pub end_line: u32,
    /// What stands there afterwards, without a final line end; empty when the lines go.
    pub replacement: String,
}

impl Suggestion {
    /// The text with the lines replaced. It ends with a line end.
    pub fn applied(&self, text: &str) -> String {
        let mut lines: Vec<&str> = text.lines().collect();
        let last = (self.end_line as usize).min(lines.len());
        let first = (self.start_line as usize).saturating_sub(1).min(last);
        lines.splice(first..last, self.replacement.lines());
        let mut changed = lines.join("\n");
        changed.push('\n');
        changed
    }
}

/// The answer to one of the five questions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// `Q1`.
    pub id: String,
    /// The question.
    pub question: String,
    /// The verdict.
    pub verdict: Verdict,
    /// Every place that the question is about.
    pub sites: Vec<Site>,
    /// Fingerprints of the findings that answer to it.
    #[serde(default)]
    pub findings: Vec<String>,
}

/// The verdict on a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Every site has a good answer, or there is none.
    Fine,
    /// A site has no answer in view, or a low-confidence finding.
    Look,
    /// A finding of high or medium confidence.
    Smell,
}

impl Verdict {
    /// `fine`, `look` or `smell`.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Fine => "fine",
            Verdict::Look => "look",
            Verdict::Smell => "smell",
        }
    }
}

/// A place that a question is about, with its answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Site {
    /// Path.
    pub path: String,
    /// 1-based line.
    pub line: u32,
    /// What is there: ``channel `jobs` ``.
    pub what: String,
    /// The answer: `bounded, 100`.
    pub answer: String,
    /// Whether the answer is a good one.
    pub ok: bool,
}

/// One item of the checklist.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// `C1`.
    pub id: String,
    /// What to look for.
    pub item: String,
    /// The status.
    pub status: Status,
    /// How many sites the item was checked against.
    pub looked_at: u32,
    /// Fingerprints of its findings.
    pub findings: Vec<String>,
    /// Sites to look at where nothing wrong was seen, at most fifty.
    #[serde(default)]
    pub sites: Vec<Site>,
}

/// The status of a checklist item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// A finding of high or medium confidence.
    Flagged,
    /// A low-confidence finding, or sites with nothing wrong seen.
    Look,
    /// No such site.
    Clear,
}

impl Status {
    /// `flagged`, `look` or `clear`.
    pub fn name(self) -> &'static str {
        match self {
            Status::Flagged => "flagged",
            Status::Look => "look",
            Status::Clear => "clear",
        }
    }
}

/// What was not looked at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Skipped {
    /// Path.
    pub path: String,
    /// Why, and the way out where there is one.
    pub reason: String,
}

impl Skipped {
    /// Why the file was not looked at at all, in a word or two; `None` when it was in part.
    ///
    /// The reasons are our own words, so they are told apart by these.
    pub fn kind(&self) -> Option<&'static str> {
        let says = |words: &[&str]| words.iter().any(|word| self.reason.contains(word));
        let in_part = [
            "the rest was",
            "what is inside was not",
            "not looked for",
            "by the added lines alone",
            "of the diff",
        ];
        if self.path == "(diff)" || says(&in_part) {
            return None;
        }
        let kinds: [(&[&str], &'static str); 8] = [
            (&["generated code"], "generated"),
            (&["over the limit"], "too large"),
            (&["vendored code", "JavaScript packages"], "vendored"),
            (&["test data"], "test data"),
            (&["hidden ("], "hidden"),
            (&["skipped by `"], "left out by the settings"),
            (&["over the budget"], "over the budget"),
            (
                &["took longer", "not finished", "called off"],
                "out of time",
            ),
        ];
        let kind = kinds.iter().find(|(words, _)| says(words));
        Some(kind.map_or("not readable", |&(_, kind)| kind))
    }
}
