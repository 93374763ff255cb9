//! `match`: a question about a result or an option is two ways, everything else a switch.

use super::statements::Dest;
use super::{Kind, Lowering};
use crate::languages::syntax::Node;
use crate::model::step::{Case, Owner};
use crate::model::{BinaryOp, ExprId, ExprKind, ExprList, Op};
use crate::source::Span;

impl Lowering<'_> {
    pub(super) fn match_expression(&mut self, node: &Node<'_>, dest: Dest) {
        let (Some(subject), Some(body)) = (
            self.field(node, self.f.value),
            self.field(node, self.f.body),
        ) else {
            return;
        };
        let arms: Vec<Node<'_>> = self
            .children(&body)
            .into_iter()
            .filter(|arm| self.kind(arm) == Kind::MatchArm)
            .collect();
        let words: Vec<Option<&'static str>> = arms
            .iter()
            .map(|arm| {
                let pattern = self.field(arm, self.f.pattern)?;
                self.asked_of(subject, &pattern)
            })
            .collect();
        let is_success = |word: &Option<&str>| matches!(word, Some("Ok" | "Some"));
        let is_failure = |word: &Option<&str>| matches!(word, Some("Err" | "None"));
        if !words
            .iter()
            .any(|word| is_success(word) || is_failure(word))
        {
            return self.plain_match(node, subject, &arms, dest);
        }
        let of_results = words
            .iter()
            .flatten()
            .any(|word| matches!(*word, "Ok" | "Err"));
        let word = if of_results { "Ok" } else { "Some" };
        let side = |of: &dyn Fn(&Option<&str>) -> bool| -> Vec<Node<'_>> {
            let with = arms.iter().zip(&words);
            with.filter(|(_, word)| word.is_none() || of(word))
                .map(|(arm, _)| *arm)
                .collect()
        };
        let (good, bad) = (side(&is_success), side(&is_failure));
        let first = self.builder.program.steps.len();
        self.branch(
            subject,
            Some(word),
            &mut |this, value| this.arms(&good, value, dest),
            &mut |this, error| this.arms(&bad, error, dest),
        );
        self.place_refusal(self.span(&subject), first, &bad);
    }

    /// Where one arm alone is for what found no room, that is where it goes the other way.
    fn place_refusal(&mut self, subject: Span, first: usize, bad: &[Node<'_>]) {
        let mut has_full = false;
        let mut refused = Vec::new();
        for arm in bad {
            if !self.is_for_ended(arm, &mut has_full) {
                refused.push(arm);
            }
        }
        let [arm] = refused[..] else { return };
        let pattern = self.field(arm, self.f.pattern);
        let is_its_own = pattern.is_some_and(|pattern| !self.text_of(&pattern).contains("Ok("));
        let place = self.span(arm);
        let mut steps = self.builder.program.steps[first..].iter_mut();
        let tried = steps.find_map(|step| match &mut step.op {
            Op::Select(arms) => Some(arms),
            _ => None,
        });
        if let Some([taken, other]) = tried.map(|arms| &mut arms[..])
            && is_its_own
            && taken.span == subject
        {
            other.span = place;
        }
    }

    /// The arms of one side of a match: one alone is what is done, several are a switch.
    fn arms(&mut self, arms: &[Node<'_>], value: ExprId, dest: Dest) {
        if let [arm] = arms
            && self.is_open(arm)
        {
            return self.arm(arm, value, dest);
        }
        let Some(first) = arms.first() else { return };
        if let Some((pattern, condition)) = self.condition_of(first) {
            return self.guarded_arm(arms, pattern, condition, value, dest);
        }
        let span = self.span(first);
        self.switch(span, value, arms, dest);
    }

    /// The pattern and the condition of an arm that has one.
    fn condition_of<'t>(&self, arm: &Node<'t>) -> Option<(Node<'t>, Node<'t>)> {
        let pattern = self.field(arm, self.f.pattern)?;
        Some((pattern, self.field(&pattern, self.f.condition)?))
    }

    /// `Ok(x) if x.is_fine() => …`: the other arms are for when the condition does not hold, or
    /// the pattern does not fit.
    fn guarded_arm(
        &mut self,
        arms: &[Node<'_>],
        pattern: Node<'_>,
        condition: Node<'_>,
        value: ExprId,
        dest: Dest,
    ) {
        self.scope.open();
        self.bind(&pattern, value);
        let fits = match self.shape_of(&pattern) {
            Some(_) => self.takes_side(&pattern),
            None => self
                .first_child(&pattern)
                .is_none_or(|inner| self.takes_all(&inner)),
        };
        let mut yes = |this: &mut Self| this.arm(&arms[0], value, dest);
        let mut no = |this: &mut Self| this.arms(&arms[1..], value, dest);
        if fits {
            self.decide(condition, &mut yes, &mut no);
        } else {
            let span = self.span(&condition);
            let form = self.expr(ExprKind::Unknown, span);
            let form = self.expr(ExprKind::Binary(BinaryOp::Equal, value, form), span);
            let asked = self.expression(condition);
            let both = self.expr(ExprKind::Binary(BinaryOp::And, form, asked), span);
            self.split(both, span, &mut yes, &mut no);
        }
        self.scope.close();
    }

    /// Whether a pattern takes whatever its side yields.
    fn takes_side(&self, pattern: &Node<'_>) -> bool {
        match self.shape_of(pattern) {
            Some(("Ok", Some(inner))) if self.is_result(&inner) => self.takes_side(&inner),
            Some((_, Some(inner))) => {
                self.shape_of(&inner).is_none()
                    && (self.simple_name(&inner).is_some()
                        || matches!(self.text_of(&inner), "_" | "()"))
            }
            _ => true,
        }
    }

    /// Whether an arm takes whatever its side yields.
    fn is_open(&self, arm: &Node<'_>) -> bool {
        self.field(arm, self.f.pattern).is_none_or(|pattern| {
            self.field(&pattern, self.f.condition).is_none() && self.takes_side(&pattern)
        })
    }

    fn arm(&mut self, arm: &Node<'_>, value: ExprId, dest: Dest) {
        self.scope.open();
        if let Some(pattern) = self.field(arm, self.f.pattern) {
            self.keep_names_of(&pattern);
            self.bind(&pattern, value);
            self.note_end(arm, &pattern);
        }
        if let Some(body) = self.field(arm, self.f.value) {
            let mark = self.held.len();
            self.lower_into(body, dest);
            let end = self.end_of(&body);
            self.release_temporaries(mark, end);
        }
        self.scope.close();
    }

    /// Keeps what a pattern asks for: `Err(Failure::Taken(_))` asks for `Taken`.
    pub(super) fn keep_names_of(&mut self, pattern: &Node<'_>) {
        let text = self
            .first_child(pattern)
            .map_or("", |inner| self.text_of(&inner));
        let named: Vec<&str> = variants_in(text).collect();
        if named.is_empty() {
            return;
        }
        let named = named.into_iter().map(|name| self.intern(name)).collect();
        self.builder.program.asked_for.insert(self.block, named);
    }

    /// Notes an arm that is for when what was received from has ended, and a name for all that a
    /// receive yields.
    fn note_end(&mut self, arm: &Node<'_>, pattern: &Node<'_>) {
        let around = std::iter::successors(arm.parent(), Node::parent).take(2);
        let subject = around
            .last()
            .and_then(|matched| self.field(&matched, self.f.value));
        if subject.is_some_and(|subject| self.is_timed_channel(subject)) {
            // `Ok` says no more than that the time was not over.
            let Some(("Ok", Some(inner))) = self.shape_of(pattern) else {
                return;
            };
            match self.shape_of(&inner) {
                Some(("None" | "Err", _)) => {
                    self.builder.program.at_end.insert(self.block);
                }
                Some(_) => {}
                None => self.note_whole(&inner),
            }
            return;
        }
        let text = self.text_of(pattern);
        let mut named = variants_in(text).peekable();
        if named.peek().is_some() && named.all(|name| matches!(name, "Closed" | "Disconnected")) {
            self.builder.program.at_end.insert(self.block);
        }
    }

    /// Notes a name for all that a receive yields, also that there is nothing more.
    pub(super) fn note_whole(&mut self, pattern: &Node<'_>) {
        if self.shape_of(pattern).is_some() {
            return;
        }
        let named = self
            .simple_name(pattern)
            .and_then(|name| self.builder.program.symbols.lookup(self.text_of(&name)))
            .and_then(|name| self.scope.get(name));
        self.builder.program.whole_outcomes.extend(named);
    }

    fn plain_match(&mut self, node: &Node<'_>, subject: Node<'_>, arms: &[Node<'_>], dest: Dest) {
        let value = self.expression(subject);
        let span = self.span(node);
        self.switch(span, value, arms, dest);
    }

    /// Ways by what a value is. An arm with a condition holds those behind it, for when the
    /// condition does not hold.
    fn switch(&mut self, span: Span, value: ExprId, arms: &[Node<'_>], dest: Dest) {
        let step = self.emit(Op::Gap, span);
        self.choices += 1;
        let mut cases = Vec::new();
        let mut has_full = false;
        for (at, arm) in arms.iter().enumerate() {
            let is_for_ended = self.is_for_ended(arm, &mut has_full);
            let pattern = self.field(arm, self.f.pattern);
            if self.condition_of(arm).is_some() && at + 1 < arms.len() {
                let body = self.in_block(Owner::Case(step, at as u32), |this| {
                    this.arms(&arms[at..], value, dest);
                });
                cases.push(Case {
                    values: ExprList::default(),
                    is_default: true,
                    body,
                });
                break;
            }
            let body = self.in_block(Owner::Case(step, at as u32), |this| {
                if is_for_ended {
                    this.builder.program.ended.insert(this.block);
                }
                this.arm(arm, value, dest);
            });
            let values =
                pattern.map_or(ExprList::default(), |pattern| self.pattern_value(&pattern));
            let is_default = pattern.is_none_or(|pattern| self.takes_all(&pattern));
            cases.push(Case {
                values,
                is_default,
                body,
            });
        }
        self.choices -= 1;
        let subject = Some(value);
        self.replace(step, Op::Switch { subject, cases });
    }

    /// Whether an arm of a refused send is only for a channel that has ended: it says so, or an
    /// arm before it takes what found no room. `has_full` says whether one did so far.
    fn is_for_ended(&self, arm: &Node<'_>, has_full: &mut bool) -> bool {
        let pattern = self.field(arm, self.f.pattern);
        let says_full = pattern.is_some_and(|pattern| {
            self.text_of(&pattern).contains("Full(")
                && self.field(&pattern, self.f.condition).is_none()
        });
        let had_full = *has_full;
        *has_full |= says_full;
        pattern.is_some_and(|pattern| self.is_ended_pattern(&pattern)) || !says_full && had_full
    }

    /// Whether a pattern asks for one form of several.
    pub(super) fn names_a_variant(&self, pattern: &Node<'_>) -> bool {
        variants_in(self.text_of(pattern)).next().is_some()
    }

    /// `Err(TrySendError::Closed(_))` and the like.
    pub(super) fn is_ended_pattern(&self, pattern: &Node<'_>) -> bool {
        let text = self.text_of(pattern);
        let is_ended = text.contains("Closed(") || text.contains("Disconnected(");
        is_ended && !text.contains("Full(") && !text.contains("Ok(")
    }

    fn takes_all(&self, pattern: &Node<'_>) -> bool {
        let text = self.text_of(pattern);
        let is_name = text
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        is_name
            && !text.starts_with(|c: char| c.is_ascii_digit())
            && !matches!(text, "true" | "false")
    }

    /// A literal pattern as a value; all of them where any of several will do.
    fn pattern_value(&mut self, pattern: &Node<'_>) -> ExprList {
        let Some(mut inner) = self.first_child(pattern) else {
            return ExprList::default();
        };
        // `400 | 403 | 404` holds one pattern of several within another.
        let mut literals = Vec::new();
        while self.kind(&inner) == Kind::OrPattern {
            let parts = self.children(&inner);
            let [rest @ .., last] = &parts[..] else {
                return ExprList::default();
            };
            literals.push(*last);
            match rest {
                [first] => inner = *first,
                _ => return ExprList::default(),
            }
        }
        literals.push(inner);
        literals.reverse();
        if !literals.iter().all(|literal| self.is_one_value(literal)) {
            return ExprList::default();
        }
        let values: Vec<ExprId> = literals
            .into_iter()
            .map(|literal| self.expression(literal))
            .collect();
        self.builder.list(&values)
    }

    fn is_one_value(&self, pattern: &Node<'_>) -> bool {
        matches!(
            self.kind(pattern),
            Kind::IntegerLiteral
                | Kind::BooleanLiteral
                | Kind::StringLiteral
                | Kind::CharLiteral
                | Kind::ScopedIdentifier
        )
    }
}

/// The variants that a pattern names, without the types that they are of and without those that
/// only say whether there is a value.
fn variants_in(pattern: &str) -> impl Iterator<Item = &str> {
    let is_sign = |letter: char| !letter.is_alphanumeric() && letter != '_' && letter != ':';
    let paths = pattern.split(is_sign);
    let last = paths.filter_map(|path| path.rsplit(':').next());
    last.filter(|word| {
        word.starts_with(char::is_uppercase) && !matches!(*word, "Ok" | "Err" | "Some" | "None")
    })
}
