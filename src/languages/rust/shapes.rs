//! Small forms that many places ask for: literals, operators, constructors of results.

use super::{Kind, Lowering};
use crate::languages::syntax::Node;
use crate::model::ExprKind;

/// A whole number in any base, with `_` between digits and a type behind it. Too large for 64
/// bits: a float.
pub(super) fn int_literal(text: &str) -> ExprKind {
    let plain: String = text.chars().filter(|&c| c != '_').collect();
    let (radix, digits) = match plain.as_bytes() {
        [b'0', b'x', ..] => (16, &plain[2..]),
        [b'0', b'b', ..] => (2, &plain[2..]),
        [b'0', b'o', ..] => (8, &plain[2..]),
        _ => (10, plain.as_str()),
    };
    let end = digits.find(['u', 'i']).unwrap_or(digits.len());
    let digits = match (radix, digits.find(['u', 'i', 'f'])) {
        (10, Some(end)) => &digits[..end],
        _ => &digits[..end],
    };
    match i64::from_str_radix(digits, radix) {
        Ok(value) => ExprKind::Int(value),
        Err(_) => digits.parse().map_or(ExprKind::Unknown, ExprKind::Float),
    }
}

/// A floating number.
pub(super) fn float_literal(text: &str) -> ExprKind {
    let plain: String = text.chars().filter(|&c| c != '_').collect();
    let plain = plain.trim_end_matches("f64").trim_end_matches("f32");
    plain.parse().map_or(ExprKind::Unknown, ExprKind::Float)
}

impl Lowering<'_> {
    /// `Ok(x)`, `Err(x)`, `Some(x)`, `None`: the word and what stands in it. Of expressions and
    /// of patterns.
    pub(super) fn shape_of<'t>(&self, node: &Node<'t>) -> Option<(&'static str, Option<Node<'t>>)> {
        let (head, inner) = match self.kind(node) {
            Kind::CallExpression => {
                let mut head = self.field(node, self.f.function)?;
                // `Ok::<_, Error>(x)`
                if self.kind(&head) == Kind::GenericFunction {
                    head = self.field(&head, self.f.function)?;
                }
                let arguments = self.field(node, self.f.arguments)?;
                (head, self.first_child(&arguments))
            }
            Kind::TupleStructPattern => {
                let head = self.field(node, self.f.r#type)?;
                let parts = self.children(node);
                (head, parts.get(1).copied())
            }
            Kind::MatchPattern => return self.shape_of(&self.first_child(node)?),
            Kind::CapturedPattern => {
                let inner = self.children(node).pop()?;
                return self.shape_of(&inner);
            }
            Kind::ReferencePattern | Kind::RefPattern => {
                let inner = self.children(node).pop()?;
                return self.shape_of(&inner);
            }
            Kind::OrPattern => {
                let mut words = self
                    .children(node)
                    .into_iter()
                    .map(|part| self.shape_of(&part));
                let (word, _) = words.next()??;
                let is_one = words.all(|shape| shape.is_some_and(|(other, _)| other == word));
                return is_one.then_some((word, None));
            }
            Kind::Identifier => (*node, None),
            _ => return None,
        };
        let text = self.text_of(&head);
        let last = text.rsplit("::").next().unwrap_or(text);
        let word = match last {
            "Ok" => "Ok",
            "Err" => "Err",
            "Some" => "Some",
            "None" => "None",
            _ => return None,
        };
        Some((word, inner))
    }

    /// What a pattern asks for. A result within a result, as a time limit or a task around a call
    /// yields it, is one that went well or did not: `Ok(Err(e))` asks for an error.
    pub(super) fn word_of(&self, pattern: &Node<'_>) -> Option<&'static str> {
        match self.shape_of(pattern)? {
            ("Ok", Some(inner)) if self.is_result(&inner) => self.word_of(&inner),
            (word, _) => Some(word),
        }
    }

    /// Whether a pattern is of a result: `Ok(x)` or `Err(x)`.
    pub(super) fn is_result(&self, pattern: &Node<'_>) -> bool {
        matches!(self.shape_of(pattern), Some(("Ok" | "Err", _)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_with_and_without_types() {
        assert_eq!(int_literal("100_000"), ExprKind::Int(100_000));
        assert_eq!(int_literal("10usize"), ExprKind::Int(10));
        assert_eq!(int_literal("0xFFu8"), ExprKind::Int(255));
        assert_eq!(int_literal("1f64"), ExprKind::Int(1));
        assert_eq!(float_literal("1.5f32"), ExprKind::Float(1.5));
        assert_eq!(float_literal("1e3"), ExprKind::Float(1000.0));
    }
}
