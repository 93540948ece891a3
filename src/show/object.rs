// SPDX-License-Identifier: GPL-2.0

//! Makes text of structures, unions and arrays, much like initializers in C.
//!
//! The kernel's own `btf_type_snprintf_show()` is not used: in an array, it leaves out the names of
//! members and the elements that are zero, so that nobody can tell which element is which.

use super::{
    error_name,
    symbol_name, //
};
use crate::{
    ctype::{
        bits::{
            extend,
            is_signed,
            number,
            BitField, //
        },
        decimal::Decimal,
        named::constants,
        types::is_text, //
    },
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
    print::{
        Pure,
        Text, //
    },
    text::Escaped, //
};
use kernel::{
    fmt,
    prelude::{
        fmt,
        *, //
    }, //
};

/// The longest text.
const MAX_TEXT: usize = 1 << 20;

/// Larger objects are shown without the members that are zero.
const MAX_WITH_ZEROS: usize = 256;

/// How deep structures and arrays can be nested.
const MAX_DEPTH: usize = 24;

/// Shows one object.
pub(crate) struct Printer<'a> {
    kallsyms: &'a Kallsyms,
    /// The object. The kernel aligns addresses, so they begin at multiples of eight in it.
    object: &'a [u8],
    /// Whether addresses may be shown.
    show: bool,
    /// Whether members that are zero are shown.
    zeros: bool,
    text: KVVec<u8>,
    /// Whether memory has run out.
    full: bool,
}

impl<'a> Printer<'a> {
    /// Makes text of an object of this type. Without `show`, pointers are hashed, and any other
    /// part of a word that may be an address is a `?`.
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
        // Printing fails either for lack of memory or because the text is too long.
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

    /// Whether to hide a part of the object from the reader: it has bytes of a word that may be an
    /// address.
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
                _ => {
                    let (field, _, bytes) = self.bit_field(offset, &member);
                    field.read(bytes, false) == 0
                }
            };
            if zero && !self.zeros {
                continue;
            }
            self.put(if empty { " " } else { ", " })?;
            empty = false;
            let name = member.name;
            if !name.is_empty() {
                // The format of a `CStr` goes byte by byte.
                self.put(".")?;
                self.write(fmt!("{}", Text(name.to_bytes())))?;
                self.put(" = ")?;
            }
            match member.bitfield_size {
                0 => self.value(member.ty, begin, depth)?,
                _ => self.bits(offset, &member)?,
            }
        }
        self.put(if empty { "}" } else { " }" })
    }

    /// Writes the elements of an array, without the zeros at its end unless all zeros are shown.
    #[inline(never)]
    fn array(
        &mut self,
        element: Type<'_>,
        count: usize,
        offset: usize,
        depth: usize,
    ) -> fmt::Result {
        let size = element.size();
        if is_text(Some(element)) && self.string(count, offset)? {
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

    /// A bit-field of a structure at `offset`: its place, its offset in the object, and its bytes.
    fn bit_field(&self, offset: usize, member: &Member<'_>) -> (BitField, usize, &'a [u8]) {
        let field = BitField::new(member.bit_offset as usize, member.bitfield_size);
        let begin = offset.saturating_add(field.offset);
        (field, begin, self.bytes(begin, field.size))
    }

    /// Writes a bit-field of a structure at `offset`.
    #[inline(never)]
    fn bits(&mut self, offset: usize, member: &Member<'_>) -> fmt::Result {
        let (field, begin, bytes) = self.bit_field(offset, member);
        if self.is_hidden(begin, field.size) {
            return self.put("?");
        }
        let signed = is_signed(member.ty.shape());
        self.integer(member.ty, field.read(bytes, signed) as i64)
    }

    /// Writes a number, a constant or a pointer.
    #[inline(never)]
    fn scalar(&mut self, ty: Type<'_>, offset: usize) -> fmt::Result {
        let size = ty.size();
        if ty.shape() != Shape::Pointer && self.is_hidden(offset, size) {
            return self.put("?");
        }
        let value = number(self.bytes(offset, size));
        if size > 8 {
            return self.write(fmt!("{}", Decimal::new(value, is_signed(ty.shape()))));
        }
        let value = value as u64;
        match ty.shape() {
            // The kernel has no floating point, so this prints the bits.
            Shape::Float => self.write(fmt!("({ty}){value:#x}")),
            Shape::Pointer => self.pointer(ty, value as usize),
            shape => {
                let value = extend(value, size as u32 * 8, is_signed(shape));
                self.integer(ty, value as i64)
            }
        }
    }

    /// Writes a number by its type. `value` is sign-extended to 64 bits.
    #[inline(never)]
    fn integer(&mut self, ty: Type<'_>, value: i64) -> fmt::Result {
        match ty.shape() {
            Shape::Bool => self.put(if value & 0xff != 0 { "true" } else { "false" }),
            Shape::Integer { signed: true, .. } => self.write(fmt!("{value}")),
            Shape::Integer { .. } => self.write(fmt!("{}", value as u64)),
            Shape::Enum { .. } => match constants::name_of(ty, value as u64) {
                Some(name) => self.write(fmt!("{name}")),
                None => self.write(fmt!("{value}")),
            },
            _ => self.put("?"),
        }
    }

    /// Writes a pointer, and if it points to code, the function's name.
    #[inline(never)]
    fn pointer(&mut self, ty: Type<'_>, address: usize) -> fmt::Result {
        if address == 0 {
            return self.put("NULL");
        }
        if let Some(error) = error_name::of_pointer(address) {
            return self.write(fmt!("ERR_PTR({error})"));
        }
        let shown = Address::new(address, self.show);
        let is_function = ty.pointee().is_some_and(Type::is_function);
        if is_function {
            self.write(fmt!("{shown}"))?;
        } else {
            self.write(fmt!("({ty}){shown}"))?;
        }
        match symbol_name::of_code(self.kallsyms, address, is_function) {
            Ok(Some(name)) => self.write(fmt!(" <{}>", &*name)),
            Ok(None) => Ok(()),
            Err(_) => {
                self.full = true;
                Err(fmt::Error)
            }
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
