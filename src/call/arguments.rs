// SPDX-License-Identifier: GPL-2.0

//! Arguments, before they are converted for their parameters.

use crate::{
    ctype::ty::Ty,
    failure::{
        unsafe_in,
        Failure, //
    },
    text::Literal, //
};
use kernel::{
    fmt,
    prelude::{
        fmt,
        *, //
    },
    str::CString, //
};

/// The value of an argument. Some values get their type from the parameter or member that they are
/// for.
#[derive(Clone, Copy)]
pub(crate) enum ArgumentValue<'a> {
    /// A literal as it was written, or an integer.
    Literal(Literal<'a>),
    /// A pointer: its type, its address, and how many bytes it points to, if that is known.
    Pointer(Ty, usize, Option<usize>),
    /// A structure or union of this type, and its bytes in two words.
    Structure(Ty, [usize; 2]),
    /// `out`
    Out,
    /// `out[n]`
    Buffer(u64),
    /// `{ … }`: the index of its first [`Field`], if it has one.
    Braces(Option<usize>),
}

/// An argument.
#[derive(Clone, Copy)]
pub(crate) struct Argument<'a> {
    /// Where it begins in the text, counted from 1.
    pub(crate) column: usize,
    pub(crate) value: ArgumentValue<'a>,
}

/// A member in braces, and its value.
#[derive(Clone, Copy)]
pub(crate) struct Field<'a> {
    pub(crate) name: &'a str,
    pub(crate) value: Argument<'a>,
    /// The index of the next one in the same braces.
    pub(crate) next: Option<usize>,
}

/// Where an argument stands, and how to report an error in it.
pub(crate) struct Complaint<'a> {
    pub(crate) source: &'static str,
    pub(crate) column: usize,
    pub(crate) declaration: &'a CStr,
}

impl Complaint<'_> {
    /// The word by which the user asks for what cannot be checked.
    pub(crate) fn unsafe_word(&self) -> &'static str {
        unsafe_in(self.source)
    }

    pub(crate) fn say(&self, errno: Error, what: fmt::Arguments<'_>) -> Failure {
        let Self {
            source,
            column,
            declaration,
        } = self;
        Failure::at(errno, source, *column, fmt!("`{declaration}`: {what}"))
    }
}

/// A temporary that is shown after the call.
pub(crate) struct Temporary {
    /// The name of its parameter.
    pub(crate) name: CString,
    pub(crate) address: usize,
    pub(crate) what: Content,
}

/// What is in a temporary.
pub(crate) enum Content {
    /// A value of the type with this id in the function's BTF.
    Value(u32),
    /// This many values of such a type.
    Array(u32, usize),
    /// This many bytes.
    Bytes(usize),
    /// A string in a buffer of this many bytes.
    Text(usize),
    /// A string that was an argument. It is shown if the function has changed it.
    StringArgument(KVec<u8>),
}
