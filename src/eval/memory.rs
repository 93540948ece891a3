// SPDX-License-Identifier: GPL-2.0

//! Objects in memory: members, elements, and what is read there.

use super::{
    Evaluator,
    Item, //
};
use crate::{
    call::{
        convert::{
            words,
            Complaint, //
        },
        kernel_data, //
    },
    ctype::types::{
        Doubt,
        Ty, //
    },
    failure::{
        Failure,
        EOPNOTSUPP, //
    },
    kallsyms::{
        nofault,
        Shape, //
    },
    print::{
        to_c_string,
        Pure, //
    },
    show::value::extend,
    text::{
        self,
        Tree, //
    }, //
};
use kernel::{
    bindings,
    prelude::{
        fmt,
        *, //
    }, //
};

impl<'a> Evaluator<'_, '_, 'a> {
    /// `value.member`
    #[inline(never)]
    pub(crate) fn member_of(
        &mut self,
        tree: &Tree<'_, 'a>,
        name: &str,
        column: usize,
    ) -> Result<Item<'a>, Failure> {
        match self.pop()? {
            (Item::Object(ty, address), _) => self.member(ty, address, name, column),
            (Item::Scalar(ty, _), _) if self.types.pointee(ty).is_some() => Err(self.fail(
                column,
                EINVAL,
                fmt!("this is a pointer, `{}`: its members are after ->", self.types.display(ty)),
            )),
            (Item::Literal(text::Literal::Name(symbol)), node) => Err(self.fail(
                tree.start(node),
                EINVAL,
                fmt!("the kernel's types do not have {symbol}; a cast gives a symbol one: (*(struct name *)&{symbol})"),
            )),
            _ => Err(self.fail(
                column,
                EINVAL,
                fmt!("what stands before this is no structure in memory"),
            )),
        }
    }

    /// `value[index]`
    #[inline(never)]
    pub(crate) fn index(
        &mut self,
        tree: &Tree<'_, 'a>,
        column: usize,
    ) -> Result<Item<'a>, Failure> {
        let (item, operand) = self.pop_value(tree)?;
        let by = self.number(item, tree.start(operand))?;
        let (item, operand) = self.pop()?;
        let (element, address, length) = match item {
            Item::Object(ty, address) if self.types.array(ty).is_some() => {
                let (element, length) = self.types.array(ty).ok_or(EINVAL)?;
                (element, address, length)
            }
            item => {
                self.push(item, operand)?;
                let (element, address) = self.pop_pointer(tree, column)?;
                (element, address, 0)
            }
        };
        if length > 0 && (by.is_negative() || by.bits() >= length as u64) {
            return Err(self.fail(
                column,
                ERANGE,
                fmt!("the array has {length} elements, the first of which is number 0"),
            ));
        }
        let size = self.sized(element, column)?;
        let element = match by.bits() {
            0 => element,
            _ if length > 0 => element,
            _ => element.doubted(Doubt::Computed),
        };
        let offset = by.bits().wrapping_mul(size as u64) as usize;
        Ok(Item::Object(element, address.wrapping_add(offset)))
    }

    /// The size of what a pointer points to.
    pub(crate) fn sized(&self, ty: Ty, column: usize) -> Result<usize, Failure> {
        match self.types.size(ty) {
            0 => Err(self.fail(
                column,
                EINVAL,
                fmt!(
                    "it is not known how large a `{}` is",
                    self.types.display(ty)
                ),
            )),
            size => Ok(size),
        }
    }

    /// `&value`
    #[inline(never)]
    pub(crate) fn address_of(&mut self, column: usize) -> Result<Item<'a>, Failure> {
        match self.pop()? {
            (Item::Object(ty, address), _) => Ok(Item::Scalar(ty.pointer(), address as u64)),
            _ => Err(self.fail(
                column,
                EINVAL,
                fmt!("only what is in memory, and no bit-field, has an address"),
            )),
        }
    }

    /// `per_cpu(name, cpu)`
    #[inline(never)]
    pub(crate) fn per_cpu(
        &mut self,
        tree: &Tree<'_, 'a>,
        name: &text::NameText<'_>,
        column: usize,
    ) -> Result<Item<'a>, Failure> {
        let (item, node) = self.pop_value(tree)?;
        let cpu = self.number(item, tree.start(node))?;
        let text = to_c_string(fmt!("{}", name.symbol))?;
        let complaint = Complaint {
            source: self.setting.asked.source,
            column,
            declaration: &to_c_string(fmt!("per_cpu({})", Pure(*name)))?,
        };
        let address = kernel_data::per_cpu(self.caller.kallsyms(), name, cpu.bits(), &complaint)?;
        match self.types.variable(&text) {
            Some(ty) => Ok(Item::Object(ty, address)),
            None => Err(complaint.say(EINVAL, fmt!("the kernel has no type for it"))),
        }
    }

    /// Fails if a pointer, which is the value of `node`, is null or an error, and no object is there.
    #[inline(never)]
    pub(crate) fn check_object(
        &self,
        tree: &Tree<'_, 'a>,
        bits: u64,
        node: usize,
    ) -> Result<(), Failure> {
        let column = tree.start(node);
        let error = bits as i64;
        let errors = -i64::from(bindings::MAX_ERRNO)..0;
        if bits != 0 && !errors.contains(&error) {
            return Ok(());
        }
        let nodes = tree.nodes();
        let what = match nodes.get(node).map(|node| node.kind) {
            Some(text::NodeKind::Call(name, _)) => to_c_string(fmt!("{}() returned", Pure(name)))?,
            Some(text::NodeKind::Pointee(name) | text::NodeKind::Member(name)) => {
                to_c_string(fmt!("the member {name} is"))?
            }
            _ => to_c_string(fmt!("this is"))?,
        };
        let what = &*what;
        if bits == 0 {
            return Err(self.fail(column, EFAULT, fmt!("{what} NULL")));
        }
        match self.caller.error_name(error) {
            Some(name) => Err(self.fail(column, EFAULT, fmt!("{what} ERR_PTR({error}) ({name})"))),
            None => Err(self.fail(column, EFAULT, fmt!("{what} ERR_PTR({error})"))),
        }
    }

    /// Takes a pointer to an object from the stack: the object's type and address.
    #[inline(never)]
    pub(crate) fn pop_pointer(
        &mut self,
        tree: &Tree<'_, 'a>,
        column: usize,
    ) -> Result<(Ty, usize), Failure> {
        let (item, node) = self.pop_value(tree)?;
        let Item::Scalar(ty, bits) = item else {
            return Err(match item {
                Item::Literal(text::Literal::Address(_)) => self.fail(
                    column,
                    EINVAL,
                    fmt!("the kernel has no type for a symbol; a cast gives it one: (struct name *)&symbol"),
                ),
                Item::Object(ty, _) => self.fail(
                    column,
                    EINVAL,
                    fmt!(
                        "a pointer is wanted here, not a `{}`, whose members are after a dot",
                        self.types.display(ty)
                    ),
                ),
                _ => self.fail(column, EINVAL, fmt!("a pointer is wanted here")),
            });
        };
        let Some(target) = self.types.pointee(ty) else {
            return Err(self.fail(
                column,
                EINVAL,
                fmt!(
                    "a pointer is wanted here, not a `{}`",
                    self.types.display(ty)
                ),
            ));
        };
        self.check_object(tree, bits, node)?;
        Ok((target, bits as usize))
    }

    /// The member of an object.
    #[inline(never)]
    pub(crate) fn member(
        &self,
        ty: Ty,
        address: usize,
        name: &str,
        column: usize,
    ) -> Result<Item<'a>, Failure> {
        let Some(found) = self.types.member(ty, name) else {
            return Err(self.fail(
                column,
                EINVAL,
                fmt!("`{}` has no member {name}", self.types.display(ty)),
            ));
        };
        let Some(bits) = found.bits else {
            let address = address.wrapping_add(found.bit_offset / 8);
            return Ok(Item::Object(found.ty, address));
        };
        // The bytes that have the bits: C has no bit-field of more than 64.
        let begin = found.bit_offset / 8;
        let shift = found.bit_offset % 8;
        let length = (shift + bits as usize).div_ceil(8).min(16);
        let mut bytes = [0u8; 16];
        if let Some(bytes) = bytes.get_mut(..length) {
            self.read(address.wrapping_add(begin), bytes, column)?;
        }
        let signed = matches!(
            self.types.shape(found.ty),
            Shape::Integer { signed: true, .. } | Shape::Enum { signed: true, .. }
        );
        let value = (u128::from_le_bytes(bytes) >> shift) as u64;
        let value = extend(value, bits, signed);
        Ok(Item::Scalar(found.ty.of_bits(bits, signed), value))
    }

    /// Reads memory for what is in `column`.
    pub(crate) fn read(&self, address: usize, to: &mut [u8], column: usize) -> Result<(), Failure> {
        nofault::read(address, to)
            .map_err(|errno| self.fail(column, errno, fmt!("the memory of this cannot be read")))
    }

    /// What a structure has, in the words in which it is passed by value.
    #[inline(never)]
    pub(crate) fn by_value(
        &self,
        ty: Ty,
        address: usize,
        column: usize,
    ) -> Result<[usize; 2], Failure> {
        let mut bytes = [0; 16];
        let Some(place) = bytes.get_mut(..self.types.size(ty)) else {
            return Err(self.fail(
                column,
                EOPNOTSUPP(),
                fmt!(
                    "a `{}` cannot be passed by value: it has more than 16 bytes",
                    self.types.display(ty)
                ),
            ));
        };
        self.read(address, place, column)?;
        Ok(words(bytes))
    }

    /// The value of what is in memory; an array's is a pointer to its first element.
    #[inline(never)]
    pub(crate) fn load(
        &self,
        tree: &Tree<'_, 'a>,
        item: Item<'a>,
        node: usize,
    ) -> Result<Item<'a>, Failure> {
        let Item::Object(ty, address) = item else {
            return Ok(item);
        };
        if let Some((element, _)) = self.types.array(ty) {
            return Ok(Item::Scalar(element.pointer(), address as u64));
        }
        if self.types.shape(ty) == Shape::Aggregate && self.types.size(ty) > 0 {
            return Ok(item);
        }
        let column = tree.nodes().get(node).map_or(1, |node| node.column);
        Ok(Item::Scalar(ty, self.load_scalar(ty, address, column)?))
    }

    /// The value of a number or a pointer in memory.
    #[inline(never)]
    pub(crate) fn load_scalar(
        &self,
        ty: Ty,
        address: usize,
        column: usize,
    ) -> Result<u64, Failure> {
        let size = self.types.size(ty);
        let mut bytes = [0u8; 8];
        let (
            Shape::Bool | Shape::Integer { .. } | Shape::Enum { .. } | Shape::Pointer,
            Some(part),
            1..,
        ) = (self.types.shape(ty), bytes.get_mut(..size), size)
        else {
            return Err(self.fail(
                column,
                EINVAL,
                fmt!("a `{}` has no value", self.types.display(ty)),
            ));
        };
        self.read(address, part, column)?;
        Ok(self.fill(ty, u64::from_le_bytes(bytes)))
    }

    /// A value of the type in 64 bits, of which the upper ones may mean nothing.
    pub(crate) fn fill(&self, ty: Ty, bits: u64) -> u64 {
        match self.types.shape(ty) {
            Shape::Bool => u64::from(bits & 0xff != 0),
            Shape::Integer { size, signed } | Shape::Enum { size, signed } => {
                extend(bits, size * 8, signed)
            }
            _ => bits,
        }
    }
}
