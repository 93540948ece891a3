// SPDX-License-Identifier: GPL-2.0

//! Temporaries: the memory for strings, `out`, `out[n]` and braces.

use super::Converter;
use crate::{
    call::{
        arguments::{
            ArgumentValue,
            Complaint,
            Content,
            Field,
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
    run::{
        MAX_MEMORY,
        MAX_PIECE, //
    },
    text::Literal, //
};
use kernel::{
    prelude::{
        fmt,
        *, //
    },
    str::CString, //
};

/// How deep braces can be nested; braces for a pointer count twice, since they take twice as much
/// of the stack.
pub(crate) const MAX_BRACES: usize = 8;

impl<'a> Converter<'_, '_, 'a> {
    /// The register for a new temporary, which has zeros, or what the braces say.
    #[inline(never)]
    pub(crate) fn temporary(
        &mut self,
        parameter: &Formal,
        given: ArgumentValue<'a>,
        complaint: &Complaint<'_>,
    ) -> Result<usize, Failure> {
        let Some(target) = self.callable.signature.pointee(parameter) else {
            return Err(complaint.say(EINVAL, fmt!("its type is not known to the kernel")));
        };
        let why = match target {
            _ if self.request.unsafe_call => "",
            target if classes::is_va_list(target) => "variable arguments cannot be made",
            target if classes::is_registers(target) => "a function does what its registers say",
            _ => "",
        };
        if !why.is_empty() {
            let word = complaint.unsafe_word();
            return Err(complaint.say(EPERM, fmt!("{why}; {word} passes what is written")));
        }
        let size = target.size();
        let (size, what) = match given {
            ArgumentValue::Buffer(count) => {
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
        if let ArgumentValue::Buffer(0) = given {
            return Err(complaint.say(EINVAL, fmt!("a temporary has at least one element")));
        }
        if size == 0 {
            return Err(complaint.say(
                EINVAL,
                fmt!("it is not known how large a `{target}` is; out[n] makes one of n bytes"),
            ));
        }
        if size > MAX_PIECE {
            return Err(complaint.say(
                E2BIG,
                fmt!("{size} bytes are too many for a temporary; it can have {MAX_PIECE}, and all of them {MAX_MEMORY}"),
            ));
        }
        let mut bytes = KVVec::new();
        if let ArgumentValue::Braces(first) = given {
            bytes = KVVec::from_elem(0u8, size, GFP_KERNEL)?;
            self.enter(complaint)?;
            self.fill(&mut bytes, target.id(), first, complaint)?;
            self.levels += 1;
        }
        let memory = match self.memory.add(size) {
            Ok(memory) => memory,
            Err(errno) if errno == E2BIG => {
                return Err(complaint.say(
                    E2BIG,
                    fmt!("with these {size} bytes, what this evaluation lends and its locals are more than {MAX_MEMORY}"),
                ))
            }
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

    /// Takes one of the remaining levels. The caller gives it back, except after an error, which
    /// ends the call.
    fn enter(&mut self, complaint: &Complaint<'_>) -> Result<(), Failure> {
        self.levels = self
            .levels
            .checked_sub(1)
            .ok_or_else(|| complaint.say(EINVAL, fmt!("these braces are nested too deeply")))?;
        Ok(())
    }

    /// Writes the values in braces to `bytes`, an object whose type is `id`.
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
            match (field.value.value, place.parameter.kind) {
                (ArgumentValue::Braces(first), ValueKind::Unsupported) => {
                    let id = place.parameter.id.unwrap_or(0);
                    self.fill(member, id, first, &complaint)?;
                }
                (ArgumentValue::Literal(Literal::String(string)), ValueKind::Unsupported)
                    if place.text =>
                {
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
                (given @ ArgumentValue::Structure(..), ValueKind::Unsupported) => {
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

    /// Finds a member, and which values it takes.
    #[inline(never)]
    fn member(
        &self,
        id: u32,
        field: &Field<'_>,
        complaint: &Complaint<'_>,
    ) -> Result<MemberPlace, Failure> {
        let btf: Option<&Btf<'_>> = self.callable.signature.btf.as_ref();
        let whole = btf.map(|btf| btf.ty(id));
        let found = whole.and_then(|whole| whole.member(field.name.as_bytes()));
        let Some(member) = found else {
            let column = field.value.column;
            let source = complaint.source;
            return Err(match whole {
                Some(whole) => Failure::at(
                    EINVAL,
                    source,
                    column,
                    fmt!("`{whole}` has no member {}", field.name),
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
    /// The bit-field, if it is one, and how many bits it has.
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
