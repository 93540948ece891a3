// SPDX-License-Identifier: GPL-2.0

//! Arguments: from what the user wrote to what the registers hold.

use super::{
    signature::{
        Kind,
        Parameter,
        Signature,
        MAX_ARGUMENTS, //
    },
    typed::{
        Ty,
        Types, //
    },
    Request, //
};
use crate::{
    failure::Failure,
    kallsyms::{
        self,
        Kallsyms, //
    },
    print::{
        to_c_string,
        Pure, //
    },
    text::{
        self,
        StringLiteral,
        Value,
        Wants, //
    }, //
};
use core::ops::ControlFlow;
use kernel::{
    fmt,
    page::PAGE_SIZE,
    prelude::{
        fmt,
        *, //
    },
};

/// An argument, whose type is its parameter's unless it is a pointer.
#[derive(Clone, Copy)]
pub(super) struct Given<'a> {
    /// Where it begins in the text, counted from 1.
    pub(super) column: usize,
    /// What it is, if it is no [`Self::pointer`].
    pub(super) value: Value<'a>,
    /// A pointer, and its type.
    pub(super) pointer: Option<(Ty, usize)>,
}

/// The arguments of one call, and the memory that they point to.
pub(super) struct Registers {
    values: [usize; MAX_ARGUMENTS],
    /// Strings, each in a page of its own: a function that writes a little more than it was given has room.
    pub(super) strings: KVec<KVec<u8>>,
}

/// Where an argument stands, and how to complain of it.
pub(super) struct Complaint<'a> {
    pub(super) place: &'static str,
    pub(super) column: usize,
    pub(super) declaration: &'a CStr,
}

impl Complaint<'_> {
    fn say(&self, errno: Error, what: fmt::Arguments<'_>) -> Failure {
        let Self {
            place,
            column,
            declaration,
        } = self;
        Failure::new(
            errno,
            fmt!("{place}: column {column}: `{declaration}`: {what}"),
        )
    }
}

impl Registers {
    /// Checks the arguments against the parameters.
    pub(super) fn new(
        kallsyms: &Kallsyms,
        signature: &Signature<'_>,
        types: &Types<'_>,
        arguments: &[Given<'_>],
        request: &Request<'_>,
    ) -> Result<Self, Failure> {
        let place = request.place;
        let mut registers = Self {
            values: [0; MAX_ARGUMENTS],
            strings: KVec::new(),
        };
        for (count, argument) in arguments.iter().enumerate() {
            let column = argument.column;
            let parameter = signature.parameters.get(count);
            if count == MAX_ARGUMENTS || parameter.is_none() && !signature.variadic {
                return Err(Failure::new(
                    E2BIG,
                    fmt!(
                        "{place}: column {column}: one argument too many for `{}`",
                        signature.prototype()
                    ),
                ));
            }
            registers.values[count] = match parameter {
                Some(parameter) => {
                    let complaint = Complaint {
                        place,
                        column,
                        declaration: &parameter.declaration,
                    };
                    match argument.pointer {
                        Some(pointer) => {
                            pointer_for(signature, types, parameter, pointer, request, &complaint)?
                        }
                        None => registers.convert(
                            kallsyms, signature, parameter, argument, request, &complaint,
                        )?,
                    }
                }
                None => registers.promote(
                    kallsyms,
                    argument,
                    &Complaint {
                        place,
                        column,
                        declaration: c"...",
                    },
                )?,
            };
        }
        if arguments.len() < signature.parameters.len() {
            return Err(Failure::new(
                EINVAL,
                fmt!(
                    "{place}: column {}: too few arguments for `{}`",
                    request.args_offset + 1,
                    signature.prototype()
                ),
            ));
        }
        if signature.variadic && !request.unsafe_call {
            check_format(signature, types, arguments, request)?;
        }
        Ok(registers)
    }

    /// The arguments as a call takes them.
    pub(super) fn tuple(&self) -> (usize, usize, usize, usize, usize, usize) {
        let [a, b, c, d, e, f] = self.values;
        (a, b, c, d, e, f)
    }

    /// The register for an argument of the given kind.
    fn convert(
        &mut self,
        kallsyms: &Kallsyms,
        signature: &Signature<'_>,
        parameter: &Parameter,
        argument: &Given<'_>,
        request: &Request<'_>,
        complaint: &Complaint<'_>,
    ) -> Result<usize, Failure> {
        let value = argument.value;
        match (parameter.kind, value) {
            (Kind::Bool, Value::Bool(value)) => Ok(usize::from(value)),
            (
                Kind::Bool,
                Value::Integer {
                    negative: false,
                    magnitude: value @ (0 | 1),
                },
            ) => Ok(value as usize),
            (Kind::Bool, _) => Err(complaint.say(EINVAL, fmt!("wants true or false"))),
            (
                Kind::Integer { size, signed } | Kind::Enum { size, signed, .. },
                Value::Integer {
                    negative,
                    magnitude,
                },
            ) => integer(size, signed, negative, magnitude)
                .ok_or_else(|| complaint.say(ERANGE, fmt!("{} is out of range", Pure(value)))),
            (Kind::Integer { size, signed }, Value::Char(byte)) => {
                integer(size, signed, false, byte.into())
                    .ok_or_else(|| complaint.say(ERANGE, fmt!("{} is out of range", Pure(value))))
            }
            (Kind::Integer { .. }, _) => Err(complaint.say(EINVAL, fmt!("wants an integer"))),
            (Kind::Enum { id, .. }, Value::Name(name)) => constant(signature, id, name)
                .ok_or_else(|| complaint.say(EINVAL, fmt!("has no constant {name}"))),
            (Kind::Enum { .. }, _) => {
                Err(complaint.say(EINVAL, fmt!("wants one of its constants, or an integer")))
            }
            (Kind::String { .. } | Kind::Pointer { .. }, Value::Null) => Ok(0),
            (Kind::String { .. }, Value::String(string)) => self.string(&string),
            // Bytes, as `const void *` is taken for.
            (Kind::Pointer { constant: true, .. }, Value::String(string))
                if points_to_void(signature, parameter) =>
            {
                self.string(&string)
            }
            (Kind::String { constant }, Value::Address(name)) => {
                address(kallsyms, &name, constant, 1, complaint)
            }
            (Kind::Pointer { constant, size }, Value::Address(name)) => {
                address(kallsyms, &name, constant, size, complaint)
            }
            (
                Kind::String { .. } | Kind::Pointer { .. },
                Value::Integer {
                    negative: false,
                    magnitude,
                },
            ) if request.unsafe_call => Ok(magnitude as usize),
            (Kind::String { .. }, _) => {
                Err(complaint.say(EINVAL, fmt!("wants a string, NULL or the &address of data")))
            }
            (Kind::Pointer { .. }, _) => {
                Err(complaint.say(EINVAL, fmt!("wants NULL or the &address of data")))
            }
            (Kind::Void | Kind::Function | Kind::Unsupported, _) => {
                Err(complaint.say(EINVAL, fmt!("is not supported")))
            }
        }
    }

    /// The register for an argument without a parameter, after C's default promotions.
    fn promote(
        &mut self,
        kallsyms: &Kallsyms,
        argument: &Given<'_>,
        complaint: &Complaint<'_>,
    ) -> Result<usize, Failure> {
        if let Some((_, address)) = argument.pointer {
            return Ok(address);
        }
        match argument.value {
            // An `int` if it is one, or else a `long`: either fills the register with its sign.
            Value::Integer {
                negative,
                magnitude,
            } => integer(8, negative, negative, magnitude).ok_or_else(|| {
                complaint.say(ERANGE, fmt!("{} is out of range", Pure(argument.value)))
            }),
            Value::Char(value) => Ok(usize::from(value)),
            Value::Bool(value) => Ok(usize::from(value)),
            Value::Null => Ok(0),
            Value::String(string) => self.string(&string),
            Value::Address(name) => address(kallsyms, &name, true, 1, complaint),
            Value::Name(name) => Err(complaint.say(
                EINVAL,
                fmt!("{name} is a constant of no type that is known here"),
            )),
        }
    }

    /// A copy of a string, with its NUL.
    fn string(&mut self, string: &StringLiteral<'_>) -> Result<usize, Failure> {
        let mut memory = KVec::from_elem(0, PAGE_SIZE.max(string.len() + 1), GFP_KERNEL)?;
        for (to, from) in memory.iter_mut().zip(string.bytes()) {
            *to = from;
        }
        let address = memory.as_mut_ptr() as usize;
        self.strings.push(memory, GFP_KERNEL)?;
        Ok(address)
    }
}

/// Whether the parameter is a `void *`, by the kernel's own types.
fn points_to_void(signature: &Signature<'_>, parameter: &Parameter) -> bool {
    let ty = signature.btf.as_ref().zip(parameter.id);
    let target = ty.and_then(|(btf, id)| btf.ty(id).pointee().map(|target| target.is_void()));
    target.unwrap_or(false)
}

/// The register for a pointer, if its type is that of the parameter, or the user vouches for it.
fn pointer_for(
    signature: &Signature<'_>,
    types: &Types<'_>,
    parameter: &Parameter,
    (ty, address): (Ty, usize),
    request: &Request<'_>,
    complaint: &Complaint<'_>,
) -> Result<usize, Failure> {
    let constant = match parameter.kind {
        Kind::String { constant } | Kind::Pointer { constant, .. } => constant,
        Kind::Bool => return Err(complaint.say(EINVAL, fmt!("wants true or false"))),
        Kind::Integer { .. } => return Err(complaint.say(EINVAL, fmt!("wants an integer"))),
        Kind::Enum { .. } => {
            return Err(complaint.say(EINVAL, fmt!("wants one of its constants, or an integer")))
        }
        Kind::Void | Kind::Function | Kind::Unsupported => {
            return Err(complaint.say(EINVAL, fmt!("is not supported")))
        }
    };
    if request.unsafe_call {
        return Ok(address);
    }
    let wanted = signature.btf.as_ref().zip(parameter.id);
    let Some(wanted) = wanted.map(|(btf, id)| btf.ty(id)) else {
        return Err(complaint.say(EINVAL, fmt!("its type is not known to the kernel")));
    };
    if !types.fits(ty, wanted) {
        return Err(complaint.say(
            EINVAL,
            fmt!("wants a `{wanted}`, not a `{}`", types.display(ty)),
        ));
    }
    if ty.said {
        return Err(complaint.say(
            EPERM,
            fmt!(
                "only a cast makes this a `{}`; unsafe passes it on",
                types.display(ty)
            ),
        ));
    }
    if !constant && types.pointee(ty).is_some_and(|target| target.constant) {
        return Err(complaint.say(EACCES, fmt!("what this points to must not be written")));
    }
    Ok(address)
}

/// The register with an integer, if it is in the range of those of `size` bytes.
fn integer(size: u32, signed: bool, negative: bool, magnitude: u64) -> Option<usize> {
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

/// The value of an enumeration's constant.
fn constant(signature: &Signature<'_>, id: u32, name: &str) -> Option<usize> {
    let ty = signature.btf.as_ref()?.ty(id);
    let found =
        ty.for_each_constant(
            |constant, value| match constant.to_bytes() == name.as_bytes() {
                true => ControlFlow::Break(value as usize),
                false => ControlFlow::Continue(()),
            },
        );
    match found {
        ControlFlow::Break(value) => Some(value),
        ControlFlow::Continue(()) => None,
    }
}

/// The address of data of the kernel itself that has at least `size` bytes, and may be written unless
/// `constant`.
pub(super) fn address(
    kallsyms: &Kallsyms,
    name: &text::Name<'_>,
    constant: bool,
    size: usize,
    complaint: &Complaint<'_>,
) -> Result<usize, Failure> {
    use kallsyms::Kind;

    let vmlinux = name
        .module
        .is_none_or(|module| module.as_bytes() == kallsyms::VMLINUX.to_bytes());
    if !vmlinux {
        return Err(complaint.say(
            EINVAL,
            fmt!("only data of the kernel itself stays where it is"),
        ));
    }
    let text = to_c_string(fmt!("vmlinux:{}", name.symbol))?;
    let name = kallsyms::Name::new(&text)
        .map_err(|error| complaint.say(error.to_errno(), fmt!("{error}")))?;
    let mut found = 0;
    let mut symbol = None;
    let walked = kallsyms.for_each_named(&name, |this| {
        found += 1;
        symbol = Some((
            this.address(),
            this.kind(),
            this.size(kallsyms).unwrap_or(0),
        ));
        ControlFlow::<()>::Continue(())
    });
    if let Err(error) = walked {
        return Err(complaint.say(error.to_errno(), fmt!("{error}")));
    }
    let name = name.symbol();
    match symbol {
        None => Err(complaint.say(ENOENT, fmt!("no such symbol in the kernel itself: {name}"))),
        Some(_) if found > 1 => {
            Err(complaint.say(EINVAL, fmt!("{found} symbols are called {name}")))
        }
        Some((_, kind, _)) if !matches!(kind, Kind::Data | Kind::Bss | Kind::Rodata) => {
            Err(complaint.say(EFAULT, fmt!("{name} is {kind}, not data")))
        }
        Some((_, Kind::Rodata, _)) if !constant => {
            Err(complaint.say(EACCES, fmt!("{name} must not be written")))
        }
        Some((_, _, bytes)) if bytes < size => {
            Err(complaint.say(EINVAL, fmt!("{name} has {bytes} bytes, not {size}")))
        }
        Some((address, ..)) => Ok(address),
    }
}

/// What is wrong with a format's arguments.
enum Mismatch {
    /// The format itself.
    Format(&'static str),
    /// The argument so many places behind the format.
    Argument(usize, &'static str),
}

impl From<&'static str> for Mismatch {
    fn from(what: &'static str) -> Self {
        Self::Format(what)
    }
}

/// Checks that the arguments of a variadic function are what its format takes: the last parameter with a
/// name is a string, which must be given as one.
fn check_format(
    signature: &Signature<'_>,
    types: &Types<'_>,
    arguments: &[Given<'_>],
    request: &Request<'_>,
) -> Result<(), Failure> {
    let place = request.place;
    let complain = |column: usize, what: &str| {
        Err(Failure::new(
            EINVAL,
            fmt!("{place}: column {column}: {what}"),
        ))
    };
    let named = signature.parameters.len();
    let begin = arguments.first().map_or(1, |argument| argument.column);
    let mut arguments = arguments.iter().skip(named.saturating_sub(1));
    let (Some(Kind::String { .. }), Some(format)) = (
        signature.parameters.last().map(|last| last.kind),
        arguments.next(),
    ) else {
        return complain(
            begin,
            "its variable arguments cannot be checked; unsafe_call=1 passes them all the same",
        );
    };
    let Value::String(string) = format.value else {
        return complain(format.column, "a format must be given as a string");
    };
    let mut rest = arguments.clone();
    let mut index = 0;
    let checked = text::conversions(string.bytes(), |wants| {
        index += 1;
        let next = rest.next();
        if let Some((ty, _)) = next.and_then(|argument| argument.pointer) {
            let char = types.pointee(ty).is_some_and(|to| types.is_char(to));
            return match wants {
                Wants::Pointer => Ok(()),
                Wants::String if char && !ty.said => Ok(()),
                Wants::String => Err(Mismatch::Argument(index, "the format wants a string here")),
                Wants::Integer => Err(Mismatch::Argument(
                    index,
                    "the format wants an integer here",
                )),
            };
        }
        match (wants, next.map(|argument| argument.value)) {
            (_, None) => Err(Mismatch::Argument(index, "the format takes more arguments")),
            (Wants::Integer, Some(Value::Integer { .. } | Value::Char(_) | Value::Bool(_)))
            | (Wants::String, Some(Value::String(_)))
            | (Wants::Pointer, Some(Value::Null | Value::String(_) | Value::Address(_))) => Ok(()),
            (Wants::Integer, _) => Err(Mismatch::Argument(
                index,
                "the format wants an integer here",
            )),
            (Wants::String, _) => Err(Mismatch::Argument(index, "the format wants a string here")),
            (Wants::Pointer, _) => {
                Err(Mismatch::Argument(index, "the format wants a pointer here"))
            }
        }
    });
    match checked {
        Ok(()) => match rest.next() {
            None => Ok(()),
            Some(argument) => complain(argument.column, "the format takes no more arguments"),
        },
        Err(Mismatch::Format(what)) => complain(format.column, what),
        Err(Mismatch::Argument(index, what)) => {
            let end = request.args_offset + 1;
            let column = arguments
                .nth(index - 1)
                .map_or(end, |argument| argument.column);
            complain(column, what)
        }
    }
}
