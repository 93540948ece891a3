// SPDX-License-Identifier: GPL-2.0

//! C's arithmetic on the kernel's machines, where `int` has 32 bits and `long` has 64.
//!
//! What C leaves undefined is defined here: signed numbers wrap as the kernel's own do (it is built
//! with `-fno-strict-overflow`), and a division by zero or a shift that is too long is an error.

use super::{
    expression::{
        Binary,
        Unary, //
    },
    literal::IntegerType, //
};

/// A type that C computes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NumberType {
    /// Whether it has 64 bits instead of 32.
    pub long: bool,
    /// Whether it has no sign.
    pub unsigned: bool,
}

/// A number of such a type.
///
/// # Invariants
///
/// `bits` is the number in 64 bits, with its sign if its type has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Number {
    bits: u64,
    ty: NumberType,
}

impl NumberType {
    /// `int`
    pub const INT: Self = Self {
        long: false,
        unsigned: false,
    };

    /// `long`
    pub const LONG: Self = Self {
        long: true,
        unsigned: false,
    };

    /// `unsigned long`
    pub const UNSIGNED_LONG: Self = Self {
        long: true,
        unsigned: true,
    };

    /// The type to which C promotes values of an integer type.
    pub const fn promoted(size: usize, signed: bool) -> Self {
        Self {
            long: size > 4,
            unsigned: size >= 4 && !signed,
        }
    }

    /// The common type of two numbers, by C's usual conversions.
    const fn common(self, other: Self) -> Self {
        let (unsigned, long) = (self.unsigned, self.long);
        Self {
            long: long || other.long,
            // If one type is longer, it decides.
            unsigned: match (long, other.long) {
                (true, false) => unsigned,
                (false, true) => other.unsigned,
                _ => unsigned || other.unsigned,
            },
        }
    }

    /// How many bits numbers of it have.
    const fn width(self) -> u64 {
        if self.long {
            64
        } else {
            32
        }
    }
}

impl Number {
    /// The number of this type with these bits, cut to the type's size.
    pub const fn new(bits: u64, ty: NumberType) -> Self {
        // INVARIANT: Conversions from an integer type to a longer one keep the sign, if there is
        // one.
        let bits = match ty {
            NumberType { long: true, .. } => bits,
            NumberType { unsigned: true, .. } => bits as u32 as u64,
            _ => bits as i32 as u64,
        };
        Self { bits, ty }
    }

    /// An `int`.
    pub const fn int(value: i32) -> Self {
        Self::new(value as u64, NumberType::INT)
    }

    /// A number from the text; `None` if no type has it.
    pub const fn of_literal(negative: bool, magnitude: u64, ty: IntegerType) -> Option<Self> {
        let ty = match ty {
            IntegerType::Int => NumberType::INT,
            IntegerType::Unsigned => NumberType {
                long: false,
                unsigned: true,
            },
            IntegerType::Long => NumberType::LONG,
            IntegerType::UnsignedLong => NumberType::UNSIGNED_LONG,
            IntegerType::Huge if negative && magnitude <= 1 << 63 => NumberType::LONG,
            IntegerType::Huge if negative => return None,
            IntegerType::Huge => NumberType::UNSIGNED_LONG,
        };
        let bits = if negative {
            magnitude.wrapping_neg()
        } else {
            magnitude
        };
        Some(Self::new(bits, ty))
    }

    /// Its type.
    pub const fn ty(self) -> NumberType {
        self.ty
    }

    /// The number in 64 bits, with its sign.
    pub const fn bits(self) -> u64 {
        self.bits
    }

    /// Whether it is less than zero.
    pub const fn is_negative(self) -> bool {
        !self.ty.unsigned && (self.bits as i64) < 0
    }

    /// The number without its sign.
    pub const fn magnitude(self) -> u64 {
        if self.is_negative() {
            self.bits.wrapping_neg()
        } else {
            self.bits
        }
    }

    /// The number in the common type of it and another one, by C's usual conversions.
    pub const fn with(self, other: Self) -> Self {
        Self::new(self.bits, self.ty.common(other.ty))
    }

    /// Applies an operator to one number. `*` and `&` are for pointers, and return the number.
    pub const fn unary(self, operator: Unary) -> Self {
        match operator {
            Unary::Minus => Self::new(self.bits.wrapping_neg(), self.ty),
            Unary::Complement => Self::new(!self.bits, self.ty),
            Unary::Not => Self::int((self.bits == 0) as i32),
            Unary::Plus | Unary::Dereference | Unary::Address => self,
        }
    }

    /// Applies an operator to two numbers. The error says what is wrong with them.
    pub fn binary(self, operator: Binary, other: Self) -> Result<Self, &'static str> {
        let (a, b) = (self.with(other), other.with(self));
        let ty = a.ty;
        let signed = (a.bits as i64, b.bits as i64);
        let is_less = |a: Self, b: Self| {
            if ty.unsigned {
                a.bits < b.bits
            } else {
                (a.bits as i64) < b.bits as i64
            }
        };
        let truth = |value: bool| Ok(Self::int(value.into()));
        let bits = match operator {
            Binary::Multiply => a.bits.wrapping_mul(b.bits),
            Binary::Divide | Binary::Remainder if b.bits == 0 => return Err("a division by zero"),
            Binary::Divide if ty.unsigned => a.bits.wrapping_div(b.bits),
            Binary::Divide => signed.0.wrapping_div(signed.1) as u64,
            Binary::Remainder if ty.unsigned => a.bits.wrapping_rem(b.bits),
            Binary::Remainder => signed.0.wrapping_rem(signed.1) as u64,
            Binary::Add => a.bits.wrapping_add(b.bits),
            Binary::Subtract => a.bits.wrapping_sub(b.bits),
            Binary::Left | Binary::Right => return self.shift(operator, other),
            Binary::Less => return truth(is_less(a, b)),
            Binary::Greater => return truth(is_less(b, a)),
            Binary::LessEqual => return truth(!is_less(b, a)),
            Binary::GreaterEqual => return truth(!is_less(a, b)),
            Binary::Equal => return truth(a.bits == b.bits),
            Binary::NotEqual => return truth(a.bits != b.bits),
            Binary::BitAnd => a.bits & b.bits,
            Binary::BitXor => a.bits ^ b.bits,
            Binary::BitOr => a.bits | b.bits,
            Binary::And => return truth(self.bits != 0 && other.bits != 0),
            Binary::Or => return truth(self.bits != 0 || other.bits != 0),
            Binary::Slice => return Err("`@n` follows what is in memory"),
        };
        Ok(Self::new(bits, ty))
    }

    /// Shifts a number. The result has the type of the left side.
    fn shift(self, operator: Binary, by: Self) -> Result<Self, &'static str> {
        if by.bits >= self.ty.width() {
            return Err(if self.ty.long {
                "a long is shifted by 0 to 63 bits"
            } else {
                "an int is shifted by 0 to 31 bits; 1L is a long"
            });
        }
        let by = by.bits as u32;
        let bits = match operator {
            Binary::Left => self.bits.wrapping_shl(by),
            _ if self.ty.unsigned => self.bits.wrapping_shr(by),
            _ => (self.bits as i64).wrapping_shr(by) as u64,
        };
        Ok(Self::new(bits, self.ty))
    }
}
