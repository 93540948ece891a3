// SPDX-License-Identifier: GPL-2.0

//! Checks whether the arguments of a function such as `printk()` match its format.

use crate::{
    call::{
        arguments::{
            Argument,
            ArgumentValue, //
        },
        callable::Callable,
        rules::known_parameters::formats,
        CallRequest, //
    },
    ctype::{
        types::Types,
        value_kind::ValueKind, //
    },
    failure::{
        unsafe_in,
        Failure, //
    },
    text::{
        self,
        Literal,
        Wants, //
    }, //
};
use kernel::prelude::{
    fmt,
    *, //
};

/// What is wrong with a format's arguments.
enum Mismatch {
    /// The format itself.
    Format(&'static str),
    /// The argument this many places after the format.
    Argument(usize, &'static str),
}

impl From<&'static str> for Mismatch {
    fn from(what: &'static str) -> Self {
        Self::Format(what)
    }
}

/// Checks that the arguments of a variadic function match its format. The format is the
/// last parameter with a name, and must be a string literal.
#[inline(never)]
pub(crate) fn check_format(
    callable: &Callable<'_>,
    types: &Types<'_>,
    arguments: &[Argument<'_>],
    request: &CallRequest<'_>,
) -> Result<(), Failure> {
    let signature = &callable.signature;
    let source = request.source;
    let complain =
        |column: usize, what: &str| Err(Failure::at(EINVAL, source, column, fmt!("{what}")));
    let begin = arguments.first().map_or(1, |argument| argument.column);
    if !formats(&callable.callee.name) || !callable.target.is_of_vmlinux() {
        return Err(Failure::at(
            EINVAL,
            source,
            begin,
            fmt!(
                "it is not known to format as printf() does; {} passes its variable arguments unchecked",
                unsafe_in(source)
            ),
        ));
    }
    let named = signature.parameters.len();
    let mut arguments = arguments.iter().skip(named.saturating_sub(1));
    let (Some(ValueKind::String { .. }), Some(format)) = (
        signature.parameters.last().map(|last| last.kind),
        arguments.next(),
    ) else {
        return Err(Failure::at(
            EINVAL,
            source,
            begin,
            fmt!(
                "its variable arguments cannot be checked; {} passes them all the same",
                unsafe_in(source)
            ),
        ));
    };
    let ArgumentValue::Literal(Literal::String(string)) = format.value else {
        return complain(format.column, "a format must be given as a string");
    };
    let mut rest = arguments.clone();
    let mut index = 0;
    let checked = text::conversions(string.bytes(), |wants| {
        index += 1;
        let next = rest.next();
        if let Some(ArgumentValue::Pointer(ty, _, room)) = next.map(|argument| argument.value) {
            let text = types.pointee(ty).is_some_and(|to| types.is_char(to));
            match wants {
                Wants::Address(size) if ty.is_passed_on() => match room {
                    Some(room) if room >= size => return Ok(()),
                    None if text => return Ok(()),
                    _ => {}
                },
                Wants::Pointer => return Ok(()),
                Wants::String if text && ty.is_passed_on() => return Ok(()),
                _ => {}
            }
        }
        let value = next.map(|argument| match argument.value {
            ArgumentValue::Literal(value) => Some(value),
            _ => None,
        });
        match (wants, value) {
            (_, None) => Err(Mismatch::Argument(index, "the format takes more arguments")),
            (
                Wants::Integer,
                Some(Some(Literal::Integer { .. } | Literal::Char(_) | Literal::Bool(_))),
            )
            | (Wants::String, Some(Some(Literal::String(_))))
            | (
                Wants::Pointer,
                Some(Some(Literal::Null | Literal::String(_) | Literal::Address(_))),
            ) => Ok(()),
            (Wants::Width, Some(Some(Literal::Integer { magnitude, .. })))
                if magnitude <= text::MAX_WIDTH =>
            {
                Ok(())
            }
            (
                Wants::Precision,
                Some(Some(Literal::Integer {
                    negative: false,
                    magnitude,
                    ..
                })),
            ) if magnitude <= text::MAX_PRECISION => Ok(()),
            (Wants::Width | Wants::Precision, Some(Some(Literal::Integer { .. }))) => Err(
                Mismatch::Argument(index, "this is too much for a width or a precision"),
            ),
            (Wants::Integer | Wants::Width | Wants::Precision, _) => Err(Mismatch::Argument(
                index,
                "the format wants an integer here",
            )),
            (Wants::String, _) => Err(Mismatch::Argument(index, "the format wants a string here")),
            (Wants::Pointer, _) => {
                Err(Mismatch::Argument(index, "the format wants a pointer here"))
            }
            (Wants::Address(_), _) => Err(Mismatch::Argument(
                index,
                "the format wants a pointer to an address here: 4 bytes for %pI4, 6 for %pM, 16 for %pI6",
            )),
        }
    });
    match checked {
        Ok(()) => match rest.next() {
            None => Ok(()),
            Some(argument) => complain(argument.column, "the format takes no more arguments"),
        },
        Err(Mismatch::Format(what)) => complain(format.column, what),
        Err(Mismatch::Argument(index, what)) => {
            let column = arguments
                .nth(index - 1)
                .map_or(request.end, |argument| argument.column);
            complain(column, what)
        }
    }
}
