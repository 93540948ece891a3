// SPDX-License-Identifier: GPL-2.0

//! Structures, unions and arrays as text, much as C writes their initial values.
//!
//! The kernel has a printer, `btf_type_snprintf_show()`. It is not used: in an array it leaves out the names of the
//! members of structures, and elements that are zero, so that nobody can tell which element is which.

use crate::{
    kallsyms::{
        Kallsyms,
        Member,
        Shape,
        Type, //
    },
    kptr::{
        hides,
        Address, //
    },
    print::Pure,
    text::Escaped, //
};
use core::ops::ControlFlow;
use kernel::{
    bindings,
    fmt,
    prelude::{
        fmt,
        *, //
    }, //
};

/// How long the text can become.
const MAX_TEXT: usize = 1 << 20;

/// Larger objects are shown without the members that are zero.
const MAX_WITH_ZEROS: usize = 256;

/// How many structures and arrays can be within each other.
const MAX_DEPTH: usize = 24;

/// Shows one object.
pub(crate) struct Printer<'a> {
    kallsyms: &'a Kallsyms,
    /// The object. The kernel aligns what holds addresses, so that their words begin at multiples of eight in it.
    object: &'a [u8],
    /// Whether addresses may be shown.
    show: bool,
    /// Whether members that are zero are shown.
    zeros: bool,
    text: KVVec<u8>,
    /// Whether there was no memory for more.
    full: bool,
}

impl<'a> Printer<'a> {
    /// Shows an object of this type. Readers who may not see addresses (not `show`) get pointers hashed, and a `?` for
    /// other parts of words that may be addresses.
    #[inline(never)]
    pub(crate) fn print(
        kallsyms: &'a Kallsyms,
        ty: Type<'_>,
        object: &'a [u8],
        show: bool,
    ) -> Result<KVVec<u8>> {
        let mut printer = Self {
            kallsyms,
            object,
            show,
            zeros: object.len() <= MAX_WITH_ZEROS,
            text: KVVec::new(),
            full: false,
        };
        // What goes wrong is either a lack of memory or a text that is too long.
        let printed = fmt::Write::write_fmt(&mut printer, fmt!("({ty})"))
            .and_then(|()| printer.value(ty, 0, MAX_DEPTH));
        match (printed, printer.full) {
            (Ok(()), _) => {}
            (Err(_), true) => return Err(ENOMEM),
            (Err(_), false) => printer.text.extend_from_slice(b" ...", GFP_KERNEL)?,
        }
        Ok(printer.text)
    }

    fn write(&mut self, text: fmt::Arguments<'_>) -> fmt::Result {
        fmt::Write::write_fmt(self, text)
    }

    fn put(&mut self, text: &str) -> fmt::Result {
        fmt::Write::write_str(self, text)
    }

    /// The bytes of a part of the object.
    fn bytes(&self, offset: usize, size: usize) -> &'a [u8] {
        let rest = self.object.get(offset..).unwrap_or_default();
        rest.get(..size).unwrap_or(rest)
    }

    /// Whether a part of the object is zero.
    fn is_zero(&self, offset: usize, size: usize) -> bool {
        self.bytes(offset, size).iter().all(|byte| *byte == 0)
    }

    /// Whether a part of the object is not shown to the reader, since it has bytes of a word that may be an address.
    fn is_hidden(&self, offset: usize, size: usize) -> bool {
        let begin = offset & !7;
        let words = self.bytes(begin, (offset + size).next_multiple_of(8) - begin);
        hides(self.show, words)
    }

    /// Writes what is at `offset`.
    fn value(&mut self, ty: Type<'_>, offset: usize, depth: usize) -> fmt::Result {
        let Some(depth) = depth.checked_sub(1) else {
            return self.put("...");
        };
        if let Some((element, count)) = ty.array() {
            return self.array(element, count, offset, depth);
        }
        if ty.is_struct_or_union() {
            return self.structure(ty, offset, depth);
        }
        self.scalar(ty, offset)
    }

    /// Writes the members of a structure or union.
    #[inline(never)]
    fn structure(&mut self, ty: Type<'_>, offset: usize, depth: usize) -> fmt::Result {
        self.put("{")?;
        let mut empty = true;
        for member in ty.members() {
            let begin = offset.saturating_add(member.offset());
            let zero = match member.bitfield_size {
                0 => self.is_zero(begin, member.ty.size()),
                _ => self.bits(offset, &member) == 0,
            };
            if zero && !self.zeros {
                continue;
            }
            self.put(if empty { " " } else { ", " })?;
            empty = false;
            let name = member.name;
            match name.is_empty() {
                true => {}
                false => self.write(fmt!(".{name} = "))?,
            }
            match member.bitfield_size {
                0 => self.value(member.ty, begin, depth)?,
                _ => self.bitfield(offset, &member)?,
            }
        }
        self.put(if empty { "}" } else { " }" })
    }

    /// Writes the elements of an array, but zeros at its end only if all zeros are shown.
    #[inline(never)]
    fn array(
        &mut self,
        element: Type<'_>,
        count: usize,
        offset: usize,
        depth: usize,
    ) -> fmt::Result {
        let size = element.size();
        if crate::ctype::types::is_text(Some(element)) && self.string(count, offset)? {
            return Ok(());
        }
        let mut count = if size == 0 { 0 } else { count };
        while !self.zeros && count > 0 && self.is_zero(offset + (count - 1) * size, size) {
            count -= 1;
        }
        self.put("{")?;
        for index in 0..count {
            self.put(if index == 0 { " " } else { ", " })?;
            self.value(element, offset.saturating_add(index * size), depth)?;
        }
        self.put(if count == 0 { "}" } else { " }" })
    }

    /// Writes an array of characters as a string, if it is one.
    fn string(&mut self, count: usize, offset: usize) -> Result<bool, fmt::Error> {
        let bytes = self.bytes(offset, count);
        let length = bytes.iter().position(|byte| *byte == 0);
        let string = bytes.get(..length.unwrap_or(count)).unwrap_or_default();
        let is_text = string
            .iter()
            .all(|byte| matches!(byte, b' '..=b'~' | b'\n' | b'\t'));
        if !is_text {
            return Ok(false);
        }
        // The NUL is one of the bytes that are shown.
        if self.is_hidden(offset, count.min(string.len() + 1)) {
            self.put("?")?;
        } else {
            self.write(fmt!("\"{}\"", Pure(Escaped(string.iter().copied()))))?;
        }
        Ok(true)
    }

    /// The bits of a bit-field, in a structure at `offset`.
    fn bits(&self, offset: usize, member: &Member<'_>) -> u64 {
        let first = member.bit_offset as usize;
        let bytes = self.bytes(offset.saturating_add(first / 8), 16);
        let wide = bytes
            .iter()
            .rev()
            .fold(0u128, |value, byte| value << 8 | u128::from(*byte));
        let spare = 64u32.saturating_sub(member.bitfield_size);
        ((wide >> (first % 8)) as u64).wrapping_shl(spare) >> spare
    }

    /// Writes a bit-field of a structure at `offset`.
    #[inline(never)]
    fn bitfield(&mut self, offset: usize, member: &Member<'_>) -> fmt::Result {
        let first = member.bit_offset as usize;
        let size = (first % 8 + member.bitfield_size as usize).div_ceil(8);
        if self.is_hidden(offset.saturating_add(first / 8), size) {
            return self.put("?");
        }
        let bits = self.bits(offset, member);
        let spare = 64u32.saturating_sub(member.bitfield_size);
        let value = match member.ty.shape() {
            Shape::Integer { signed: true, .. } | Shape::Enum { signed: true, .. } => {
                (bits.wrapping_shl(spare) as i64).wrapping_shr(spare)
            }
            _ => bits as i64,
        };
        self.integer(member.ty, value)
    }

    /// Writes a number, a constant or a pointer.
    #[inline(never)]
    fn scalar(&mut self, ty: Type<'_>, offset: usize) -> fmt::Result {
        let size = ty.size().min(8);
        let high = number(self.bytes(offset.saturating_add(8), ty.size() - size));
        if ty.shape() != Shape::Pointer && self.is_hidden(offset, ty.size()) {
            return self.put("?");
        }
        if high != 0 {
            return self.write(fmt!("{high:#x}{:016x}", number(self.bytes(offset, 8))));
        }
        let bits = number(self.bytes(offset, size));
        match ty.shape() {
            Shape::Pointer => self.pointer(ty, bits as usize),
            Shape::Integer { signed: true, .. } | Shape::Enum { signed: true, .. } => {
                let spare = 64u32.saturating_sub(size as u32 * 8);
                self.integer(ty, (bits.wrapping_shl(spare) as i64).wrapping_shr(spare))
            }
            _ => self.integer(ty, bits as i64),
        }
    }

    /// Writes a number as its type has it: all 64 bits are in `value`, with its sign.
    #[inline(never)]
    fn integer(&mut self, ty: Type<'_>, value: i64) -> fmt::Result {
        match ty.shape() {
            Shape::Bool => self.put(if value & 0xff != 0 { "true" } else { "false" }),
            Shape::Integer { signed: true, .. } => self.write(fmt!("{value}")),
            Shape::Integer { .. } => self.write(fmt!("{}", value as u64)),
            Shape::Enum { .. } => {
                let found = ty.for_each_constant(|name, constant| match constant as i64 == value {
                    true => ControlFlow::Break(name),
                    false => ControlFlow::Continue(()),
                });
                match found {
                    ControlFlow::Break(name) => self.write(fmt!("{name}")),
                    ControlFlow::Continue(()) => self.write(fmt!("{value}")),
                }
            }
            _ => self.put("?"),
        }
    }

    /// Writes a pointer: to a function with the name of that.
    #[inline(never)]
    fn pointer(&mut self, ty: Type<'_>, address: usize) -> fmt::Result {
        if address == 0 {
            return self.put("NULL");
        }
        let error = address as i64;
        if (-i64::from(bindings::MAX_ERRNO)..0).contains(&error) {
            return self.write(fmt!("ERR_PTR({error})"));
        }
        let shown = Address::new(address, self.show);
        match ty.pointee() {
            Some(target) if target.is_function() => {
                self.write(fmt!("{shown}"))?;
                self.name(address)
            }
            _ => self.write(fmt!("({ty}){shown}")),
        }
    }

    /// Writes the name of the function at an address, if one begins there.
    #[inline(never)]
    fn name(&mut self, address: usize) -> fmt::Result {
        // Nothing can be allocated while the name is there.
        let Ok(mut name) = KVec::from_elem(0u8, bindings::KSYM_NAME_LEN as usize, GFP_KERNEL)
        else {
            self.full = true;
            return Err(fmt::Error);
        };
        let found = self.kallsyms.at(address, |place| {
            for (to, from) in name.iter_mut().zip(place.name.to_bytes_with_nul()) {
                *to = *from;
            }
            place.offset == 0
        });
        match (found, CStr::from_bytes_until_nul(&name)) {
            (Some(true), Ok(name)) => self.write(fmt!(" <{name}>")),
            _ => Ok(()),
        }
    }
}

impl fmt::Write for Printer<'_> {
    fn write_str(&mut self, string: &str) -> fmt::Result {
        if self.text.len().saturating_add(string.len()) > MAX_TEXT {
            return Err(fmt::Error);
        }
        self.text
            .extend_from_slice(string.as_bytes(), GFP_KERNEL)
            .map_err(|_| {
                self.full = true;
                fmt::Error
            })
    }
}

/// The number in at most eight bytes.
fn number(bytes: &[u8]) -> u64 {
    let bytes = bytes.iter().rev();
    bytes.fold(0, |value, byte| value << 8 | u64::from(*byte))
}
