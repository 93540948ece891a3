// SPDX-License-Identifier: GPL-2.0

//! Locals, and assignments to them. Each local has memory of its own, whose address can be passed
//! to functions.

use super::{
    Evaluator,
    Operand,
    StackValue, //
};
use crate::{
    call::variables,
    ctype::ty::{
        Doubt,
        Ty, //
    },
    failure::{
        Failure,
        ELOOP, //
    },
    kallsyms::{
        nofault,
        Shape, //
    },
    print::to_c_string,
    run::{
        MAX_MEMORY,
        MAX_PIECE, //
    },
    text::{
        self,
        Binary,
        Declared,
        Literal,
        Number,
        Tree, //
    }, //
};
use kernel::prelude::{
    fmt,
    *, //
};

/// A local while a program runs.
pub(super) struct Local<'a> {
    text: text::Local<'a>,
    /// Its type, once it has one.
    ty: Option<Ty>,
    /// The type that it had at an earlier turn of a loop.
    former: Option<Ty>,
    /// Its memory, once it has a type.
    address: usize,
    size: usize,
    /// For a local that walks along a list: a node where it was, how many turns ago that was, and
    /// after how many turns another node is noted (Brent's algorithm).
    mark: (u64, u64, u64),
}

impl<'a> Local<'a> {
    pub(super) const fn new(text: text::Local<'a>) -> Self {
        Self {
            text,
            ty: None,
            former: None,
            address: 0,
            size: 0,
            mark: (0, 0, 1),
        }
    }
}

impl<'a> Evaluator<'_, '_, 'a> {
    /// The value of a local, or the local itself, if it has no value yet.
    pub(super) fn local(&self, number: usize) -> Result<StackValue<'a>, Failure> {
        let local = self.locals.get(number).ok_or(EINVAL)?;
        Ok(match local.ty {
            None => StackValue::Local(number),
            Some(ty) => StackValue::Object(ty, local.address),
        })
    }

    /// The name of a local.
    pub(super) fn local_name(&self, number: usize) -> &'a str {
        self.locals.get(number).map_or("", |local| local.text.name)
    }

    /// The error for a local that has no value.
    pub(super) fn no_value(&self, number: usize, column: usize) -> Failure {
        let name = self.local_name(number);
        self.fail(column, EINVAL, fmt!("{name} has no value yet"))
    }

    /// Declares a local, and makes its memory zero.
    #[inline(never)] // frame
    pub(super) fn declare(&mut self, number: usize, tree: &Tree<'_, 'a>) -> Result<(), Failure> {
        let Some(local) = self.locals.get_mut(number) else {
            return Ok(());
        };
        local.mark = (0, 0, 1);
        local.ty = None;
        let (column, declared) = (local.text.column, local.text.declared);
        let (ty, count) = match declared {
            Declared::Type(ty) => (ty, None),
            Declared::Array(ty, count) => (ty, Some(count)),
            Declared::Auto | Declared::Assigned => return Ok(()),
        };
        let mut ty = self.written_type(tree, &ty, column)?.with_doubt(None);
        if let Some(count) = count {
            ty = self.array_of(ty, count, column)?;
        }
        let size = self.sized(ty, column)?;
        self.give_memory(number, ty, size, column)
    }

    /// Gives a local a type and memory.
    fn give_memory(
        &mut self,
        number: usize,
        ty: Ty,
        size: usize,
        column: usize,
    ) -> Result<(), Failure> {
        let address = self.at_place(!number, |this| match this.execution.memory.add(size) {
            Ok(memory) => Ok(memory.as_ptr() as usize),
            Err(errno) if errno == E2BIG => Err(this.fail(
                column,
                errno,
                fmt!("{size} bytes are too many for a local; it can have {MAX_PIECE}, and all memory of a program {MAX_MEMORY}"),
            )),
            Err(errno) => Err(errno.into()),
        })?;
        let local = self.locals.get_mut(number).ok_or(EINVAL)?;
        (local.ty, local.address, local.size) = (Some(ty), address, size);
        let former = local.former.replace(ty);
        // A pointer to the local may have been taken while it had the other type.
        if former.is_some_and(|former| !self.types.is_same(former, ty)) {
            self.execution.memory.mix(address);
        }
        Ok(())
    }

    /// `=`, or `+=` and the like. The stack has the target and, on top, the value.
    #[inline(never)] // frame
    pub(super) fn assign(
        &mut self,
        tree: &Tree<'_, 'a>,
        operator: Option<Binary>,
        index: usize,
    ) -> Result<StackValue<'a>, Failure> {
        let column = tree.place(index);
        let (value, _) = self.pop_value(tree)?;
        let (target, node) = self.pop()?;
        let value = match operator {
            None => value,
            Some(operator) => {
                let before = self.load(tree, target, node)?;
                let operand = |item| Operand { item, column };
                self.compute(operator, operand(before), operand(value), column)?
            }
        };
        let value = self.valued(value, index, column)?;
        self.store(target, value, column)
    }

    /// `++` and `--`
    #[inline(never)] // frame
    pub(super) fn step(
        &mut self,
        tree: &Tree<'_, 'a>,
        up: bool,
        after: bool,
        column: usize,
    ) -> Result<StackValue<'a>, Failure> {
        let (target, node) = self.pop()?;
        let before = self.load(tree, target, node)?;
        let operator = if up { Binary::Add } else { Binary::Subtract };
        let one = super::scalar(Number::int(1));
        let operand = |item| Operand { item, column };
        let now = self.compute(operator, operand(before), operand(one), column)?;
        let now = self.store(target, now, column)?;
        Ok(if after { before } else { now })
    }

    /// Stores a value in a local, or in a part of one.
    fn store(
        &mut self,
        target: StackValue<'a>,
        value: StackValue<'a>,
        column: usize,
    ) -> Result<StackValue<'a>, Failure> {
        let (ty, address) = match target {
            StackValue::Local(number) => {
                self.refuse_variable(number, column)?;
                let ty = match value {
                    StackValue::Scalar(ty, _) | StackValue::Object(ty, _) => ty,
                    _ => return Err(self.fail(column, EINVAL, fmt!("this has no value to keep"))),
                };
                let size = self.sized(ty, column)?;
                self.give_memory(number, ty, size, column)?;
                let address = self.locals.get(number).map_or(0, |local| local.address);
                (ty, address)
            }
            StackValue::Object(ty, address) => (ty, address),
            _ => return Err(self.fail(column, EINVAL, fmt!("a bit-field cannot be assigned to"))),
        };
        let size = self.types.size(ty);
        let is_inside = |local: &Local<'_>| {
            local.size > 0
                && address >= local.address
                && address.wrapping_add(size) <= local.address + local.size
        };
        let Some(number) = self.locals.iter().position(is_inside) else {
            return Err(self.fail(
                column,
                EPERM,
                fmt!("only locals are assigned to; functions write the kernel's memory"),
            ));
        };
        let (bytes, doubt) = self.converted(ty, value, column)?;
        self.execution.memory.write(address, size, &bytes)?;
        if let Some(local) = self.locals.get_mut(number) {
            let whole = local.address == address && local.size == size;
            // An element may lie beyond its array, and a number may overwrite a pointer. A pointer
            // to the local must show the doubt, too.
            let unsure = ty.doubt.is_some() || self.types.shape(ty) != Shape::Pointer;
            if doubt.is_some() || !whole && unsure {
                self.execution.memory.forget(address);
            }
            // A doubt about a member is a doubt about the whole structure.
            local.ty = local
                .ty
                .map(|known| known.with_doubt(if whole { doubt } else { known.doubt.or(doubt) }));
        }
        Ok(match value {
            StackValue::Object(..) => StackValue::Object(ty, address),
            _ => StackValue::Scalar(ty.with_doubt(doubt), self.load_scalar(ty, address, column)?),
        })
    }

    /// Fails if a local that was not declared has the name of a variable.
    fn refuse_variable(&self, number: usize, column: usize) -> Result<(), Failure> {
        let name = self.local_name(number);
        let local = self.locals.get(number);
        let is_declared = local.is_none_or(|local| local.text.declared != Declared::Assigned);
        let name_text = to_c_string(fmt!("{name}"))?;
        if is_declared || variables::declared(&self.types, &name_text)?.is_none() {
            return Ok(());
        }
        Err(self.fail(
            column,
            EPERM,
            fmt!("{name} is a variable of the kernel, which is not assigned to; `auto {name} =` is a local"),
        ))
    }

    /// The value with a type of its own: literals get one, so that they can be stored.
    fn valued(
        &mut self,
        value: StackValue<'a>,
        index: usize,
        column: usize,
    ) -> Result<StackValue<'a>, Failure> {
        if let Some(address) = self.function_pointer(value, column)? {
            return Ok(StackValue::Scalar(Ty::void_pointer(), address));
        }
        Ok(match value {
            StackValue::Literal(Literal::Null) => StackValue::Scalar(Ty::void_pointer(), 0),
            StackValue::Literal(Literal::String(text)) => {
                let address = self.at_place(index, |this| {
                    let memory = &mut this.execution.memory;
                    Ok(memory.add_string(text.len(), text.bytes())?)
                })?;
                StackValue::Scalar(self.types.text_pointer(), address as u64)
            }
            StackValue::Literal(Literal::Address(name)) => {
                match self.typed_symbol(value, column)? {
                    StackValue::Literal(_) => {
                        let address = self.symbol_address(&name, column)?;
                        StackValue::Scalar(Ty::void_pointer().of_symbol(true), address as u64)
                    }
                    value => value,
                }
            }
            StackValue::Literal(_) => super::scalar(self.number(value, column)?),
            value => value,
        })
    }

    /// The bytes of a value, converted to the type `to`, and the doubt about it.
    #[inline(never)] // frame
    fn converted(
        &self,
        to: Ty,
        value: StackValue<'a>,
        column: usize,
    ) -> Result<(KVVec<u8>, Option<Doubt>), Failure> {
        let size = self.types.size(to);
        let mut bytes = KVVec::from_elem(0u8, size, GFP_KERNEL)?;
        let ty = match value {
            StackValue::Object(ty, address) if self.types.is_same(ty, to) => {
                nofault::read(address, &mut bytes)?;
                return Ok((bytes, ty.doubt));
            }
            StackValue::Object(ty, _) => ty,
            StackValue::Scalar(ty, bits) => {
                let is_same = self.types.is_same(ty, to);
                let is_pointer = self.types.shape(ty) == Shape::Pointer;
                let fits = match (self.types.shape(to), is_pointer) {
                    (Shape::Pointer, true) => {
                        let is_void = |ty: Ty| {
                            let target = self.types.pointee(ty);
                            target.is_some_and(|ty| self.types.shape(ty) == Shape::Void)
                        };
                        is_void(ty) || is_void(to) || is_same
                    }
                    (Shape::Pointer, false) => bits == 0,
                    (Shape::Bool, _) => true,
                    (Shape::Integer { .. } | Shape::Enum { .. }, false) => true,
                    _ => false,
                };
                if fits {
                    let bits = match self.types.shape(to) {
                        Shape::Bool => u64::from(bits != 0),
                        _ => bits,
                    };
                    for (place, byte) in bytes.iter_mut().zip(bits.to_le_bytes()) {
                        *place = byte;
                    }
                    // The program decides what a `void *` points to.
                    if is_pointer && !is_same {
                        // A function that gets this pointer may write anything there.
                        self.execution.memory.forget(bits as usize);
                    }
                    let doubt = match ty.doubt {
                        None if is_pointer && bits != 0 && !is_same => Some(Doubt::Cast),
                        doubt => doubt,
                    };
                    return Ok((bytes, doubt));
                }
                ty
            }
            _ => Ty::VOID,
        };
        Err(self.fail(
            column,
            EINVAL,
            fmt!(
                "a `{}` cannot be kept as a `{}`; a cast makes it one",
                self.types.display(ty),
                self.types.display(to)
            ),
        ))
    }

    /// Fails if a local that walks along a list is back at a node where it was before.
    pub(super) fn circle(&mut self, number: usize, column: usize) -> Result<(), Failure> {
        let Some(Local {
            ty: Some(ty),
            address,
            ..
        }) = self.locals.get(number)
        else {
            return Ok(());
        };
        let place = self.load_scalar(*ty, *address, column)?;
        let Some(local) = self.locals.get_mut(number) else {
            return Ok(());
        };
        let (mark, gone, limit) = &mut local.mark;
        if place != 0 && place == *mark {
            return Err(self.fail(column, ELOOP(), fmt!("this list runs in a circle")));
        }
        *gone += 1;
        if *gone >= *limit {
            (*mark, *gone, *limit) = (place, 0, limit.saturating_mul(2));
        }
        Ok(())
    }
}
