// SPDX-License-Identifier: GPL-2.0

//! The words of C from which types are made.

use super::type_name::{
    Base,
    Rank, //
};

/// What is wrong with a keyword where a name is expected.
pub(super) const RESERVED: &str = "a word of C's own cannot be used here";

/// The role of a word in C.
pub(super) enum Class {
    Const,
    Volatile,
    /// It does not matter for calling a function.
    Ignored,
    /// A part of the name of an arithmetic type.
    Arithmetic(u16),
    Struct,
    Union,
    Enum,
    /// Any other word that cannot be a name.
    Reserved(&'static str),
    Name,
}

const VOID: u16 = 1 << 0;
const BOOL: u16 = 1 << 1;
const CHAR: u16 = 1 << 2;
const SHORT: u16 = 1 << 3;
const INT: u16 = 1 << 4;
pub(super) const LONG: u16 = 1 << 5;
pub(super) const LONG_LONG: u16 = 1 << 6;
const SIGNED: u16 = 1 << 7;
const UNSIGNED: u16 = 1 << 8;
const FLOAT: u16 = 1 << 9;
const DOUBLE: u16 = 1 << 10;

/// The words that may be together: any part of one of these sets is a type. `LONG_LONG` only comes
/// after `LONG`.
pub(super) const TOGETHER: [u16; 10] = [
    VOID,
    BOOL,
    FLOAT,
    DOUBLE | LONG,
    CHAR | SIGNED,
    CHAR | UNSIGNED,
    SHORT | INT | SIGNED,
    SHORT | INT | UNSIGNED,
    LONG | LONG_LONG | INT | SIGNED,
    LONG | LONG_LONG | INT | UNSIGNED,
];

pub(super) fn classify(word: &str) -> Class {
    match word {
        "const" | "__const" | "__const__" => Class::Const,
        "volatile" | "__volatile" | "__volatile__" => Class::Volatile,
        "restrict" | "__restrict" | "__restrict__" => Class::Ignored,
        "static" | "extern" | "register" | "inline" | "__inline" | "__inline__" => Class::Ignored,
        "asmlinkage" | "noinline" | "notrace" | "__always_inline" | "__visible" => Class::Ignored,
        "__must_check" | "__weak" | "__init" | "__exit" | "__sched" | "__cold" => Class::Ignored,
        "__user" | "__rcu" | "__iomem" | "__percpu" | "__kernel" | "__force" => Class::Ignored,
        "__bpf_kfunc" | "__maybe_unused" | "__noreturn" | "_Noreturn" => Class::Ignored,
        "void" => Class::Arithmetic(VOID),
        "bool" | "_Bool" => Class::Arithmetic(BOOL),
        "char" => Class::Arithmetic(CHAR),
        "short" => Class::Arithmetic(SHORT),
        "int" => Class::Arithmetic(INT),
        "long" => Class::Arithmetic(LONG),
        "signed" | "__signed" | "__signed__" => Class::Arithmetic(SIGNED),
        "unsigned" => Class::Arithmetic(UNSIGNED),
        "float" => Class::Arithmetic(FLOAT),
        "double" => Class::Arithmetic(DOUBLE),
        "struct" => Class::Struct,
        "union" => Class::Union,
        "enum" => Class::Enum,
        "__attribute__" | "__attribute" => {
            Class::Reserved("attributes are not supported; leave them out")
        }
        "__int128" | "__int128_t" | "__uint128_t" => {
            Class::Reserved("128-bit integers are not supported")
        }
        "typeof" | "__typeof" | "__typeof__" | "typeof_unqual" => {
            Class::Reserved("typeof is not supported; write the type itself")
        }
        "asm" | "auto" | "break" | "case" | "continue" | "default" | "do" | "else" | "for"
        | "goto" | "if" | "return" | "sizeof" | "switch" | "typedef" | "while" | "_Alignas"
        | "_Alignof" | "_Atomic" | "_Complex" | "_Generic" | "_Imaginary" | "_Static_assert"
        | "_Thread_local" => Class::Reserved(RESERVED),
        _ => Class::Name,
    }
}

/// The type that arithmetic words make. There is at least one word, and all of them may be
/// together.
pub(super) fn arithmetic<'a>(words: u16) -> Base<'a> {
    let has = |word| words & word != 0;
    let signed = !has(UNSIGNED);
    if has(VOID) {
        Base::Void
    } else if has(BOOL) {
        Base::Bool
    } else if has(FLOAT) {
        Base::Float("float")
    } else if has(DOUBLE) {
        Base::Float(if has(LONG) { "long double" } else { "double" })
    } else if has(CHAR) {
        Base::Char {
            signed: has(SIGNED | UNSIGNED).then_some(signed),
        }
    } else {
        let rank = if has(SHORT) {
            Rank::Short
        } else if has(LONG_LONG) {
            Rank::LongLong
        } else if has(LONG) {
            Rank::Long
        } else {
            Rank::Int
        };
        Base::Integer { signed, rank }
    }
}

/// Whether only a type can begin with the word.
pub(in crate::text) fn begins_type(word: &str) -> bool {
    !matches!(classify(word), Class::Reserved(_) | Class::Name)
}

/// Whether the word can be the name of something.
pub(in crate::text) fn is_name(word: &str) -> bool {
    matches!(classify(word), Class::Name)
}
