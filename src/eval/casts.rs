// SPDX-License-Identifier: GPL-2.0

//! Casts, and the types of symbols.

use super::{
    Evaluator,
    Operand,
    StackValue, //
};
use crate::{
    call::{
        arguments::Complaint,
        kernel_data,
        variables::{
            self,
            FoundVariable, //
        }, //
    },
    ctype::ty::{
        Doubt,
        Ty, //
    },
    failure::{
        unsafe_in,
        Failure, //
    },
    kallsyms::Shape,
    print::{
        to_c_string,
        Pure, //
    },
    text, //
};
use kernel::prelude::{
    fmt,
    *, //
};

impl<'a> Evaluator<'_, '_, 'a> {
    /// `(type)value`
    #[inline(never)] // frame
    pub(super) fn cast_to(
        &mut self,
        tree: &text::Tree<'_, 'a>,
        ty: &text::TypeName<'a>,
        column: usize,
    ) -> Result<StackValue<'a>, Failure> {
        let symbol = match self.stack.last() {
            Some((StackValue::Literal(text::Literal::Address(name)), _)) => Some(*name),
            _ => None,
        };
        let operand = self.pop_operand(tree)?;
        let about = match operand.item {
            StackValue::Scalar(ty, _) | StackValue::Object(ty, _) => Some(ty),
            _ => None,
        };
        let to = match ty.base {
            text::Base::TypeOf(..) => self.written_type(tree, ty, column)?,
            _ => self.said(ty, about, column)?,
        };
        if let Some(name) = symbol {
            self.check_room(&name, operand.item, to, column)?;
        }
        self.cast(operand, to, column)
    }

    /// Makes a value one of another type.
    #[inline(never)]
    fn cast(&self, operand: Operand<'a>, to: Ty, column: usize) -> Result<StackValue<'a>, Failure> {
        if self.types.pointee(to).is_none() {
            return self.cast_to_number(operand, to, column);
        }
        match operand.item {
            StackValue::Literal(text::Literal::Null) => Ok(StackValue::Scalar(to, 0)),
            StackValue::Literal(text::Literal::Address(name)) => {
                self.cast_symbol(&name, to, column)
            }
            StackValue::Scalar(ty, bits) if self.types.shape(ty) == Shape::Pointer => {
                // A cast to what it is already changes nothing.
                let same = self.types.is_same(ty, to)
                    && !self.types.has_inner_const(ty)
                    && (to.constant || !self.types.pointee(ty).is_some_and(|ty| ty.constant));
                if !same {
                    // Who gets this may write anything there.
                    self.execution.memory.forget(bits as usize);
                }
                let doubt = match ty.doubt {
                    None | Some(Doubt::Symbol | Doubt::Earlier) if !same => Some(Doubt::Cast),
                    doubt => doubt,
                };
                Ok(StackValue::Scalar(to.with_doubt(doubt), bits))
            }
            StackValue::Object(ty, _) if self.types.shape(ty) == Shape::Aggregate => Err(self
                .fail(
                    operand.column,
                    EINVAL,
                    fmt!(
                        "this is a `{}`, not a pointer; & before it is its address",
                        self.types.display(ty)
                    ),
                )),
            item => {
                let number = self.number(item, operand.column)?;
                if number.bits() == 0 {
                    return Ok(StackValue::Scalar(to, 0));
                }
                if !self.settings.unsafe_call {
                    return Err(self.fail(
                        operand.column,
                        EPERM,
                        fmt!(
                            "an address as a number needs {}",
                            unsafe_in(self.settings.source)
                        ),
                    ));
                }
                Ok(StackValue::Scalar(to, number.bits()))
            }
        }
    }

    /// The address of a symbol as a pointer, if its type is known.
    #[inline(never)]
    pub(super) fn typed_symbol(
        &self,
        item: StackValue<'a>,
        column: usize,
    ) -> Result<StackValue<'a>, Failure> {
        let StackValue::Literal(text::Literal::Address(name)) = item else {
            return Ok(item);
        };
        let complaint = Complaint {
            source: self.settings.source,
            column,
            declaration: &to_c_string(fmt!("&{}", Pure(name)))?,
        };
        let kallsyms = self.caller.kallsyms();
        Ok(
            match variables::pointer_to(kallsyms, &self.types, &name, &complaint)? {
                Some(FoundVariable {
                    pointer,
                    address,
                    // The address of an array is only cast.
                    count: None,
                }) => StackValue::Scalar(pointer, address as u64),
                _ => item,
            },
        )
    }

    /// The address of data of the kernel itself, whose type is not known.
    pub(super) fn symbol_address(
        &self,
        name: &text::NameText<'_>,
        column: usize,
    ) -> Result<usize, Failure> {
        let complaint = Complaint {
            source: self.settings.source,
            column,
            declaration: c"void *",
        };
        kernel_data::address(self.caller.kallsyms(), name, true, 0, &complaint)
    }

    /// `&variable.member.member`, whose dots are in symbols' names, too: [`None`] if there is no
    /// such variable.
    #[inline(never)] // frame
    pub(super) fn member_address(
        &self,
        name: text::NameText<'a>,
        column: usize,
    ) -> Result<Option<StackValue<'a>>, Failure> {
        let mut parts = name.symbol.split('.');
        let symbol = parts.next().unwrap_or_default();
        let variable = text::NameText { symbol, ..name };
        let StackValue::Scalar(pointer, address) = self.typed_symbol(
            StackValue::Literal(text::Literal::Address(variable)),
            column,
        )?
        else {
            return Ok(None);
        };
        let mut ty = self.types.pointee(pointer).ok_or(EINVAL)?;
        let mut address = address as usize;
        for member in parts {
            match self.member(ty, address, member, column)? {
                StackValue::Object(is, at) => (ty, address) = (is, at),
                _ => return Err(self.no_address(column)),
            }
        }
        Ok(Some(StackValue::Scalar(ty.pointer(), address as u64)))
    }

    /// Fails if a symbol is smaller than what a cast says is there, or a number of another size.
    #[inline(never)]
    pub(super) fn check_room(
        &self,
        name: &text::NameText<'_>,
        item: StackValue<'a>,
        to: Ty,
        column: usize,
    ) -> Result<(), Failure> {
        let Some(target) = self.types.pointee(to) else {
            return Ok(());
        };
        let size = self.types.size(target);
        let complaint = Complaint {
            source: self.settings.source,
            column,
            declaration: &to_c_string(fmt!("{}", self.types.display(to)))?,
        };
        if kernel_data::module_of(name).is_none() {
            kernel_data::data(self.caller.kallsyms(), name, true, size, &complaint)?;
        }
        let is = match item {
            StackValue::Scalar(ty, _) => self.types.pointee(ty),
            _ => None,
        };
        let is_number = |ty| matches!(self.types.shape(ty), Shape::Integer { size: 2.., .. });
        match is {
            Some(is) if is_number(is) && is_number(target) && self.types.size(is) != size => {
                Err(complaint.say(
                    EINVAL,
                    fmt!("{} is a `{}`", name.symbol, self.types.display(is)),
                ))
            }
            _ => Ok(()),
        }
    }

    /// Gives the address of a symbol, whose type nobody else knows, that of a pointer. It must have
    /// room for that and not much more, unless it can be an array of such pointers,
    /// or the pointer is to bytes.
    #[inline(never)]
    fn cast_symbol(
        &self,
        name: &text::NameText<'_>,
        to: Ty,
        column: usize,
    ) -> Result<StackValue<'a>, Failure> {
        let complaint = Complaint {
            source: self.settings.source,
            column,
            declaration: &to_c_string(fmt!("{}", self.types.display(to)))?,
        };
        let target = self.types.pointee(to).ok_or(EINVAL)?;
        if self.types.is_function(target) {
            return Err(complaint.say(
                EINVAL,
                fmt!("a symbol is no function by a cast; its name alone is one"),
            ));
        }
        let kallsyms = self.caller.kallsyms();
        let size = self.types.size(target);
        // How many bytes a module's symbol has is known.
        let spare = match kernel_data::module_of(name) {
            Some(_) => 0,
            None => kernel_data::MAX_SPARE,
        };
        let found = if kernel_data::module_of(name).is_some() {
            let (found, variable) = kernel_data::module_data(kallsyms, name, size, &complaint)?;
            let mut pinned = self.pinned.borrow_mut();
            // A loop comes here at every turn.
            if !pinned
                .iter()
                .any(|known| known.address() == variable.address())
            {
                pinned.push(variable, GFP_KERNEL)?;
            }
            found
        } else {
            kernel_data::data(kallsyms, name, true, size, &complaint)?
        };
        let is_bytes = size == 0 || self.types.is_char(target);
        // An array of pointers is likely, and one of other things less so than a mistake.
        let is_array =
            self.types.shape(target) == Shape::Pointer && found.size.checked_rem(size) == Some(0);
        if !is_bytes && !is_array && found.size > size + spare {
            return Err(complaint.say(
                EINVAL,
                fmt!(
                    "{} has {} bytes, and this {size}; to look at its beginning, cast it to void * first",
                    name.symbol,
                    found.size
                ),
            ));
        }
        let constant = found.is_constant();
        Ok(StackValue::Scalar(
            to.of_symbol(constant),
            found.address as u64,
        ))
    }

    /// Makes a value a number of a type, or nothing of `void`.
    #[inline(never)]
    fn cast_to_number(
        &self,
        operand: Operand<'a>,
        to: Ty,
        column: usize,
    ) -> Result<StackValue<'a>, Failure> {
        let shape = self.types.shape(to);
        if to == Ty::VOID {
            return Ok(StackValue::Void);
        }
        if !matches!(
            shape,
            Shape::Bool | Shape::Integer { .. } | Shape::Enum { .. }
        ) {
            return Err(self.fail(
                column,
                EINVAL,
                fmt!("nothing can be cast to a `{}`", self.types.display(to)),
            ));
        }
        let bits = match operand.item {
            StackValue::Scalar(ty, bits) if self.types.shape(ty) == Shape::Pointer => {
                self.execution.memory.forget(bits as usize);
                bits
            }
            StackValue::Literal(text::Literal::Null) => 0,
            item => self.number(item, operand.column)?.bits(),
        };
        Ok(StackValue::Scalar(
            to,
            match shape {
                Shape::Bool => u64::from(bits != 0),
                _ => self.fill(to, bits),
            },
        ))
    }
}
