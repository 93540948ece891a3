// SPDX-License-Identifier: GPL-2.0

//! Arguments: from values to what the registers hold.

pub(crate) mod braces;
pub(crate) mod callback;
pub(crate) mod printf;

use self::{
    braces::{
        Content,
        Temporary, //
    },
    printf::check_format, //
};

use super::{
    kernel_data::address,
    rules::known_parameters,
    signature::{
        CallSignature,
        Formal,
        ValueKind,
        MAX_ARGUMENTS, //
    },
    Asked,
    Caller, //
};
use crate::{
    ctype::{
        constants,
        types::{
            Doubt,
            Ty,
            Types, //
        }, //
    },
    failure::{
        Failure,
        EOPNOTSUPP, //
    },
    kallsyms::{
        Btf,
        Kallsyms,
        Name,
        Target,
        Travel,
        Type, //
    },
    print::Pure,
    run::{
        Memory,
        Registers, //
    },
    text::{
        Literal,
        NameText,
        StringLiteral, //
    }, //
};
use core::ops::ControlFlow;
use kernel::{
    fmt,
    prelude::{
        fmt,
        *, //
    },
    str::CString, //
};

/// What parameters are called that say how many bytes others point to, and those that say how many elements.
const BYTES: [&CStr; 6] = [c"size", c"len", c"length", c"nbytes", c"bytes", c"buflen"];
const ELEMENTS: [&CStr; 2] = [c"count", c"n"];

/// A value that has no type until it is known which parameter or member it is for.
#[derive(Clone, Copy)]
pub(crate) enum Given<'a> {
    /// What was written, or an integer.
    Literal(Literal<'a>),
    /// A pointer, and its type.
    Pointer(Ty, usize),
    /// A structure or union of this type, and what it has in two words.
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
    pub(crate) given: Given<'a>,
}

/// A member in braces, and its value.
#[derive(Clone, Copy)]
pub(crate) struct Field<'a> {
    pub(crate) name: &'a str,
    pub(crate) value: Argument<'a>,
    /// The next one in the same braces.
    pub(crate) next: Option<usize>,
}

/// Where an argument stands, and how to complain of it.
pub(crate) struct Complaint<'a> {
    pub(crate) source: &'static str,
    pub(crate) column: usize,
    pub(crate) declaration: &'a CStr,
}

impl Complaint<'_> {
    pub(crate) fn say(&self, errno: Error, what: fmt::Arguments<'_>) -> Failure {
        let Self {
            source,
            column,
            declaration,
        } = self;
        Failure::new(
            errno,
            fmt!("{source}: column {column}: `{declaration}`: {what}"),
        )
    }
}

/// How much of memory a function may be told to use.
struct Room {
    bytes: usize,
    elements: usize,
}

impl Room {
    const UNLIMITED: Self = Self {
        bytes: usize::MAX,
        elements: usize::MAX,
    };

    /// So many bytes are the least so far, of elements of this size.
    fn lower(&mut self, bytes: usize, element: usize) {
        self.bytes = self.bytes.min(bytes);
        self.elements = self.elements.min(bytes / element.max(1));
    }
}

/// Makes arguments into what a call passes.
pub(crate) struct Converter<'r, 'k, 'a> {
    pub(crate) caller: &'r Caller,
    pub(crate) kallsyms: &'r Kallsyms,
    pub(crate) types: &'r Types<'k>,
    pub(crate) signature: &'r CallSignature<'k>,
    pub(crate) asked: &'r Asked<'r>,
    /// The function.
    pub(crate) name: Name<'r>,
    /// Where it is.
    pub(crate) target: &'r Target,
    /// The members of all braces.
    pub(crate) fields: &'r [Field<'a>],
    pub(crate) memory: &'r mut Memory,
    pub(crate) temporaries: KVec<Temporary>,
    /// How many braces there can be yet, within those that are being made something of.
    pub(crate) levels: usize,
}

impl<'a> Converter<'_, '_, 'a> {
    /// Checks the arguments against the parameters.
    #[inline(never)]
    pub(crate) fn passed(
        &mut self,
        arguments: &mut [Argument<'a>],
    ) -> Result<KBox<Registers>, Failure> {
        let (signature, asked) = (self.signature, self.asked);
        let source = asked.source;
        let mut passed = KBox::new(Registers::NONE, GFP_KERNEL)?;
        let mut room = Room::UNLIMITED;
        for (count, argument) in arguments.iter_mut().enumerate() {
            let column = argument.column;
            let parameter = signature.parameters.get(count);
            if count >= MAX_ARGUMENTS || parameter.is_none() && !signature.variadic {
                return Err(Failure::new(
                    E2BIG,
                    fmt!(
                        "{source}: column {column}: one argument too many for `{}`",
                        &*signature.prototype
                    ),
                ));
            }
            let declaration = parameter.map_or(c"...", |parameter| &parameter.declaration);
            let complaint = Complaint {
                source,
                column,
                declaration,
            };
            if let (Some(parameter), Given::Literal(value), false) =
                (parameter, argument.given, asked.unsafe_call)
            {
                self.refuse_unknown(count + 1, parameter, value, &complaint)?;
            }
            let pieces = self.memory.count();
            let mut travel = Travel::WORD;
            let value = match parameter {
                Some(parameter) => {
                    if let ValueKind::Structure(by_value) = parameter.kind {
                        travel = by_value;
                    }
                    self.words(parameter, argument.given, &complaint)?
                }
                None => {
                    if let Given::Literal(Literal::Name(name)) = argument.given {
                        if let Some(value) = constants::find(self.types, name)? {
                            argument.given = Given::Literal(value);
                        }
                    }
                    [self.promote(argument.given, &complaint)?, 0]
                }
            };
            if passed.add(value, travel).is_none() {
                return Err(complaint.say(
                    EOPNOTSUPP(),
                    fmt!("the arguments have no room on the stack, which is not supported"),
                ));
            }
            let Some(parameter) = parameter else { continue };
            match (argument.given, parameter.kind) {
                (
                    Given::Out
                    | Given::Buffer(_)
                    | Given::Braces(_)
                    | Given::Literal(Literal::String(_)),
                    _,
                ) => room.lower(self.memory.smallest(pieces), self.element(parameter)),
                (Given::Literal(Literal::Null), _) => room.lower(0, 1),
                (Given::Literal(_), ValueKind::Integer { .. }) if !asked.unsafe_call => {
                    self.refuse_beyond(value[0], parameter, &room, &complaint)?;
                }
                _ => {}
            }
        }
        if arguments.len() < signature.parameters.len() {
            return Err(Failure::new(
                EINVAL,
                fmt!(
                    "{source}: column {}: too few arguments for `{}`",
                    asked.end,
                    &*signature.prototype
                ),
            ));
        }
        if signature.variadic && !asked.unsafe_call {
            check_format(&self.name, signature, self.types, arguments, asked)?;
        }
        Ok(passed)
    }

    /// The words for an argument.
    fn words(
        &mut self,
        parameter: &Formal,
        given: Given<'a>,
        complaint: &Complaint<'_>,
    ) -> Result<[usize; 2], Failure> {
        match parameter.kind {
            ValueKind::Structure(_) => self.structure(parameter, given, complaint),
            _ => Ok([self.convert(parameter, given, complaint)?, 0]),
        }
    }

    /// The words for a structure by value: those of another one, or what the braces say.
    #[inline(never)]
    pub(crate) fn structure(
        &mut self,
        parameter: &Formal,
        given: Given<'a>,
        complaint: &Complaint<'_>,
    ) -> Result<[usize; 2], Failure> {
        let wanted = self.signature.btf.as_ref().zip(parameter.id);
        let Some(wanted) = wanted.map(|(btf, id)| btf.ty(id)) else {
            return Err(wants(parameter.kind, complaint));
        };
        match given {
            Given::Structure(ty, words) => {
                self.check_type(wanted, ty, complaint)?;
                Ok(words)
            }
            Given::Braces(first) => {
                let mut bytes = [0; 16];
                let place = bytes.get_mut(..wanted.size()).ok_or(EINVAL)?;
                self.fill(place, wanted.id(), first, complaint)?;
                Ok(words(bytes))
            }
            _ => Err(wants(parameter.kind, complaint)),
        }
    }

    /// Fails unless a value of the type goes where the other one is wanted, or the user vouches for it.
    #[inline(never)]
    fn check_type(
        &self,
        wanted: Type<'_>,
        ty: Ty,
        complaint: &Complaint<'_>,
    ) -> Result<(), Failure> {
        let types = self.types;
        if !types.fits(ty, wanted) {
            return Err(complaint.say(
                EINVAL,
                fmt!("wants a `{wanted}`, not a `{}`", types.display(ty)),
            ));
        }
        let why = match ty.doubt {
            _ if self.asked.unsafe_call || !types.has_pointer(ty) => "",
            None | Some(Doubt::Symbol) => "",
            Some(Doubt::Cast) => "only a cast says what this points to",
            Some(Doubt::Earlier) => "this is of an earlier value, whose object may be gone",
            Some(Doubt::Computed) => "this was computed, and may point anywhere",
        };
        if !why.is_empty() {
            return Err(complaint.say(
                EPERM,
                fmt!("{why}; unsafe passes a `{}` on", types.display(ty)),
            ));
        }
        Ok(())
    }

    /// How many bytes an element has of what the parameter points to.
    fn element(&self, parameter: &Formal) -> usize {
        let ty = self.signature.btf.as_ref().zip(parameter.id);
        ty.and_then(|(btf, id)| btf.ty(id).pointee())
            .map_or(1, |target| target.size())
    }

    /// Fails if the parameter says, by its name or type, how much others point to, and this is more than there is.
    #[inline(never)]
    fn refuse_beyond(
        &self,
        value: usize,
        parameter: &Formal,
        room: &Room,
        complaint: &Complaint<'_>,
    ) -> Result<(), Failure> {
        let ty = self.signature.btf.as_ref().zip(parameter.id);
        let is_size_t = ty.is_some_and(|(btf, id)| *btf.ty(id).name() == *c"size_t");
        let is_among = |names: &[&CStr]| {
            let name = parameter.name.to_bytes();
            names.iter().any(|one| name == one.to_bytes())
        };
        let (limit, unit) = match (is_among(&BYTES), is_size_t || is_among(&ELEMENTS)) {
            (true, _) => (room.bytes, "bytes"),
            (false, true) => (room.elements, "elements"),
            (false, false) => return Ok(()),
        };
        let limit = limit
            .checked_div(known_parameters::writes_per_unit(self.name.symbol()))
            .unwrap_or(0);
        if value > limit {
            return Err(complaint.say(
                EPERM,
                fmt!("what is before it has room for {limit} {unit}; unsafe_call=1 passes any number"),
            ));
        }
        Ok(())
    }

    /// Fails unless the function is known to take such a value for its parameter `number`: NULL, or a string that it
    /// can write to.
    fn refuse_unknown(
        &self,
        number: usize,
        parameter: &Formal,
        value: Literal<'a>,
        complaint: &Complaint<'_>,
    ) -> Result<(), Failure> {
        let function = self.name.symbol();
        match (parameter.kind, value) {
            (
                ValueKind::String { .. } | ValueKind::Pointer { .. } | ValueKind::Function,
                Literal::Null,
            ) if !known_parameters::takes_null(function, number, &parameter.name) =>
            {
                let out = match parameter.kind {
                    ValueKind::Function => "",
                    _ => "out is a temporary, and ",
                };
                Err(complaint.say(
                    EPERM,
                    fmt!("it is not known to take NULL; {out}unsafe_call=1 passes NULL"),
                ))
            }
            (ValueKind::String { constant: false }, Literal::String(_))
                if !known_parameters::stays_within(function, number) =>
            {
                Err(complaint.say(
                    EPERM,
                    fmt!("it may be written to beyond the string's end; out[n] has n bytes, and unsafe_call=1 passes the string"),
                ))
            }
            _ => Ok(()),
        }
    }

    /// The register for a value, or the bits of a member.
    #[inline(never)]
    pub(crate) fn convert(
        &mut self,
        parameter: &Formal,
        given: Given<'a>,
        complaint: &Complaint<'_>,
    ) -> Result<usize, Failure> {
        match (given, parameter.kind) {
            (Given::Literal(value), _) => self.literal(parameter, value, complaint),
            (Given::Pointer(ty, address), _) => self.pointer(parameter, (ty, address), complaint),
            (
                Given::Out | Given::Buffer(_) | Given::Braces(_),
                ValueKind::String { .. } | ValueKind::Pointer { .. },
            ) => self.temporary(parameter, given, complaint),
            (_, kind) => Err(wants(kind, complaint)),
        }
    }

    /// The register for a literal or an integer.
    #[inline(never)]
    fn literal(
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
            ) => integer(size, signed, negative, magnitude)
                .ok_or_else(|| out_of_range(negative, magnitude, complaint)),
            (ValueKind::Integer { size, signed }, Literal::Char(byte)) => {
                integer(size, signed, false, byte.into())
                    .ok_or_else(|| complaint.say(ERANGE, fmt!("{} is out of range", Pure(value))))
            }
            (ValueKind::Enum { id, .. }, Literal::Name(name)) => {
                match constant(self.signature.btf.as_ref(), id, name) {
                    Some(value) => Ok(value),
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
                let name = NameText {
                    module: None,
                    symbol,
                };
                self.callback(parameter, &name, complaint)
            }
            (ValueKind::String { .. } | ValueKind::Pointer { .. }, Literal::String(string)) => {
                self.string(parameter, &string, complaint)
            }
            (ValueKind::String { constant }, Literal::Address(name)) => {
                address(self.kallsyms, &name, constant, 1, complaint)
            }
            (ValueKind::Pointer { constant, size }, Literal::Address(name)) => {
                address(self.kallsyms, &name, constant, size, complaint)
            }
            (
                ValueKind::String { .. } | ValueKind::Pointer { .. } | ValueKind::Function,
                Literal::Integer {
                    negative: false,
                    magnitude,
                    ..
                },
            ) if self.asked.unsafe_call => Ok(magnitude as usize),
            (kind, _) => Err(wants(kind, complaint)),
        }
    }

    /// The register for a constant of any enumeration, or a macro; [`None`] if there is none of this name.
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
            ) => integer(size, signed, negative, magnitude)
                .ok_or_else(|| out_of_range(negative, magnitude, complaint)),
            (kind, _) => Err(wants(kind, complaint)),
        }
    }

    /// The register for a string: a copy of it, which is shown after the call if the function may write to it.
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
                    what: Content::Given(given),
                },
                GFP_KERNEL,
            )?;
        }
        Ok(address)
    }

    /// Whether the parameter is a `void *` or one to bytes, by the kernel's own types.
    fn takes_bytes(&self, parameter: &Formal) -> bool {
        let ty = self.signature.btf.as_ref().zip(parameter.id);
        let target = ty.and_then(|(btf, id)| btf.ty(id).pointee());
        target.is_some_and(|target| target.is_void() || target.is_char())
    }

    /// The register for a pointer, if its type is that of the parameter, or the user vouches for it.
    #[inline(never)]
    fn pointer(
        &self,
        parameter: &Formal,
        (ty, address): (Ty, usize),
        complaint: &Complaint<'_>,
    ) -> Result<usize, Failure> {
        let constant = match parameter.kind {
            ValueKind::String { constant } | ValueKind::Pointer { constant, .. } => constant,
            ValueKind::Function => true,
            kind => return Err(wants(kind, complaint)),
        };
        if self.asked.unsafe_call {
            return Ok(address);
        }
        if parameter.kind == ValueKind::Function && ty.doubt.is_some() {
            return Err(complaint.say(
                EPERM,
                fmt!("only a cast says that this is a function; unsafe passes it on"),
            ));
        }
        let types = self.types;
        let wanted = self.signature.btf.as_ref().zip(parameter.id);
        let Some(wanted) = wanted.map(|(btf, id)| btf.ty(id)) else {
            return Err(complaint.say(EINVAL, fmt!("its type is not known to the kernel")));
        };
        self.check_type(wanted, ty, complaint)?;
        if !constant && types.pointee(ty).is_some_and(|target| target.constant) {
            return Err(complaint.say(EACCES, fmt!("what this points to must not be written")));
        }
        Ok(address)
    }

    /// The register for an argument without a parameter, after C's default promotions.
    #[inline(never)]
    fn promote(&mut self, given: Given<'a>, complaint: &Complaint<'_>) -> Result<usize, Failure> {
        let value = match given {
            Given::Literal(value) => value,
            Given::Pointer(_, address) => return Ok(address),
            Given::Structure(ty, _) => {
                return Err(complaint.say(
                    EINVAL,
                    fmt!(
                        "wants a number or a pointer, not a `{}`",
                        self.types.display(ty)
                    ),
                ))
            }
            Given::Out | Given::Buffer(_) | Given::Braces(_) => {
                return Err(complaint.say(
                    EINVAL,
                    fmt!("a temporary needs a parameter, whose type it has"),
                ))
            }
        };
        match value {
            // An `int` if it is one, or else a `long`: either fills the register with its sign.
            Literal::Integer {
                negative,
                magnitude,
                ..
            } => integer(8, negative, negative, magnitude)
                .ok_or_else(|| out_of_range(negative, magnitude, complaint)),
            Literal::Char(value) => Ok(usize::from(value)),
            Literal::Bool(value) => Ok(usize::from(value)),
            Literal::Null => Ok(0),
            Literal::String(string) => Ok(self.memory.add_string(string.len(), string.bytes())?),
            Literal::Address(name) => address(self.kallsyms, &name, true, 1, complaint),
            Literal::Name(name) => Err(complaint.say(
                EINVAL,
                fmt!("{name} is a constant of no type that is known here"),
            )),
        }
    }
}

/// Bytes as words.
pub(crate) fn words(bytes: [u8; 16]) -> [usize; 2] {
    let both = u128::from_le_bytes(bytes);
    [both as usize, (both >> 64) as usize]
}

/// What a parameter wants, when it is given something else.
fn wants(kind: ValueKind, complaint: &Complaint<'_>) -> Failure {
    let what = match kind {
        ValueKind::Bool => "wants true or false",
        ValueKind::Integer { .. } => "wants an integer",
        ValueKind::Enum { .. } => "wants one of its constants, or an integer",
        ValueKind::String { .. } => "wants a string or a pointer, such as out[n] or &symbol",
        ValueKind::Pointer { .. } => "wants a pointer, such as the value of a call, out or &symbol",
        ValueKind::Function => "wants the name of a function",
        ValueKind::Structure(_) => "wants a structure: { .member = value, ... } or one in memory",
        ValueKind::Void | ValueKind::Unsupported => "is not supported",
    };
    complaint.say(EINVAL, fmt!("{what}"))
}

/// A number does not fit.
fn out_of_range(negative: bool, magnitude: u64, complaint: &Complaint<'_>) -> Failure {
    let sign = if negative { "-" } else { "" };
    complaint.say(ERANGE, fmt!("{sign}{magnitude} is out of range"))
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
fn constant(btf: Option<&Btf<'_>>, id: u32, name: &str) -> Option<usize> {
    let ty: Type<'_> = btf?.ty(id);
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
