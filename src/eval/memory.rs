// SPDX-License-Identifier: GPL-2.0

//! Objects in memory: their members and elements, and how they are read.

use super::{
    Evaluator,
    StackValue, //
};
use crate::{
    call::{
        arguments::Complaint,
        convert::words,
        kernel_data, //
    },
    ctype::{
        bits::{
            extend,
            is_signed,
            BitField, //
        },
        ty::{
            Doubt,
            Ty, //
        },
        types::Found, //
    },
    failure::{
        unsafe_in,
        Failure,
        EOPNOTSUPP, //
    },
    kallsyms::Shape,
    print::{
        to_c_string,
        Pure, //
    },
    show::{
        error_name,
        Facts, //
    },
    text::{
        self,
        Tree, //
    }, //
};
use kernel::prelude::{
    fmt,
    *, //
};

/// How many elements a slice can have.
const MAX_SLICE: usize = 4096;

impl<'c, 'a> Evaluator<'c, '_, 'a> {
    /// Takes the value on top; if it is the name of a variable, the variable.
    fn pop_place(&mut self, tree: &Tree<'_, 'a>) -> Result<(StackValue<'a>, usize), Failure> {
        let (item, node) = self.pop()?;
        Ok((self.variable(item, tree.start(node))?, node))
    }

    /// `value.member`
    #[inline(never)]
    pub(crate) fn member_of(
        &mut self,
        tree: &Tree<'_, 'a>,
        name: &str,
        index: usize,
    ) -> Result<StackValue<'a>, Failure> {
        let column = tree.place(index);
        match self.pop_place(tree)? {
            (StackValue::Object(ty, address), _) => {
                self.known_member(ty, address, name, index, column)
            }
            (StackValue::Scalar(ty, _), _) if self.types.pointee(ty).is_some() => Err(self.fail(
                column,
                EINVAL,
                fmt!("this is a pointer, `{}`: its members are after ->", self.types.display(ty)),
            )),
            (StackValue::Literal(text::Literal::Name(symbol)), node) => Err(self.fail(
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
    ) -> Result<StackValue<'a>, Failure> {
        let (item, operand) = self.pop_value(tree)?;
        let by = self.number(item, tree.start(operand))?;
        let (item, operand) = self.pop_place(tree)?;
        let (element, address, length) = match item {
            StackValue::Object(ty, address) if self.types.array(ty).is_some() => {
                let (element, length) = self.types.array(ty).ok_or(EINVAL)?;
                (element, address, length)
            }
            item => {
                let is_indexed =
                    tree.nodes().get(operand).map(|node| node.kind) == Some(text::NodeKind::Index);
                if let (StackValue::Object(ty, _), true) = (item, is_indexed) {
                    if self.types.pointee(ty).is_none() {
                        return Err(self.fail(
                            column,
                            EINVAL,
                            fmt!("the kernel's types have the dimensions of an array as one: [i * columns + j]"),
                        ));
                    }
                }
                self.push(item, operand)?;
                let (element, address) = self.pop_pointer(tree, column)?;
                (element, address, 0)
            }
        };
        if length > 0 && (by.is_negative() || by.bits() >= length as u64) {
            return Err(self.fail(
                column,
                ERANGE,
                fmt!("the array has {length} elements, numbered from 0"),
            ));
        }
        let size = self.sized(element, column)?;
        let element = match by.bits() {
            0 => element,
            _ if length > 0 => element,
            _ => element.doubted(Doubt::Computed),
        };
        let offset = i64::try_from(size).ok();
        let offset = offset.and_then(|size| size.checked_mul(by.bits() as i64));
        let Some(offset) = offset else {
            return Err(self.fail(column, ERANGE, fmt!("this element is too far away")));
        };
        let address = address.wrapping_add_signed(offset as isize);
        Ok(StackValue::Object(element, address))
    }

    /// The size of a type. Fails if it is not known.
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

    /// `per_cpu_ptr(pointer, cpu)`
    #[inline(never)] // frame
    pub(super) fn per_cpu_pointer(
        &mut self,
        tree: &Tree<'_, 'a>,
        column: usize,
    ) -> Result<StackValue<'a>, Failure> {
        let cpu = self.pop_operand(tree)?;
        let cpu = self.number(cpu.item, cpu.column)?.bits();
        let pointer = self.pop_operand(tree)?;
        let Some((ty, bits)) = self.pointer_of(pointer.item) else {
            return Err(self.fail(
                pointer.column,
                EINVAL,
                fmt!("per_cpu_ptr takes a per-CPU pointer"),
            ));
        };
        match kernel_data::per_cpu_at(bits as usize, cpu) {
            0 => Err(self.fail(column, ENODEV, fmt!("there is no CPU {cpu}"))),
            address => Ok(StackValue::Scalar(ty, address as u64)),
        }
    }

    /// `object@count`
    #[inline(never)] // frame
    pub(super) fn slice(
        &mut self,
        tree: &Tree<'_, 'a>,
        column: usize,
    ) -> Result<StackValue<'a>, Failure> {
        let count = self.pop_operand(tree)?;
        let count = self.number(count.item, count.column)?.bits();
        let (item, _) = self.pop_place(tree)?;
        let StackValue::Object(ty, address) = item else {
            return Err(self.fail(
                column,
                EINVAL,
                fmt!("@n follows what is in memory: *pointer@n"),
            ));
        };
        let (element, length) = self.types.array(ty).unwrap_or((ty, 1));
        let Ok(count @ 1..=MAX_SLICE) = usize::try_from(count) else {
            return Err(self.fail(
                column,
                ERANGE,
                fmt!("a slice has 1 to {MAX_SLICE} elements"),
            ));
        };
        let slice = self.array_of(element, count, column)?;
        // Only the user says that there are more.
        let slice = if count > length {
            slice.doubted(Doubt::Computed)
        } else {
            slice
        };
        Ok(StackValue::Object(slice, address))
    }

    /// `&value`
    #[inline(never)]
    pub(crate) fn address_of(&mut self, column: usize) -> Result<StackValue<'a>, Failure> {
        match self.pop()? {
            (StackValue::Object(ty, address), _) => {
                Ok(StackValue::Scalar(ty.pointer(), address as u64))
            }
            _ => Err(self.no_address(column)),
        }
    }

    /// The error for `&` before a value that is not in memory.
    pub(super) fn no_address(&self, column: usize) -> Failure {
        let what = fmt!("only what is in memory, and no bit-field, has an address");
        self.fail(column, EINVAL, what)
    }

    /// `per_cpu(name, cpu)`
    #[inline(never)]
    pub(crate) fn per_cpu(
        &mut self,
        tree: &Tree<'_, 'a>,
        name: &text::NameText<'_>,
        column: usize,
    ) -> Result<StackValue<'a>, Failure> {
        let (item, node) = self.pop_value(tree)?;
        let cpu = self.number(item, tree.start(node))?;
        let text = to_c_string(fmt!("{}", name.symbol))?;
        let complaint = Complaint {
            source: self.settings.source,
            column,
            declaration: &to_c_string(fmt!("per_cpu({})", Pure(*name)))?,
        };
        let kallsyms = self.caller.kallsyms();
        let (address, is_only) = kernel_data::per_cpu(kallsyms, name, cpu.bits(), &complaint)?;
        match self.types.variable(&text) {
            Some(ty) if is_only => Ok(StackValue::Object(ty, address)),
            _ => Err(complaint.say(EINVAL, fmt!("the kernel has no type for it"))),
        }
    }

    /// Fails if `bits`, a pointer that is the value of `node`, is NULL or an error instead of an
    /// object's address.
    #[inline(never)]
    pub(crate) fn check_object(
        &self,
        tree: &Tree<'_, 'a>,
        bits: u64,
        node: usize,
    ) -> Result<(), Failure> {
        let column = tree.start(node);
        let error = error_name::of_pointer(bits as usize);
        if bits != 0 && error.is_none() {
            return Ok(());
        }
        self.is_fault.set(true);
        let nodes = tree.nodes();
        let what = match nodes.get(node).map(|node| node.kind) {
            Some(text::NodeKind::Call(name, _)) => to_c_string(fmt!("{}() returned", Pure(name)))?,
            Some(text::NodeKind::Pointee(name) | text::NodeKind::Member(name)) => {
                to_c_string(fmt!("the member {name} is"))?
            }
            _ => to_c_string(fmt!("this is"))?,
        };
        let what = &*what;
        let Some(error) = error else {
            let idiom = match nodes.get(node).map(|node| node.kind) {
                Some(text::NodeKind::Cast(_)) => {
                    "; how far a member is, offsetof(type, member) says"
                }
                _ => "",
            };
            return Err(self.fail(column, EFAULT, fmt!("{what} NULL{idiom}")));
        };
        match self.caller.errors.name(error) {
            Some(name) => Err(self.fail(column, EFAULT, fmt!("{what} ERR_PTR({error}) ({name})"))),
            None => Err(self.fail(column, EFAULT, fmt!("{what} ERR_PTR({error})"))),
        }
    }

    /// Takes a pointer to an object from the stack. Returns the object's type and address.
    #[inline(never)]
    pub(crate) fn pop_pointer(
        &mut self,
        tree: &Tree<'_, 'a>,
        column: usize,
    ) -> Result<(Ty, usize), Failure> {
        let (item, node) = self.pop_value(tree)?;
        let StackValue::Scalar(ty, bits) = item else {
            return Err(match item {
                StackValue::Literal(text::Literal::Address(_)) => self.fail(
                    column,
                    EINVAL,
                    fmt!("the kernel has no type for a symbol; a cast gives it one: (struct name *)&symbol"),
                ),
                StackValue::Object(ty, _) => self.fail(
                    column,
                    EINVAL,
                    fmt!(
                        "a pointer is wanted here, not a `{}`, whose members are after a dot",
                        self.types.display(ty)
                    ),
                ),
                StackValue::Literal(text::Literal::Integer { .. }) => self.fail(
                    column,
                    EINVAL,
                    fmt!("a pointer is wanted here; with unsafe, a cast makes a number one: (type *)number"),
                ),
                _ => self.fail(column, EINVAL, fmt!("a pointer is wanted here")),
            });
        };
        let Some(target) = self.types.pointee(ty) else {
            return Err(self.no_pointer(ty, column));
        };
        // BTF has the tag only if the compiler writes it; gcc 14 does not.
        let is_per_cpu = self.types.is_per_cpu(ty)
            || kernel_data::is_per_cpu_pointer(self.caller.kallsyms(), bits as usize);
        if is_per_cpu && !self.settings.unsafe_call {
            return Err(self.fail(
                column,
                EINVAL,
                fmt!("each CPU has its own of what this points to: per_cpu_ptr(pointer, cpu)"),
            ));
        }
        self.check_object(tree, bits, node)?;
        Ok((target, bits as usize))
    }

    /// The error for a value of this type where a pointer is wanted.
    pub(super) fn no_pointer(&self, ty: Ty, column: usize) -> Failure {
        let ty = self.types.display(ty);
        self.fail(
            column,
            EINVAL,
            fmt!("a pointer is wanted here, not a `{ty}`"),
        )
    }

    /// `pointer->member`
    #[inline(never)] // frame
    pub(super) fn pointee_member(
        &mut self,
        tree: &Tree<'_, 'a>,
        name: &str,
        index: usize,
    ) -> Result<StackValue<'a>, Failure> {
        let column = tree.place(index);
        let (ty, address) = self.pop_pointer(tree, column)?;
        self.known_member(ty, address, name, index, column)
    }

    /// A member of an object. A program looks it up once for each place in the text.
    fn known_member(
        &mut self,
        ty: Ty,
        address: usize,
        name: &str,
        index: usize,
        column: usize,
    ) -> Result<StackValue<'a>, Failure> {
        let mut members = self.members.iter();
        let known = members.find(|(node, of, _)| *node == index && of.is_identical(ty));
        let found = match known {
            Some((_, _, found)) => *found,
            None => {
                let found = self.find_member(ty, name, column)?;
                if !self.locals.is_empty() {
                    self.members.push((index, ty, found), GFP_KERNEL)?;
                }
                found
            }
        };
        self.at_member(found, address, column)
    }

    /// A member of an object, by its name.
    pub(crate) fn member(
        &self,
        ty: Ty,
        address: usize,
        name: &str,
        column: usize,
    ) -> Result<StackValue<'a>, Failure> {
        let found = self.find_member(ty, name, column)?;
        self.at_member(found, address, column)
    }

    /// Finds the member of a type that has this name.
    #[inline(never)] // frame
    pub(super) fn find_member(&self, ty: Ty, name: &str, column: usize) -> Result<Found, Failure> {
        self.types.member(ty, name).ok_or_else(|| {
            self.fail(
                column,
                EINVAL,
                fmt!("`{}` has no member {name}", self.types.display(ty)),
            )
        })
    }

    /// The member `found` of the object at `address`.
    #[inline(never)] // frame
    fn at_member(
        &self,
        found: Found,
        address: usize,
        column: usize,
    ) -> Result<StackValue<'a>, Failure> {
        let Some(bits) = found.bits else {
            let address = address.wrapping_add(found.bit_offset / 8);
            return Ok(StackValue::Object(found.ty, address));
        };
        let field = BitField::new(found.bit_offset, bits);
        let mut bytes = [0u8; 9];
        let place = bytes.get_mut(..field.size).ok_or(EINVAL)?;
        self.read(address.wrapping_add(field.offset), place, column)?;
        let signed = is_signed(self.types.shape(found.ty));
        let value = field.read(place, signed);
        Ok(StackValue::Scalar(found.ty.of_bits(bits, signed), value))
    }

    /// Reads memory. An error is reported at `column`.
    pub(crate) fn read(&self, address: usize, to: &mut [u8], column: usize) -> Result<(), Failure> {
        let mut facts = self.facts();
        // Memory that we lend to functions is not a device's.
        facts.devices |= self.execution.memory.has(address);
        facts.read(address, to).map_err(|errno| {
            self.is_fault.set(errno != EPERM);
            if errno == EPERM {
                self.fail(
                    column,
                    errno,
                    fmt!(
                        "this is the memory of a device, which reading may change; {} reads it",
                        unsafe_in(self.settings.source)
                    ),
                )
            } else {
                self.fail(column, errno, fmt!("the memory of this cannot be read"))
            }
        })
    }

    /// What is known of values beyond their types.
    pub(crate) fn facts(&self) -> Facts<'c> {
        self.caller
            .facts(self.settings.unsafe_call, self.text_limit())
    }

    /// A structure as the words in which it is passed by value.
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
                    "a `{}` cannot be passed by value: it has more than 16 bytes; without `*` a pointer is passed",
                    self.types.display(ty)
                ),
            ));
        };
        self.read(address, place, column)?;
        Ok(words(bytes))
    }

    /// Reads the value of an object in memory; for an array, this is a pointer to its first
    /// element.
    #[inline(never)]
    pub(crate) fn load(
        &self,
        tree: &Tree<'_, 'a>,
        item: StackValue<'a>,
        node: usize,
    ) -> Result<StackValue<'a>, Failure> {
        let (ty, address) = match item {
            StackValue::Object(ty, address) => (self.known_type(ty, address), address),
            StackValue::Local(number) => return Err(self.no_value(number, tree.start(node))),
            item => return self.typed_symbol(item, tree.start(node)),
        };
        if let Some((element, _)) = self.types.array(ty) {
            return Ok(StackValue::Scalar(element.pointer(), address as u64));
        }
        let is_wide = matches!(self.types.shape(ty), Shape::Integer { size: 16, .. });
        if is_wide || self.types.shape(ty) == Shape::Aggregate && self.types.size(ty) > 0 {
            return Ok(StackValue::Object(ty, address));
        }
        let column = tree.nodes().get(node).map_or(1, |node| node.column);
        Ok(StackValue::Scalar(
            ty,
            self.load_scalar(ty, address, column)?,
        ))
    }

    /// The type of the object at an address. It is in doubt if it has pointers that a function may
    /// have overwritten.
    pub(super) fn known_type(&self, ty: Ty, address: usize) -> Ty {
        if ty.doubt.is_none()
            && !self.execution.memory.is_known(address)
            && self.types.has_pointer(ty)
        {
            return ty.doubted(Doubt::Overwritten);
        }
        ty
    }

    /// Reads a number or a pointer.
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
            let why = match self.types.shape(ty) {
                Shape::Float => "; floating point is not supported",
                _ => "",
            };
            return Err(self.fail(
                column,
                EINVAL,
                fmt!("a `{}` has no value{why}", self.types.display(ty)),
            ));
        };
        self.read(address, part, column)?;
        Ok(self.extended(ty, u64::from_le_bytes(bytes)))
    }

    /// Extends a value of this type to 64 bits. The bits above its size are ignored.
    pub(crate) fn extended(&self, ty: Ty, bits: u64) -> u64 {
        match self.types.shape(ty) {
            Shape::Bool => u64::from(bits & 0xff != 0),
            Shape::Integer { size, signed } | Shape::Enum { size, signed } => {
                extend(bits, size * 8, signed)
            }
            _ => bits,
        }
    }
}
