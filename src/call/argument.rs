// SPDX-License-Identifier: GPL-2.0

//! Arguments: from values to what the registers hold, and the memory that they point to.

use super::{
    constants,
    known,
    signature::{
        of_btf,
        CallSignature,
        Formal,
        ValueKind,
        MAX_ARGUMENTS, //
    },
    typed::{
        find,
        is_text,
        Doubt,
        Ty,
        Types, //
    },
    Asked, //
};
use crate::{
    failure::Failure,
    kallsyms::{
        self,
        Btf,
        Kallsyms,
        Type, //
    },
    module_bindings,
    print::{
        to_c_string,
        Pure, //
    },
    text::{
        self,
        Literal,
        StringLiteral,
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
    str::CString, //
};

/// How many bytes a temporary can have, and all of one evaluation.
const MAX_TEMPORARY: usize = 1 << 20;
const MAX_MEMORY: usize = 4 << 20;

/// What parameters are called that say how many bytes others point to.
const SIZES: [&CStr; 8] = [
    c"size", c"len", c"length", c"count", c"n", c"nbytes", c"bytes", c"buflen",
];

/// How many braces can be within each other.
const MAX_BRACES: usize = 8;

/// A value that has no type until it is known which parameter or member it is for.
#[derive(Clone, Copy)]
pub(super) enum Given<'a> {
    /// What was written, or an integer.
    Literal(Literal<'a>),
    /// A pointer, and its type.
    Pointer(Ty, usize),
    /// `out`
    Out,
    /// `out[n]`
    Buffer(u64),
    /// `{ … }`: the first of the [`Field`]s, if there is one.
    Braces(Option<usize>),
}

/// An argument.
#[derive(Clone, Copy)]
pub(super) struct Argument<'a> {
    /// Where it begins in the text, counted from 1.
    pub(super) column: usize,
    pub(super) given: Given<'a>,
}

/// A member in braces, and its value.
#[derive(Clone, Copy)]
pub(super) struct Field<'a> {
    pub(super) name: &'a str,
    pub(super) value: Argument<'a>,
    /// The next one in the same braces.
    pub(super) next: Option<usize>,
}

/// The memory that values point to: strings and temporaries. Each has a page or more of its own, so that a
/// function which writes a little more than it was given has room.
#[derive(Default)]
pub(super) struct Memory {
    pieces: KVec<KVVec<u8>>,
    size: usize,
}

impl Memory {
    /// The address of a new piece of `size` bytes, which are zero. It is aligned for any type.
    fn add(&mut self, size: usize) -> Result<&mut [u8], Error> {
        let room = size
            .checked_add(1)
            .ok_or(E2BIG)?
            .next_multiple_of(PAGE_SIZE);
        self.size = self.size.saturating_add(room);
        if size > MAX_TEMPORARY || self.size > MAX_MEMORY {
            return Err(E2BIG);
        }
        self.pieces
            .push(KVVec::from_elem(0, room, GFP_KERNEL)?, GFP_KERNEL)?;
        Ok(self.pieces.last_mut().ok_or(ENOMEM)?)
    }

    /// Adds a copy of a string, with its NUL.
    fn add_string(&mut self, string: &StringLiteral<'_>) -> Result<usize, Error> {
        let memory = self.add(string.len())?;
        for (to, from) in memory.iter_mut().zip(string.bytes()) {
            *to = from;
        }
        Ok(memory.as_ptr() as usize)
    }
}

/// A temporary that is shown after the call.
pub(super) struct Temporary {
    /// The name of its parameter.
    pub(super) name: CString,
    pub(super) address: usize,
    pub(super) what: Content,
}

/// What is in a temporary.
pub(super) enum Content {
    /// A value of the type of this id, in the BTF of the function.
    Value(u32),
    /// So many values of it.
    Array(u32, usize),
    /// So many bytes.
    Bytes(usize),
    /// A string, in so many bytes.
    Text(usize),
    /// The same, of a string that was given: it is shown if it is another one now.
    Given(KVec<u8>),
}

/// The registers for one call.
pub(super) struct Registers {
    values: [usize; MAX_ARGUMENTS],
}

impl Registers {
    /// The arguments as a call takes them.
    pub(super) fn tuple(&self) -> (usize, usize, usize, usize, usize, usize) {
        let [a, b, c, d, e, f] = self.values;
        (a, b, c, d, e, f)
    }
}

/// Where an argument stands, and how to complain of it.
pub(super) struct Complaint<'a> {
    pub(super) source: &'static str,
    pub(super) column: usize,
    pub(super) declaration: &'a CStr,
}

impl Complaint<'_> {
    pub(super) fn say(&self, errno: Error, what: fmt::Arguments<'_>) -> Failure {
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

/// Makes arguments into what the registers hold.
pub(super) struct Converter<'r, 'k, 'a> {
    pub(super) kallsyms: &'r Kallsyms,
    pub(super) types: &'r Types<'k>,
    pub(super) signature: &'r CallSignature<'k>,
    pub(super) asked: &'r Asked<'r>,
    /// The members of all braces.
    pub(super) fields: &'r [Field<'a>],
    pub(super) memory: &'r mut Memory,
    pub(super) temporaries: KVec<Temporary>,
}

impl<'a> Converter<'_, '_, 'a> {
    /// Checks the arguments against the parameters.
    #[inline(never)]
    pub(super) fn registers(
        &mut self,
        arguments: &mut [Argument<'a>],
    ) -> Result<Registers, Failure> {
        let (signature, asked) = (self.signature, self.asked);
        let source = asked.source;
        let mut values = [0; MAX_ARGUMENTS];
        let mut room = usize::MAX;
        for (count, argument) in arguments.iter_mut().enumerate() {
            let column = argument.column;
            let parameter = signature.parameters.get(count);
            let (Some(value), true) = (
                values.get_mut(count),
                parameter.is_some() || signature.variadic,
            ) else {
                return Err(Failure::new(
                    E2BIG,
                    fmt!(
                        "{source}: column {column}: one argument too many for `{}`",
                        signature.prototype()
                    ),
                ));
            };
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
            let pieces = self.memory.pieces.len();
            *value = match parameter {
                Some(parameter) => self.convert(parameter, argument.given, &complaint)?,
                None => {
                    if let Given::Literal(Literal::Name(name)) = argument.given {
                        if let Some(value) = constants::find(self.types, name) {
                            argument.given = Given::Literal(value);
                        }
                    }
                    self.promote(argument.given, &complaint)?
                }
            };
            match (argument.given, parameter) {
                (Given::Out | Given::Buffer(_) | Given::Braces(_), _) => {
                    let new = self.memory.pieces.get(pieces..).unwrap_or_default();
                    room = new.iter().map(|piece| piece.len()).fold(room, usize::min);
                }
                (Given::Literal(_), Some(parameter))
                    if *value > room && !asked.unsafe_call && self.is_size(parameter) =>
                {
                    return Err(complaint.say(
                        EPERM,
                        fmt!("the temporary before it has room for {room} bytes; unsafe_call=1 passes any number"),
                    ));
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
                    signature.prototype()
                ),
            ));
        }
        if signature.variadic && !asked.unsafe_call {
            check_format(signature, self.types, arguments, asked)?;
        }
        Ok(Registers { values })
    }

    /// Whether the parameter says how many bytes another one points to, by its name or type.
    fn is_size(&self, parameter: &Formal) -> bool {
        let ty = self.signature.btf.as_ref().zip(parameter.id);
        let is_size_t = ty.is_some_and(|(btf, id)| *btf.ty(id).name() == *c"size_t");
        let name = parameter.name.to_bytes();
        let named = SIZES.iter().any(|size| name == size.to_bytes());
        matches!(parameter.kind, ValueKind::Integer { .. }) && (is_size_t || named)
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
        let function = self.asked.function.name();
        let function = function.map_or(c"", |name| name.symbol());
        match (parameter.kind, value) {
            (ValueKind::String { .. } | ValueKind::Pointer { .. }, Literal::Null)
                if !known::takes_null(function, number, &parameter.name) =>
            {
                Err(complaint.say(
                    EPERM,
                    fmt!("it is not known to take NULL; out is a temporary, and unsafe_call=1 passes NULL"),
                ))
            }
            (ValueKind::String { constant: false }, Literal::String(_))
                if !known::stays_within(function, number) =>
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
    fn convert(
        &mut self,
        parameter: &Formal,
        given: Given<'a>,
        complaint: &Complaint<'_>,
    ) -> Result<usize, Failure> {
        match (given, parameter.kind) {
            (Given::Literal(value), _) => self.literal(parameter, value, complaint),
            (Given::Pointer(ty, address), _) => self.pointer(parameter, (ty, address), complaint),
            (_, ValueKind::String { .. } | ValueKind::Pointer { .. }) => {
                self.temporary(parameter, given, complaint)
            }
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
            (ValueKind::String { .. } | ValueKind::Pointer { .. }, Literal::Null) => Ok(0),
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
                ValueKind::String { .. } | ValueKind::Pointer { .. },
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
        match constants::find(self.types, name) {
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
        let address = self.memory.add_string(string)?;
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
        let (ValueKind::String { constant } | ValueKind::Pointer { constant, .. }) = parameter.kind
        else {
            return Err(wants(parameter.kind, complaint));
        };
        if self.asked.unsafe_call {
            return Ok(address);
        }
        let types = self.types;
        let wanted = self.signature.btf.as_ref().zip(parameter.id);
        let Some(wanted) = wanted.map(|(btf, id)| btf.ty(id)) else {
            return Err(complaint.say(EINVAL, fmt!("its type is not known to the kernel")));
        };
        if !types.fits(ty, wanted) {
            return Err(complaint.say(
                EINVAL,
                fmt!("wants a `{wanted}`, not a `{}`", types.display(ty)),
            ));
        }
        let why = match ty.doubt {
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
        if !constant && types.pointee(ty).is_some_and(|target| target.constant) {
            return Err(complaint.say(EACCES, fmt!("what this points to must not be written")));
        }
        Ok(address)
    }

    /// The register for a temporary: of zeros, or of what the braces say.
    #[inline(never)]
    fn temporary(
        &mut self,
        parameter: &Formal,
        given: Given<'a>,
        complaint: &Complaint<'_>,
    ) -> Result<usize, Failure> {
        let ty = self.signature.btf.as_ref().zip(parameter.id);
        let Some(target) = ty.and_then(|(btf, id)| btf.ty(id).pointee()) else {
            return Err(complaint.say(EINVAL, fmt!("its type is not known to the kernel")));
        };
        let size = target.size();
        let (size, what) = match given {
            Given::Buffer(count) => {
                let count = usize::try_from(count).unwrap_or(usize::MAX);
                let bytes = target.is_void() || target.is_char();
                let what = match (is_text(Some(target)), bytes) {
                    (true, _) => Content::Text(count),
                    (false, true) => Content::Bytes(count),
                    (false, false) => Content::Array(target.id(), count),
                };
                (
                    size.max(usize::from(target.is_void()))
                        .saturating_mul(count),
                    what,
                )
            }
            _ => (size, Content::Value(target.id())),
        };
        if let Given::Buffer(0) = given {
            return Err(complaint.say(EINVAL, fmt!("a temporary has at least one element")));
        }
        if size == 0 {
            return Err(complaint.say(
                EINVAL,
                fmt!("it is not known how large a `{target}` is; out[n] makes one of n bytes"),
            ));
        }
        let memory = match self.memory.add(size) {
            Ok(memory) => memory,
            Err(errno) if errno == E2BIG => {
                return Err(complaint.say(
                    E2BIG,
                    fmt!("{size} bytes are too many for a temporary; it can have {MAX_TEMPORARY}, and all of them {MAX_MEMORY}"),
                ))
            }
            Err(errno) => return Err(errno.into()),
        };
        let address = memory.as_mut_ptr() as usize;
        if let Given::Braces(first) = given {
            let id = target.id();
            let mut bytes = KVVec::from_elem(0u8, size, GFP_KERNEL)?;
            self.fill(&mut bytes, id, first, complaint, MAX_BRACES)?;
            if let Some(piece) = self
                .memory
                .pieces
                .iter_mut()
                .find(|piece| piece.as_ptr() as usize == address)
            {
                for (to, from) in piece.iter_mut().zip(&bytes) {
                    *to = *from;
                }
            }
        }
        self.temporaries.push(
            Temporary {
                name: CString::try_from(&*parameter.name)?,
                address,
                what,
            },
            GFP_KERNEL,
        )?;
        Ok(address)
    }

    /// Writes what stands in braces to an object of the type `id`.
    fn fill(
        &mut self,
        bytes: &mut [u8],
        id: u32,
        first: Option<usize>,
        complaint: &Complaint<'_>,
        depth: usize,
    ) -> Result<(), Failure> {
        let Some(depth) = depth.checked_sub(1) else {
            return Err(complaint.say(EINVAL, fmt!("these braces are nested too deeply")));
        };
        let mut next = first;
        while let Some(field) = next.and_then(|index| self.fields.get(index)) {
            next = field.next;
            let place = self.member(id, field, complaint)?;
            let complaint = Complaint {
                source: complaint.source,
                column: field.value.column,
                declaration: &place.parameter.declaration,
            };
            let member = place
                .offset
                .checked_add(place.size)
                .and_then(|end| bytes.get_mut(place.offset..end))
                .ok_or(EINVAL)?;
            match (field.value.given, place.parameter.kind) {
                (Given::Braces(first), ValueKind::Unsupported) => {
                    let id = place.parameter.id.unwrap_or(0);
                    self.fill(member, id, first, &complaint, depth)?;
                }
                (Given::Literal(Literal::String(string)), ValueKind::Unsupported) if place.text => {
                    if string.len() >= member.len() {
                        return Err(complaint.say(
                            ERANGE,
                            fmt!("{} bytes and the NUL are too long", string.len()),
                        ));
                    }
                    for (to, from) in member.iter_mut().zip(string.bytes()) {
                        *to = from;
                    }
                }
                (given, _) => {
                    let value = self.convert(&place.parameter, given, &complaint)? as u64;
                    place.write(member, value, &complaint)?;
                }
            }
        }
        Ok(())
    }

    /// Where a member is, and what it takes.
    #[inline(never)]
    fn member(
        &self,
        id: u32,
        field: &Field<'_>,
        complaint: &Complaint<'_>,
    ) -> Result<MemberPlace, Failure> {
        let btf: Option<&Btf<'_>> = self.signature.btf.as_ref();
        let whole = btf.map(|btf| btf.ty(id));
        let found = whole.and_then(|whole| find(whole, field.name.as_bytes(), MAX_BRACES * 2));
        let Some((member, base)) = found else {
            let column = field.value.column;
            let source = complaint.source;
            return Err(match whole {
                Some(whole) => Failure::new(
                    EINVAL,
                    fmt!(
                        "{source}: column {column}: `{whole}` has no member {}",
                        field.name
                    ),
                ),
                None => complaint.say(EINVAL, fmt!("its type is not known to the kernel")),
            });
        };
        let bit_offset = base + member.bit_offset as usize;
        let bits = member.bitfield_size;
        let text = member
            .ty
            .array()
            .is_some_and(|(element, _)| element.is_char());
        Ok(MemberPlace {
            parameter: Formal {
                declaration: to_c_string(fmt!("{}", member.ty))?,
                name: CString::try_from(member.name)?,
                kind: of_btf(member.ty),
                id: Some(member.ty.id()),
            },
            offset: bit_offset / 8,
            size: match bits {
                0 => member.ty.size(),
                _ => (bit_offset % 8 + bits as usize).div_ceil(8),
            },
            shift: (bit_offset % 8) as u32,
            bits,
            text,
        })
    }

    /// The register for an argument without a parameter, after C's default promotions.
    #[inline(never)]
    fn promote(&mut self, given: Given<'a>, complaint: &Complaint<'_>) -> Result<usize, Failure> {
        let value = match given {
            Given::Literal(value) => value,
            Given::Pointer(_, address) => return Ok(address),
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
            Literal::String(string) => Ok(self.memory.add_string(&string)?),
            Literal::Address(name) => address(self.kallsyms, &name, true, 1, complaint),
            Literal::Name(name) => Err(complaint.say(
                EINVAL,
                fmt!("{name} is a constant of no type that is known here"),
            )),
        }
    }
}

/// Where a member of a structure is.
struct MemberPlace {
    parameter: Formal,
    offset: usize,
    size: usize,
    /// Of a bit-field: how far it is from the first bit of the first byte, and how many bits it has, or 0.
    shift: u32,
    bits: u32,
    /// Whether it is an array of characters.
    text: bool,
}

impl MemberPlace {
    /// Writes a value to the bytes that the member has.
    fn write(
        &self,
        bytes: &mut [u8],
        value: u64,
        complaint: &Complaint<'_>,
    ) -> Result<(), Failure> {
        let mut value = value;
        let mut mask = u64::MAX;
        if self.bits > 0 {
            mask = u64::MAX
                .checked_shr(64u32.saturating_sub(self.bits))
                .unwrap_or(u64::MAX);
            let (ValueKind::Integer { signed, .. } | ValueKind::Enum { signed, .. }) =
                self.parameter.kind
            else {
                return self.merge(bytes, value, 1);
            };
            let high = value & !(mask >> u32::from(signed));
            if high != 0 && !(signed && high == !(mask >> 1)) {
                return Err(complaint.say(ERANGE, fmt!("this does not fit in {} bits", self.bits)));
            }
            value &= mask;
        }
        self.merge(bytes, value, mask)
    }

    /// Replaces the bits of `mask`.
    fn merge(&self, bytes: &mut [u8], value: u64, mask: u64) -> Result<(), Failure> {
        let mut wide = [0u8; 16];
        for (to, from) in wide.iter_mut().zip(bytes.iter()) {
            *to = *from;
        }
        let old = u128::from_le_bytes(wide) & !(u128::from(mask) << self.shift);
        let new = old | u128::from(value) << self.shift;
        for (to, from) in bytes.iter_mut().zip(new.to_le_bytes()) {
            *to = from;
        }
        Ok(())
    }
}

/// What a parameter wants, when it is given something else.
fn wants(kind: ValueKind, complaint: &Complaint<'_>) -> Failure {
    let what = match kind {
        ValueKind::Bool => "wants true or false",
        ValueKind::Integer { .. } => "wants an integer",
        ValueKind::Enum { .. } => "wants one of its constants, or an integer",
        ValueKind::String { .. } => "wants a string, NULL or the &address of data",
        ValueKind::Pointer { .. } => "wants NULL or the &address of data",
        ValueKind::Void | ValueKind::Function | ValueKind::Unsupported => "is not supported",
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

/// A symbol of the kernel itself.
struct Found {
    address: usize,
    kind: kallsyms::Kind,
    size: usize,
}

/// The one symbol of the kernel itself that has this name.
#[inline(never)]
fn symbol(
    kallsyms: &Kallsyms,
    name: &text::NameText<'_>,
    complaint: &Complaint<'_>,
) -> Result<Found, Failure> {
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
    let mut count = 0;
    let mut symbol = None;
    let walked = kallsyms.for_each_named(&name, |this| {
        count += 1;
        symbol = Some(Found {
            address: this.address(),
            kind: this.kind(),
            size: this.size(kallsyms).unwrap_or(0),
        });
        ControlFlow::<()>::Continue(())
    });
    if let Err(error) = walked {
        return Err(complaint.say(error.to_errno(), fmt!("{error}")));
    }
    let name = name.symbol();
    match symbol {
        None => Err(complaint.say(ENOENT, fmt!("no such symbol in the kernel itself: {name}"))),
        Some(_) if count > 1 => {
            Err(complaint.say(EINVAL, fmt!("{count} symbols are called {name}")))
        }
        Some(found) => Ok(found),
    }
}

/// Whether a symbol's address is that of a per-CPU variable of the kernel itself.
fn is_per_cpu(kallsyms: &Kallsyms, address: usize) -> bool {
    let begin = kallsyms.lookup_name(c"__per_cpu_start");
    let end = kallsyms.lookup_name(c"__per_cpu_end");
    begin
        .zip(end)
        .is_some_and(|(begin, end)| (begin..end).contains(&address))
}

/// The address of data of the kernel itself that has at least `size` bytes, and may be written unless
/// `constant`.
#[inline(never)]
pub(super) fn address(
    kallsyms: &Kallsyms,
    name: &text::NameText<'_>,
    constant: bool,
    size: usize,
    complaint: &Complaint<'_>,
) -> Result<usize, Failure> {
    use kallsyms::Kind;

    let found = symbol(kallsyms, name, complaint)?;
    let name = name.symbol;
    match found.kind {
        _ if is_per_cpu(kallsyms, found.address) => Err(complaint.say(
            EFAULT,
            fmt!("each CPU has its own {name}: &per_cpu({name}, 0)"),
        )),
        kind if !matches!(kind, Kind::Data | Kind::Bss | Kind::Rodata) => {
            Err(complaint.say(EFAULT, fmt!("{name} is {kind}, not data")))
        }
        Kind::Rodata if !constant => Err(complaint.say(EACCES, fmt!("{name} must not be written"))),
        _ if found.size < size => {
            Err(complaint.say(EINVAL, fmt!("{name} has {} bytes, not {size}", found.size)))
        }
        _ => Ok(found.address),
    }
}

/// Where a CPU has its own of a per-CPU variable of the kernel itself.
#[inline(never)]
pub(super) fn per_cpu(
    kallsyms: &Kallsyms,
    name: &text::NameText<'_>,
    cpu: u64,
    complaint: &Complaint<'_>,
) -> Result<usize, Failure> {
    let found = symbol(kallsyms, name, complaint)?;
    if !is_per_cpu(kallsyms, found.address) {
        return Err(complaint.say(EINVAL, fmt!("{} is no per-CPU variable", name.symbol)));
    }
    let address = match u32::try_from(cpu) {
        // SAFETY: The variable is a per-CPU one of the kernel itself; any number of a CPU will do.
        Ok(cpu) => unsafe { module_bindings::rust_kallsyms_per_cpu(found.address, cpu) },
        Err(_) => 0,
    };
    match address {
        0 => Err(complaint.say(ENODEV, fmt!("there is no CPU {cpu}"))),
        address => Ok(address),
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
fn check_format(
    signature: &CallSignature<'_>,
    types: &Types<'_>,
    arguments: &[Argument<'_>],
    asked: &Asked<'_>,
) -> Result<(), Failure> {
    let source = asked.source;
    let complain = |column: usize, what: &str| {
        Err(Failure::new(
            EINVAL,
            fmt!("{source}: column {column}: {what}"),
        ))
    };
    let begin = arguments.first().map_or(1, |argument| argument.column);
    let formats = asked.function.name().is_ok_and(|name| {
        PRINTF_LIKE
            .iter()
            .any(|known| name.symbol() == *known && name.has_module(kallsyms::VMLINUX))
    });
    if !formats {
        return complain(
            begin,
            "it is not known to format as printf() does; unsafe_call=1 passes its variable arguments unchecked",
        );
    }
    let named = signature.parameters.len();
    let mut arguments = arguments.iter().skip(named.saturating_sub(1));
    let (Some(ValueKind::String { .. }), Some(format)) = (
        signature.parameters.last().map(|last| last.kind),
        arguments.next(),
    ) else {
        return complain(
            begin,
            "its variable arguments cannot be checked; unsafe_call=1 passes them all the same",
        );
    };
    let Given::Literal(Literal::String(string)) = format.given else {
        return complain(format.column, "a format must be given as a string");
    };
    let mut rest = arguments.clone();
    let mut index = 0;
    let checked = text::conversions(string.bytes(), |wants| {
        index += 1;
        let next = rest.next();
        if let Some(Given::Pointer(ty, _)) = next.map(|argument| argument.given) {
            let text = types.pointee(ty).is_some_and(|to| types.is_char(to));
            match wants {
                Wants::Pointer => return Ok(()),
                Wants::String if text && ty.is_passed_on() => return Ok(()),
                _ => {}
            }
        }
        let value = next.map(|argument| match argument.given {
            Given::Literal(value) => Some(value),
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
                .map_or(asked.end, |argument| argument.column);
            complain(column, what)
        }
    }
}
