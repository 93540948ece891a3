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
        }
    }

    pub(super) const fn strength(self) -> u8 {
        match self {
            Self::Multiply | Self::Divide | Self::Remainder => 12,
            Self::Add | Self::Subtract => 11,
            Self::Left | Self::Right => 10,
            Self::Less | Self::Greater | Self::LessEqual | Self::GreaterEqual => 9,
            Self::Equal | Self::NotEqual => 8,
            Self::BitAnd => 7,
            Self::BitXor => 6,
            Self::BitOr => 5,
            Self::And => 4,
            Self::Or => 3,
        }
    }

    /// Takes the operator at `cursor`, if there is one.
    pub(super) fn take(cursor: &mut Cursor<'_>) -> Option<Self> {
        let mut next = *cursor;
        let operator = match next.bump()? {
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

/// How strongly the operators bind that are not between two values; every [`Binary`] is in between.
pub(super) const POSTFIX: u8 = 14;
pub(super) const PREFIX: u8 = 13;
pub(super) const CONDITIONAL: u8 = 1;
