// SPDX-License-Identifier: GPL-2.0

//! The operators, their signs, and how strongly they bind.

use crate::text::cursor::Cursor;

/// The operators before a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unary {
    /// `*`
    Dereference,
    /// `&`
    Address,
    /// `-`
    Minus,
    /// `+`
    Plus,
    /// `~`
    Complement,
    /// `!`
    Not,
}

impl Unary {
    pub(super) const fn sign(self) -> &'static str {
        match self {
            Self::Dereference => "*",
            Self::Address => "&",
            Self::Minus => "-",
            Self::Plus => "+",
            Self::Complement => "~",
            Self::Not => "!",
        }
    }
}

/// The operators between two values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binary {
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `%`
    Remainder,
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `<<`
    Left,
    /// `>>`
    Right,
    /// `<`
    Less,
    /// `>`
    Greater,
    /// `<=`
    LessEqual,
    /// `>=`
    GreaterEqual,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `&`
    BitAnd,
    /// `^`
    BitXor,
    /// `|`
    BitOr,
    /// `&&`
    And,
    /// `||`
    Or,
    /// `@`: this many objects in a row.
    Slice,
}

impl Binary {
    pub(super) const fn sign(self) -> &'static str {
        match self {
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Remainder => "%",
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Left => "<<",
            Self::Right => ">>",
            Self::Less => "<",
            Self::Greater => ">",
            Self::LessEqual => "<=",
            Self::GreaterEqual => ">=",
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::BitAnd => "&",
            Self::BitXor => "^",
            Self::BitOr => "|",
            Self::And => "&&",
            Self::Or => "||",
            Self::Slice => "@",
        }
    }

    pub(super) const fn strength(self) -> u8 {
        match self {
            Self::Slice => 14,
            Self::Multiply | Self::Divide | Self::Remainder => 13,
            Self::Add | Self::Subtract => 12,
            Self::Left | Self::Right => 11,
            Self::Less | Self::Greater | Self::LessEqual | Self::GreaterEqual => 10,
            Self::Equal | Self::NotEqual => 9,
            Self::BitAnd => 8,
            Self::BitXor => 7,
            Self::BitOr => 6,
            Self::And => 5,
            Self::Or => 4,
        }
    }

    /// Whether it can stand before `=`.
    pub(super) const fn assigns(self) -> bool {
        use Binary::*;
        matches!(
            self,
            Multiply | Divide | Remainder | Add | Subtract | Left | Right | BitAnd | BitXor | BitOr
        )
    }

    /// Takes the operator at `cursor`, if there is one.
    pub(super) fn take(cursor: &mut Cursor<'_>) -> Option<Self> {
        let mut next = *cursor;
        let operator = match next.bump()? {
            b'@' => Self::Slice,
            b'*' => Self::Multiply,
            b'/' => Self::Divide,
            b'%' => Self::Remainder,
            b'+' => Self::Add,
            b'-' => Self::Subtract,
            b'<' if next.eat(b'<') => Self::Left,
            b'<' if next.eat(b'=') => Self::LessEqual,
            b'<' => Self::Less,
            b'>' if next.eat(b'>') => Self::Right,
            b'>' if next.eat(b'=') => Self::GreaterEqual,
            b'>' => Self::Greater,
            b'=' if next.eat(b'=') => Self::Equal,
            b'!' if next.eat(b'=') => Self::NotEqual,
            b'&' if next.eat(b'&') => Self::And,
            b'&' => Self::BitAnd,
            b'^' => Self::BitXor,
            b'|' if next.eat(b'|') => Self::Or,
            b'|' => Self::BitOr,
            _ => return None,
        };
        *cursor = next;
        Some(operator)
    }
}

/// How strongly the other operators bind; each [`Binary`] is between [`CONDITIONAL`] and
/// [`PREFIX`].
pub(super) const POSTFIX: u8 = 16;
pub(super) const PREFIX: u8 = 15;
pub(super) const CONDITIONAL: u8 = 2;
pub(super) const ASSIGNMENT: u8 = 1;
