// SPDX-License-Identifier: GPL-2.0

//! Literals and integers as arguments.

use super::{
    objects_are_not_bytes,
    wants,
    Converter, //
};
use crate::{
    call::{
        arguments::{
            Complaint,
            Content,
            Temporary, //
        },
        kernel_data,
        signature::Formal,
        variables, //
    },
    ctype::{
        named::constants,
        value_kind::ValueKind, //
    },
    failure::Failure,
    kptr::may_be_address,
    print::Pure,
    text::{
        Literal,
        NameText,
        StringLiteral, //
    }, //
};
use kernel::{
    prelude::{
        fmt,
        *, //
    },
    str::CString, //
};

impl<'a> Converter<'_, '_, 'a> {
    /// The register for a literal or an integer.
    #[inline(never)]
    pub(super) fn literal(
        &mut self,
        parameter: &Formal,
        value: Literal<'a>,
        complaint: &Complaint<'_>,
    ) -> Result<usize, Failure> {
        let kind = parameter.kind;
        match (kind, value) {
            (ValueKind::Bool, Literal::Bool(value)) => Ok(usize::from(value)),
            (
                ValueKind::Bool,
                Literal::Integer {
                    negative: false,
                    magnitude: value @ (0 | 1),
                    ..
                },
            ) => Ok(value as usize),
            (
                ValueKind::Integer { size, signed } | ValueKind::Enum { size, signed, .. },
                Literal::Integer {
                    negative,
                    magnitude,
                    ..
                },
            ) => self.integer((size, signed), (negative, magnitude), complaint),
            (ValueKind::Integer { size, signed }, Literal::Char(byte)) => {
                integer(size, signed, false, byte.into())
                    .ok_or_else(|| complaint.say(ERANGE, fmt!("{} is out of range", Pure(value))))
            }
            (ValueKind::Enum { id, .. }, Literal::Name(name)) => {
                let btf = self.callable.signature.btf.as_ref();
                match btf.and_then(|btf| constants::value_of(btf.ty(id), name)) {
                    Some(value) => Ok(value as usize),
                    None => self
                        .named(parameter, name, complaint)?
                        .ok_or_else(|| complaint.say(EINVAL, fmt!("has no constant {name}"))),
                }
            }
            (ValueKind::Integer { .. }, Literal::Name(name)) => {
                self.named(parameter, name, complaint)?.ok_or_else(|| {
                    complaint.say(
                        EINVAL,
                        fmt!("wants an integer, and the kernel's types have no constant {name}"),
                    )
                })
            }
            (
                ValueKind::String { .. } | ValueKind::Pointer { .. } | ValueKind::Function,
                Literal::Null,
            ) => Ok(0),
            (ValueKind::Function, Literal::Address(name)) => {
                self.callback(parameter, &name, complaint)
            }
            (ValueKind::Function, Literal::Name(symbol)) => {
                let name = NameText::of(symbol);
                self.callback(parameter, &name, complaint)
            }
            (ValueKind::String { .. } | ValueKind::Pointer { .. }, Literal::String(string)) => {
                self.string(parameter, &string, complaint)
            }
            (
                ValueKind::String { constant } | ValueKind::Pointer { constant, .. },
                Literal::Address(name),
            ) => self.symbol(parameter, &name, constant, complaint),
            (
                ValueKind::String { .. } | ValueKind::Pointer { .. } | ValueKind::Function,
                Literal::Integer {
                    negative: false,
                    magnitude,
                    ..
                },
            ) if self.request.unsafe_call => Ok(magnitude as usize),
            (ValueKind::String { .. } | ValueKind::Pointer { .. }, Literal::Name(name))
                if matches!(kind, ValueKind::String { .. }) || self.takes_bytes(parameter) =>
            {
                Err(complaint.say(
                    EINVAL,
                    fmt!("wants a string or a pointer, such as out[n] or &symbol; a string is written \"{name}\""),
                ))
            }
            (kind, _) => Err(wants(kind, complaint)),
        }
    }

    /// The register for a constant of any enumeration, or a macro; [`None`] if none has this name.
    fn named(
        &mut self,
        parameter: &Formal,
        name: &str,
        complaint: &Complaint<'_>,
    ) -> Result<Option<usize>, Failure> {
        match constants::find(self.types, name)? {
            Some(value) => Ok(Some(self.literal_number(parameter, value, complaint)?)),
            None => Ok(None),
        }
    }

    /// The register for an integer.
    fn literal_number(
        &self,
        parameter: &Formal,
        value: Literal<'_>,
        complaint: &Complaint<'_>,
    ) -> Result<usize, Failure> {
        match (parameter.kind, value) {
            (
                ValueKind::Integer { size, signed } | ValueKind::Enum { size, signed, .. },
                Literal::Integer {
                    negative,
                    magnitude,
                    ..
                },
            ) => self.integer((size, signed), (negative, magnitude), complaint),
            (kind, _) => Err(wants(kind, complaint)),
        }
    }

    /// The register for an integer. A number in the kernel's address ranges is refused: a function
    /// could use it as a pointer.
    fn integer(
        &self,
        (size, signed): (u32, bool),
        (negative, magnitude): (bool, u64),
        complaint: &Complaint<'_>,
    ) -> Result<usize, Failure> {
        let value = integer(size, signed, negative, magnitude)
            .ok_or_else(|| out_of_range(negative, magnitude, complaint))?;
        if !self.request.unsafe_call && size >= 8 && may_be_address(value as u64) {
            return Err(complaint.say(
                EPERM,
                fmt!(
                    "this may be an address, not a number; {} passes it",
                    complaint.unsafe_word()
                ),
            ));
        }
        Ok(value)
    }

    /// The register for the address of a symbol, for a parameter of the symbol's type or one that
    /// only reads bytes.
    #[inline(never)]
    fn symbol(
        &self,
        parameter: &Formal,
        name: &NameText<'_>,
        constant: bool,
        complaint: &Complaint<'_>,
    ) -> Result<usize, Failure> {
        let is_bytes = self.takes_bytes(parameter);
        if self.request.unsafe_call || constant && is_bytes {
            return kernel_data::address(self.kallsyms, name, constant, 1, complaint);
        }
        if is_bytes {
            return Err(objects_are_not_bytes(complaint));
        }
        let pointer = variables::pointer_to(self.kallsyms, self.types, name, complaint)?;
        let Some(variable) = pointer else {
            let result = if constant {
                ""
            } else {
                "; memory for a result is out, or a local: int i = 0; f(&i); i"
            };
            return Err(complaint.say(
                EPERM,
                fmt!(
                    "the type of {} is not known; a cast gives it one: (struct name *)&{}{result}",
                    name.symbol,
                    name.symbol
                ),
            ));
        };
        self.pointer(parameter, (variable.pointer, variable.address), complaint)
    }

    /// The register for a copy of a string. If the function may write to the copy, it is shown
    /// after the call.
    #[inline(never)]
    fn string(
        &mut self,
        parameter: &Formal,
        string: &StringLiteral<'_>,
        complaint: &Complaint<'_>,
    ) -> Result<usize, Failure> {
        let constant = match parameter.kind {
            ValueKind::String { constant } => constant,
            ValueKind::Pointer { constant: true, .. } if self.takes_bytes(parameter) => true,
            kind => return Err(wants(kind, complaint)),
        };
        let address = self.memory.add_string(string.len(), string.bytes())?;
        if !constant {
            let mut given = KVec::with_capacity(string.len() + 1, GFP_KERNEL)?;
            for byte in Iterator::chain(string.bytes(), [0]) {
                given.push(byte, GFP_KERNEL)?;
            }
            self.temporaries.push(
                Temporary {
                    name: CString::try_from(&*parameter.name)?,
                    address,
                    what: Content::StringArgument(given),
                },
                GFP_KERNEL,
            )?;
        }
        Ok(address)
    }

    /// Whether the parameter is a pointer to `void` or to bytes, by the kernel's own types.
    pub(super) fn takes_bytes(&self, parameter: &Formal) -> bool {
        let target = self.callable.signature.pointee(parameter);
        target.is_some_and(|target| target.is_void() || target.is_char())
    }
}

/// The error for a number that does not fit.
pub(super) fn out_of_range(negative: bool, magnitude: u64, complaint: &Complaint<'_>) -> Failure {
    let sign = if negative { "-" } else { "" };
    complaint.say(ERANGE, fmt!("{sign}{magnitude} is out of range"))
}

/// The register for an integer, if it is in the range of integers of `size` bytes.
pub(super) fn integer(size: u32, signed: bool, negative: bool, magnitude: u64) -> Option<usize> {
    let bits = size.checked_mul(8)?;
    let all = u64::MAX.checked_shr(64 - bits)?;
    let limit = match (signed, negative) {
        (true, false) => all >> 1,
        (true, true) => (all >> 1) + 1,
        (false, false) => all,
        (false, true) => 0,
    };
    let value = if negative {
        magnitude.wrapping_neg()
    } else {
        magnitude
    };
    (magnitude <= limit).then_some(value as usize)
}
