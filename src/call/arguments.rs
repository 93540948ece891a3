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

/// The value of an argument. Some values have no type before it is known which parameter or member
/// they are for.
#[derive(Clone, Copy)]
pub(crate) enum ArgumentValue<'a> {
    /// A literal as written, or an integer.
    Literal(Literal<'a>),
    /// A pointer, its type, and how many bytes are there, if that is known.
    Pointer(Ty, usize, Option<usize>),
    /// A structure or union of this type, and its bytes in two words.
    Structure(Ty, [usize; 2]),
    /// `out`
    Out,
    /// `out[n]`
    Buffer(u64),
    /// `{ … }`: the first of the [`Field`]s, if there is one.
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
    /// The next one in the same braces.
    pub(crate) next: Option<usize>,
}

/// Where an argument stands, and how to report an error in it.
pub(crate) struct Complaint<'a> {
    pub(crate) source: &'static str,
    pub(crate) column: usize,
    pub(crate) declaration: &'a CStr,
}

impl Complaint<'_> {
    /// How the text says that what cannot be checked is meant.
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
    /// A value of the type of this id, in the BTF of the function.
    Value(u32),
    /// This many values of it.
    Array(u32, usize),
    /// This many bytes.
    Bytes(usize),
    /// A string in a buffer of this many bytes.
    Text(usize),
    /// A string that was an argument: it is shown if the function has changed it.
    StringArgument(KVec<u8>),
}
