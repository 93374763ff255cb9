//! Go's literals and operators as values.

use crate::model::ExprKind;

/// A whole number in any of Go's bases, with `_` between digits. Too large for 64 bits: a float.
pub(super) fn int_literal(text: &str) -> ExprKind {
    let digits: String = text.chars().filter(|&c| c != '_').collect();
    let lower = digits.to_ascii_lowercase();
    let (radix, digits) = match lower.as_bytes() {
        [b'0', b'x', ..] => (16, &lower[2..]),
        [b'0', b'b', ..] => (2, &lower[2..]),
        [b'0', b'o', ..] => (8, &lower[2..]),
        [b'0', _, ..] => (8, &lower[1..]),
        _ => (10, lower.as_str()),
    };
    match i64::from_str_radix(digits, radix) {
        Ok(value) => ExprKind::Int(value),
        Err(_) => digits.parse().map_or(ExprKind::Unknown, ExprKind::Float),
    }
}

/// A floating number; hexadecimal ones are not read.
pub(super) fn float_literal(text: &str) -> ExprKind {
    let digits: String = text.chars().filter(|&c| c != '_').collect();
    digits.parse().map_or(ExprKind::Unknown, ExprKind::Float)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_every_base() {
        assert_eq!(int_literal("100_000_000"), ExprKind::Int(100_000_000));
        assert_eq!(int_literal("0x1F"), ExprKind::Int(31));
        assert_eq!(int_literal("0b101"), ExprKind::Int(5));
        assert_eq!(int_literal("017"), ExprKind::Int(15));
        assert_eq!(int_literal("0"), ExprKind::Int(0));
        assert_eq!(float_literal("1e3"), ExprKind::Float(1000.0));
    }
}
