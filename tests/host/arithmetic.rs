// SPDX-License-Identifier: GPL-2.0

//! C's arithmetic, compared with tables that a C compiler confirms, and with Rust's own.

use crate::{
    random::Random,
    text::{
        Binary,
        Number,
        NumberType,
        Unary, //
    }, //
};

const UNSIGNED: NumberType = NumberType {
    long: false,
    unsigned: true,
};

const TYPES: [NumberType; 4] = [
    NumberType::INT,
    UNSIGNED,
    NumberType::LONG,
    NumberType::UNSIGNED_LONG,
];

fn int(value: i32) -> Number {
    Number::int(value)
}

fn unsigned(value: u32) -> Number {
    Number::new(value.into(), UNSIGNED)
}

fn long(value: i64) -> Number {
    Number::new(value as u64, NumberType::LONG)
}

fn unsigned_long(value: u64) -> Number {
    Number::new(value, NumberType::UNSIGNED_LONG)
}

#[test]
fn as_a_compiler_has_it() {
    use Binary::*;
    for (a, operator, b, result) in [
        (int(7), Divide, int(-2), int(-3)),
        (int(-7), Remainder, int(2), int(-1)),
        (int(i32::MAX), Add, int(1), int(i32::MIN)),
        (int(i32::MIN), Divide, int(-1), int(i32::MIN)),
        (int(i32::MIN), Remainder, int(-1), int(0)),
        (int(-1), Less, unsigned(1), int(0)),
        (int(-1), Less, int(1), int(1)),
        (long(-1), Less, unsigned(1), int(1)),
        (long(-1), Less, unsigned_long(1), int(0)),
        (int(-1), Add, unsigned(0), unsigned(u32::MAX)),
        (int(-1), Add, unsigned_long(0), unsigned_long(u64::MAX)),
        (unsigned(u32::MAX), Add, long(1), long(1 << 32)),
        (unsigned(u32::MAX), Add, int(1), unsigned(0)),
        (int(1), Left, long(31), int(i32::MIN)),
        (long(1), Left, int(40), long(1 << 40)),
        (int(-8), Right, int(1), int(-4)),
        (unsigned(1 << 31), Right, int(31), unsigned(1)),
        (int(6), BitAnd, int(3), int(2)),
        (int(6), BitXor, int(3), int(5)),
        (int(6), BitOr, int(-8), int(-2)),
        (int(0), And, int(1), int(0)),
        (int(0), Or, long(1 << 40), int(1)),
        (int(2), Equal, long(2), int(1)),
        (int(-1), NotEqual, unsigned(u32::MAX), int(0)),
    ] {
        assert_eq!(
            a.binary(operator, b),
            Ok(result),
            "{a:?} {operator:?} {b:?}"
        );
    }
    assert_eq!(unsigned(1).unary(Unary::Minus), unsigned(u32::MAX));
    assert_eq!(int(0).unary(Unary::Complement), int(-1));
    assert_eq!(
        unsigned_long(0).unary(Unary::Complement),
        unsigned_long(u64::MAX)
    );
    assert_eq!(long(1 << 40).unary(Unary::Not), int(0));
    assert_eq!(int(i32::MIN).unary(Unary::Minus), int(i32::MIN));
    assert_eq!(NumberType::promoted(1, false), NumberType::INT);
    assert_eq!(NumberType::promoted(2, false), NumberType::INT);
    assert_eq!(NumberType::promoted(4, false), UNSIGNED);
    assert_eq!(NumberType::promoted(4, true), NumberType::INT);
    assert_eq!(NumberType::promoted(8, true), NumberType::LONG);
    assert_eq!(NumberType::promoted(8, false), NumberType::UNSIGNED_LONG);
}

#[test]
fn what_is_no_number() {
    for operator in [Binary::Divide, Binary::Remainder] {
        for ty in TYPES {
            assert!(int(1).binary(operator, Number::new(0, ty)).is_err());
        }
    }
    for operator in [Binary::Left, Binary::Right] {
        for by in [
            int(-1),
            long(-1),
            int(32),
            unsigned(33),
            unsigned_long(1 << 32),
        ] {
            assert!(int(1).binary(operator, by).is_err(), "{by:?}");
        }
        assert!(long(1).binary(operator, int(63)).is_ok());
        assert!(long(1).binary(operator, int(64)).is_err());
    }
}

#[test]
fn magnitudes() {
    assert_eq!((int(-5).is_negative(), int(-5).magnitude()), (true, 5));
    assert_eq!(long(i64::MIN).magnitude(), 1 << 63);
    assert!(!unsigned(u32::MAX).is_negative());
    assert_eq!(unsigned_long(u64::MAX).magnitude(), u64::MAX);
}

/// Rust's own operators on the common type.
macro_rules! reference {
    ($a:expr, $operator:expr, $b:expr, $integer:ty) => {{
        let (a, b) = ($a as $integer, $b as $integer);
        match $operator {
            Binary::Add => a.wrapping_add(b) as u64,
            Binary::Subtract => a.wrapping_sub(b) as u64,
            Binary::Multiply => a.wrapping_mul(b) as u64,
            Binary::Divide => a.wrapping_div(b) as u64,
            Binary::Remainder => a.wrapping_rem(b) as u64,
            Binary::BitAnd => (a & b) as u64,
            Binary::BitOr => (a | b) as u64,
            Binary::BitXor => (a ^ b) as u64,
            Binary::Less => u64::from(a < b),
            Binary::LessEqual => u64::from(a <= b),
            Binary::Greater => u64::from(a > b),
            Binary::GreaterEqual => u64::from(a >= b),
            Binary::Equal => u64::from(a == b),
            _ => u64::from(a != b),
        }
    }};
}

#[test]
fn as_rust_has_it() {
    use Binary::*;
    const OPERATORS: [Binary; 14] = [
        Add,
        Subtract,
        Multiply,
        Divide,
        Remainder,
        BitAnd,
        BitOr,
        BitXor,
        Less,
        LessEqual,
        Greater,
        GreaterEqual,
        Equal,
        NotEqual,
    ];
    let mut random = Random::new(11);
    for _ in 0..200_000 {
        let mut pick = || {
            let bits = match random.below(3) {
                0 => random.next(),
                1 => random.next() >> random.below(64),
                _ => (random.below(5) as u64).wrapping_sub(2),
            };
            Number::new(bits, TYPES[random.below(4)])
        };
        let (a, b) = (pick(), pick());
        let operator = OPERATORS[random.below(OPERATORS.len())];
        if b.bits() == 0 && matches!(operator, Divide | Remainder) {
            continue;
        }
        let long = a.ty().long || b.ty().long;
        let unsigned = if a.ty().long == b.ty().long {
            a.ty().unsigned || b.ty().unsigned
        } else if a.ty().long {
            a.ty().unsigned
        } else {
            b.ty().unsigned
        };
        let (x, y) = (a.bits(), b.bits());
        let expected = match (long, unsigned) {
            (false, false) => reference!(x, operator, y, i32) as i32 as u64,
            (false, true) => reference!(x, operator, y, u32) as u32 as u64,
            (true, false) => reference!(x, operator, y, i64),
            (true, true) => reference!(x, operator, y, u64),
        };
        let result = a.binary(operator, b).unwrap();
        assert_eq!(result.bits(), expected, "{a:?} {operator:?} {b:?}");
    }
}
