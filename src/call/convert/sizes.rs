// SPDX-License-Identifier: GPL-2.0

//! Sizes: checks that a function is not told that a buffer is larger than it is.

use super::Converter;
use crate::{
    call::{
        arguments::{
            ArgumentValue,
            Complaint, //
        },
        rules::known_parameters,
        signature::Formal, //
    },
    ctype::{
        types::is_text,
        value_kind::ValueKind, //
    },
    failure::Failure,
    kallsyms::Type,
    text::Literal, //
};
use kernel::prelude::{
    fmt,
    *, //
};

/// Names, and endings of names, of parameters that say how many bytes another one points to.
const BYTES: [&[u8]; 6] = [b"size", b"len", b"length", b"nbytes", b"bytes", b"buflen"];
const BYTES_AT_END: [&[u8]; 7] = [
    b"_size",
    b"len",
    b"_length",
    b"_bytes",
    b"_capacity",
    b"Size",
    b"bufsize",
];
/// Names of such parameters in functions that count bits, and of parameters that count elements.
const BITS: [&[u8]; 2] = [b"nbits", b"bits"];
const ELEMENTS: [&[u8]; 4] = [b"count", b"n", b"nents", b"num"];

/// How large the buffers before a size are. The smallest one since the last size counts.
pub(super) struct Room {
    bytes: usize,
    elements: usize,
    /// Whether a size has been compared with it, so that the next buffer belongs to the next size.
    is_compared: bool,
}

impl Room {
    pub(super) const UNLIMITED: Self = Self {
        bytes: usize::MAX,
        elements: usize::MAX,
        is_compared: false,
    };

    /// Notes a buffer of this many bytes, with elements of this size.
    fn lower(&mut self, bytes: usize, element: usize) {
        if self.is_compared {
            *self = Self::UNLIMITED;
        }
        self.bytes = self.bytes.min(bytes);
        self.elements = self.elements.min(bytes / element.max(1));
    }
}

impl<'a> Converter<'_, '_, 'a> {
    /// Notes an argument that is a buffer, or compares one that is a size.
    #[inline(never)]
    pub(super) fn compare_sizes(
        &self,
        room: &mut Room,
        parameter: &Formal,
        given: ArgumentValue<'a>,
        value: usize,
        complaint: &Complaint<'_>,
    ) -> Result<(), Failure> {
        let target = self.callable.signature.pointee(parameter);
        if let Some(mut bytes) = self.extent(target, given) {
            if !target.is_some_and(Type::is_const) {
                let per_unit = known_parameters::writes_per_unit(&self.callable.callee.name);
                bytes = bytes.checked_div(per_unit).unwrap_or(bytes);
            }
            room.lower(bytes, target.map_or(1, Type::size));
            return Ok(());
        }
        let is_number = matches!(
            (given, parameter.kind),
            (ArgumentValue::Literal(_), ValueKind::Integer { .. })
        );
        if self.request.unsafe_call || !is_number {
            return Ok(());
        }
        let name = parameter.name.to_bytes();
        let is_bytes = BYTES.contains(&name) || BYTES_AT_END.iter().any(|end| name.ends_with(end));
        let ty = self.callable.signature.ty(parameter);
        let is_size_t = || ty.is_some_and(|ty| *ty.name() == *c"size_t");
        let is_bits = known_parameters::counts_bits(&self.callable.callee.name);
        let (limit, unit) = if is_bits && (is_bytes || BITS.contains(&name)) {
            (room.bytes.saturating_mul(8), "bits")
        } else if is_bytes {
            (room.bytes, "bytes")
        } else if ELEMENTS.contains(&name) || is_size_t() {
            (room.elements, "elements")
        } else {
            return Ok(());
        };
        room.is_compared = true;
        if value > limit {
            return Err(complaint.say(
                EPERM,
                fmt!(
                    "what is before it has room for {limit} {unit}; {} passes any number",
                    complaint.unsafe_word()
                ),
            ));
        }
        Ok(())
    }

    /// How many bytes a buffer has, if that is known and limits the size that follows.
    fn extent(&self, target: Option<Type<'_>>, given: ArgumentValue<'a>) -> Option<usize> {
        let target = target?;
        match given {
            ArgumentValue::Literal(Literal::Null) => Some(0),
            // A function that reads a string stops at its NUL, so no size has to match the string.
            ArgumentValue::Literal(Literal::String(_))
                if is_text(Some(target)) && target.is_const() =>
            {
                None
            }
            ArgumentValue::Literal(Literal::String(string)) => Some(string.len() + 1),
            ArgumentValue::Out => Some(target.size()),
            ArgumentValue::Buffer(count) => {
                let count = usize::try_from(count).unwrap_or(usize::MAX);
                Some(target.size().max(1).saturating_mul(count))
            }
            // A size after a pointer to a structure is not the size of the structure.
            ArgumentValue::Pointer(_, _, room) => room.filter(|_| !target.is_struct_or_union()),
            // A size after braces may be about what a member points to.
            ArgumentValue::Braces(_) | ArgumentValue::Literal(_) | ArgumentValue::Structure(..) => {
                None
            }
        }
    }
}
