// SPDX-License-Identifier: GPL-2.0

//! Temporaries: the memory behind strings, `out`, `out[n]` and braces.

use super::Converter;
use crate::{
    call::{
        arguments::{
            Complaint,
            Content,
            Field,
            Given,
            Temporary, //
        },
        rules::classes,
        signature::Formal, //
    },
    ctype::{
        bits::BitField,
        types::is_text,
        value_kind::{
            of_btf,
            ValueKind, //
        }, //
    },
    failure::Failure,
    kallsyms::Btf,
    print::to_c_string,
    text::{
        Literal,
        StringLiteral, //
    }, //
};
use kernel::{
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

/// How many braces can be within each other; those behind a pointer count twice, since they take
/// twice as much of the stack.
pub(crate) const MAX_BRACES: usize = 8;

/// The memory that values point to: strings and temporaries. Each has a page or more of its own, so
/// that a function which writes a little more than it was given has room.
#[derive(Default)]
pub(crate) struct Memory {
    pieces: KVec<KVVec<u8>>,
    size: usize,
}

impl Memory {
    /// Whether there are no pieces.
    pub(crate) fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// A new piece of at least `size` bytes, which are zero. It is aligned for any type.
    pub(crate) fn add(&mut self, size: usize) -> Result<&mut [u8], Error> {
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

    /// Whether an address is in one of the pieces.
    pub(crate) fn has(&self, address: usize) -> bool {
        let pieces = self.pieces.iter();
        pieces
            .map(|piece| piece.as_ptr_range())
            .any(|piece| (piece.start as usize..piece.end as usize).contains(&address))
    }

    /// How many pieces there are.
    pub(crate) fn count(&self) -> usize {
        self.pieces.len()
    }

    /// How many bytes the smallest of the pieces from `first` on has; if there is none, no limit.
    pub(crate) fn smallest(&self, first: usize) -> usize {
        let new = self.pieces.get(first..).unwrap_or_default();
        new.iter()
            .map(|piece| piece.len())
            .fold(usize::MAX, usize::min)
    }

    /// Adds a copy of a string, with its NUL.
    pub(crate) fn add_string(&mut self, string: &StringLiteral<'_>) -> Result<usize, Error> {
        let memory = self.add(string.len())?;
        for (to, from) in memory.iter_mut().zip(string.bytes()) {
            *to = from;
        }
        Ok(memory.as_ptr() as usize)
    }
}

impl<'a> Converter<'_, '_, 'a> {
    /// The register for a temporary: of zeros, or of what the braces say.
    #[inline(never)]
    pub(crate) fn temporary(
        &mut self,
        parameter: &Formal,
        given: Given<'a>,
        complaint: &Complaint<'_>,
    ) -> Result<usize, Failure> {
        let Some(target) = self.signature.pointee(parameter) else {
            return Err(complaint.say(EINVAL, fmt!("its type is not known to the kernel")));
        };
        if !self.asked.unsafe_call {
            if classes::is_va_list(target) {
                return Err(complaint.say(
                    EPERM,
                    fmt!("variable arguments cannot be made; unsafe passes what is written"),
                ));
            }
            if classes::is_registers(target) {
                return Err(complaint.say(
                    EPERM,
                    fmt!("a function does what its registers say; unsafe passes what is written"),
                ));
            }
        }
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
        let too_many = || {
            complaint.say(
                E2BIG,
                fmt!("{size} bytes are too many for a temporary; it can have {MAX_TEMPORARY}, and all of them {MAX_MEMORY}"),
            )
        };
        if size > MAX_TEMPORARY {
            return Err(too_many());
        }
        let mut bytes = KVVec::new();
        if let Given::Braces(first) = given {
            bytes = KVVec::from_elem(0u8, size, GFP_KERNEL)?;
            self.enter(complaint)?;
            self.fill(&mut bytes, target.id(), first, complaint)?;
            self.levels += 1;
        }
        let memory = match self.memory.add(size) {
            Ok(memory) => memory,
            Err(errno) if errno == E2BIG => return Err(too_many()),
            Err(errno) => return Err(errno.into()),
        };
        for (to, from) in memory.iter_mut().zip(&bytes) {
            *to = *from;
        }
        let address = memory.as_ptr() as usize;
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

    /// Takes one of the levels that are left. Who does gives it back, but for an error, which ends
    /// it all.
    fn enter(&mut self, complaint: &Complaint<'_>) -> Result<(), Failure> {
        self.levels = self
            .levels
            .checked_sub(1)
            .ok_or_else(|| complaint.say(EINVAL, fmt!("these braces are nested too deeply")))?;
        Ok(())
    }

    /// Writes what stands in braces to an object of the type `id`.
    pub(crate) fn fill(
        &mut self,
        bytes: &mut [u8],
        id: u32,
        first: Option<usize>,
        complaint: &Complaint<'_>,
    ) -> Result<(), Failure> {
        self.enter(complaint)?;
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
                    self.fill(member, id, first, &complaint)?;
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
                (given @ Given::Structure(..), ValueKind::Unsupported) => {
                    let words = self.structure(&place.parameter, given, &complaint)?;
                    let bytes = words.map(usize::to_le_bytes);
                    for (to, from) in member.iter_mut().zip(bytes.as_flattened()) {
                        *to = *from;
                    }
                }
                (given, _) => {
                    let value = self.convert(&place.parameter, given, &complaint)? as u64;
                    place.write(member, value, &complaint)?;
                }
            }
        }
        self.levels += 1;
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
        let found = whole.and_then(|whole| whole.member(field.name.as_bytes()));
        let Some(member) = found else {
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
        let bit_offset = member.bit_offset as usize;
        let bits = member.bitfield_size;
        let field = (bits > 0).then(|| BitField::new(bit_offset, bits));
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
            size: field.map_or(member.ty.size(), |field| field.size),
            field,
            bits,
            text,
        })
    }
}

/// Where a member of a structure is.
struct MemberPlace {
    parameter: Formal,
    offset: usize,
    size: usize,
    /// The bits, if it is a bit-field, and how many there are.
    field: Option<BitField>,
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
        let Some(field) = self.field else {
            for (to, from) in bytes.iter_mut().zip(value.to_le_bytes()) {
                *to = from;
            }
            return Ok(());
        };
        let signed = match self.parameter.kind {
            ValueKind::Integer { signed, .. } | ValueKind::Enum { signed, .. } => signed,
            _ => false,
        };
        if !field.fits(value, signed) {
            return Err(complaint.say(ERANGE, fmt!("this does not fit in {} bits", self.bits)));
        }
        field.write(bytes, value);
        Ok(())
    }
}
