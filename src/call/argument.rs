// SPDX-License-Identifier: GPL-2.0

//! Arguments: from what the user wrote to what the registers hold.

use super::signature::{
    Kind,
    Signature,
    MAX_ARGUMENTS, //
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
    request::Call,
    text::{
        self,
        Argument,
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
    str::{
        BStr,
        CString, //
    }, //
};

/// How long a call is shown: a line of the log has about 1000 bytes, in which its value must fit too.
const MAX_TEXT: usize = 400;

/// The arguments of one call, and the memory that they point to.
pub(super) struct Registers {
    values: [usize; MAX_ARGUMENTS],
    /// Strings, each in a page of its own: a function that writes a little more than it was given has room.
    #[allow(dead_code)]
    strings: KVec<KVec<u8>>,
}

/// Where an argument stands, and how to complain of it.
struct Complaint<'a> {
    place: &'static str,
    column: usize,
    declaration: &'a fmt::Arguments<'a>,
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
            fmt!("{place}: column {column}: {declaration}: {what}"),
        )
    }
}

impl Registers {
    /// Checks the arguments in `args` against the parameters.
    #[inline(never)]
    pub(super) fn new(
        kallsyms: &Kallsyms,
        signature: &Signature<'_>,
        args: &[u8],
        call: &Call,
    ) -> Result<Self, Failure> {
        let place = call.source;
        let mut registers = Self {
            values: [0; MAX_ARGUMENTS],
            strings: KVec::new(),
        };
        let mut count = 0;
        for argument in text::arguments(args) {
            let argument =
                argument.map_err(|error| Failure::parse(place, error.at(call.args_offset)))?;
            let column = argument.column + call.args_offset;
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
            let value = match parameter {
                Some(parameter) => registers.convert(
                    kallsyms,
                    signature,
                    parameter.kind,
                    &argument,
                    call,
                    &Complaint {
                        place,
                        column,
                        declaration: &fmt!("`{}`", &*parameter.declaration),
                    },
                )?,
                None => registers.promote(
                    kallsyms,
                    &argument,
                    &Complaint {
                        place,
                        column,
                        declaration: &fmt!("`...`"),
                    },
                )?,
            };
            registers.values[count] = value;
            count += 1;
        }
        if count < signature.parameters.len() {
            return Err(Failure::new(
                EINVAL,
                fmt!(
                    "{place}: column {}: too few arguments for `{}`",
                    call.args_offset + args.trim_ascii_end().len() + 1,
                    signature.prototype()
                ),
            ));
        }
        if signature.variadic && !call.unsafe_call {
            check_format(signature, args, call)?;
        }
        Ok(registers)
    }

    /// The arguments as a call takes them.
    pub(super) fn tuple(&self) -> (usize, usize, usize, usize, usize, usize) {
        let [a, b, c, d, e, f] = self.values;
        (a, b, c, d, e, f)
    }

    /// The call, as C; a long one only in part.
    pub(super) fn text(&self, name: &CStr, args: &[u8]) -> Result<CString, Failure> {
        struct Shown<'a>(&'a CStr, &'a [u8]);

        impl fmt::Display for Shown<'_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_fmt(fmt!("{}(", self.0))?;
                for (index, argument) in text::arguments(self.1).flatten().enumerate() {
                    let comma = if index == 0 { "" } else { ", " };
                    f.write_fmt(fmt!("{comma}{}", Pure(argument.value)))?;
                }
                f.write_str(")")
            }
        }

        let text = to_c_string(fmt!("{}", Shown(name, args)))?;
        match text.to_bytes().get(..MAX_TEXT) {
            None => Ok(text),
            Some(start) => Ok(to_c_string(fmt!("{}...)", BStr::from_bytes(start)))?),
        }
    }

    /// The register for an argument of the given kind.
    #[inline(never)]
    fn convert(
        &mut self,
        kallsyms: &Kallsyms,
        signature: &Signature<'_>,
        kind: Kind,
        argument: &Argument<'_>,
        call: &Call,
        complaint: &Complaint<'_>,
    ) -> Result<usize, Failure> {
        let value = argument.value;
        match (kind, value) {
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
            ) if call.unsafe_call => Ok(magnitude as usize),
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
        argument: &Argument<'_>,
        complaint: &Complaint<'_>,
    ) -> Result<usize, Failure> {
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
#[inline(never)]
fn address(
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

/// The functions that take what their format says, as printf() does, and only read it. Others read their variable
/// arguments in ways of their own; `sscanf()` writes to what they point to.
const PRINTF_LIKE: [&CStr; 8] = [
    c"printk",
    c"_printk",
    c"_printk_deferred",
    c"sprintf",
    c"snprintf",
    c"scnprintf",
    c"kasprintf",
    c"devm_kasprintf",
];

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
#[inline(never)]
fn check_format(signature: &Signature<'_>, args: &[u8], call: &Call) -> Result<(), Failure> {
    let place = call.source;
    let complain = |column: usize, what: &str| {
        Err(Failure::new(
            EINVAL,
            fmt!("{place}: column {}: {what}", column + call.args_offset),
        ))
    };
    let formats = call.function.name().is_ok_and(|name| {
        PRINTF_LIKE
            .iter()
            .any(|known| name.symbol() == *known && name.has_module(kallsyms::VMLINUX))
    });
    if !formats {
        return complain(
            1,
            "it is not known to format as printf() does; unsafe_call=1 passes its variable arguments unchecked",
        );
    }
    let named = signature.parameters.len();
    let mut arguments = text::arguments(args)
        .flatten()
        .skip(named.saturating_sub(1));
    let (Some(Kind::String { .. }), Some(format)) = (
        signature.parameters.last().map(|last| last.kind),
        arguments.next(),
    ) else {
        return complain(
            1,
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
        match (wants, rest.next().map(|argument| argument.value)) {
            (_, None) => Err(Mismatch::Argument(index, "the format takes more arguments")),
            (Wants::Integer, Some(Value::Integer { .. } | Value::Char(_) | Value::Bool(_)))
            | (Wants::String, Some(Value::String(_)))
            | (Wants::Pointer, Some(Value::Null | Value::String(_) | Value::Address(_))) => Ok(()),
            (Wants::Width, Some(Value::Integer { magnitude, .. }))
                if magnitude <= text::MAX_WIDTH =>
            {
                Ok(())
            }
            (
                Wants::Precision,
                Some(Value::Integer {
                    negative: false,
                    magnitude,
                }),
            ) if magnitude <= text::MAX_PRECISION => Ok(()),
            (Wants::Width | Wants::Precision, Some(Value::Integer { .. })) => Err(
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
        }
    });
    match checked {
        Ok(()) => match rest.next() {
            None => Ok(()),
            Some(argument) => complain(argument.column, "the format takes no more arguments"),
        },
        Err(Mismatch::Format(what)) => complain(format.column, what),
        Err(Mismatch::Argument(index, what)) => {
            let end = args.trim_ascii_end().len() + 1;
            let column = arguments
                .nth(index - 1)
                .map_or(end, |argument| argument.column);
            complain(column, what)
        }
    }
}
