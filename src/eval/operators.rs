// SPDX-License-Identifier: GPL-2.0

//! Numbers and pointers: C's operators and casts.

use super::{
    boolean,
    scalar,
    Evaluator,
    Item, //
};
use crate::{
    call::{
        convert::Complaint,
        kernel_data, //
    },
    ctype::{
        constants,
        types::{
            Doubt,
            Ty, //
        }, //
    },
    failure::Failure,
    kallsyms::Shape,
    print::{
        to_c_string,
        Pure, //
    },
    text::{
        self,
        Binary,
        Number,
        NumberType, //
    }, //
};
use kernel::{
    alloc::AllocError,
    prelude::{
        fmt,
        *, //
    }, //
};

impl<'a> Evaluator<'_, '_, 'a> {
    /// `sizeof(type)`
    #[inline(never)]
    pub(crate) fn size_of(
        &self,
        ty: &text::TypeName<'_>,
        column: usize,
    ) -> Result<Item<'a>, Failure> {
        let ty = self.said(ty, column)?;
        match self.types.size(ty) {
            0 => Err(self.fail(
                column,
                EINVAL,
                fmt!(
                    "it is not known how large a `{}` is",
                    self.types.display(ty)
                ),
            )),
            size => Ok(scalar(Number::new(size as u64, NumberType::UNSIGNED_LONG))),
        }
    }

    /// The number that a value is, if it is one.
    #[inline(never)]
    pub(crate) fn number_of(&self, item: Item<'a>) -> Result<Option<Number>, AllocError> {
        use text::Literal::*;
        Ok(match item {
            Item::Literal(Integer {
                negative,
                magnitude,
                ty,
            }) => Number::of_literal(negative, magnitude, ty),
            Item::Literal(Char(byte)) => Some(Number::int(byte.into())),
            Item::Literal(Bool(value)) => Some(Number::int(value.into())),
            Item::Literal(Name(name)) => match constants::find(&self.types, name)? {
                Some(Name(_)) | None => None,
                Some(value) => self.number_of(Item::Literal(value))?,
            },
            Item::Scalar(ty, bits) => match self.types.shape(ty) {
                Shape::Bool => Some(Number::new(bits, NumberType::INT)),
                _ if ty.is_narrow() => Some(Number::new(bits, NumberType::INT)),
                Shape::Integer { size, signed } | Shape::Enum { size, signed } => Some(
                    Number::new(bits, NumberType::promoted(size as usize, signed)),
                ),
                _ => None,
            },
            _ => None,
        })
    }

    /// The number that a value is, to compute with.
    #[inline(never)]
    pub(crate) fn number(&self, item: Item<'a>, column: usize) -> Result<Number, Failure> {
        self.number_of(item)?.ok_or_else(|| match item {
            Item::Literal(text::Literal::Name(name)) => self.fail(
                column,
                EINVAL,
                fmt!("the kernel's types have no constant {name}"),
            ),
            Item::Literal(text::Literal::Integer { .. }) => {
                self.fail(column, ERANGE, fmt!("this number does not fit in 64 bits"))
            }
            _ => self.fail(column, EINVAL, fmt!("a number is wanted here")),
        })
    }

    /// Whether a value is not zero.
    pub(crate) fn truth(&self, item: Item<'a>, column: usize) -> Result<bool, Failure> {
        match item {
            Item::Scalar(_, bits) => Ok(bits != 0),
            Item::Literal(text::Literal::Null) => Ok(false),
            Item::Literal(text::Literal::String(_) | text::Literal::Address(_)) => Ok(true),
            item => Ok(self.number(item, column)?.bits() != 0),
        }
    }

    /// The pointer that a value is, if it is one.
    pub(crate) fn pointer_of(&self, item: Item<'a>) -> Option<(Ty, u64)> {
        match item {
            Item::Literal(text::Literal::Null) => Some((Ty::void_pointer(), 0)),
            Item::Scalar(ty, bits) if self.types.shape(ty) == Shape::Pointer => Some((ty, bits)),
            _ => None,
        }
    }

    /// Computes.
    #[inline(never)]
    pub(crate) fn binary(
        &self,
        operator: Binary,
        left: Item<'a>,
        right: Item<'a>,
        column: usize,
    ) -> Result<Item<'a>, Failure> {
        if self.pointer_of(left).is_some() || self.pointer_of(right).is_some() {
            return self.pointers(operator, left, right, column);
        }
        let (left, right) = (self.number(left, column)?, self.number(right, column)?);
        match left.binary(operator, right) {
            Ok(number) => Ok(scalar(number)),
            Err(what) => Err(self.fail(column, EINVAL, fmt!("{what}"))),
        }
    }

    /// Computes with pointers.
    #[inline(never)]
    pub(crate) fn pointers(
        &self,
        operator: Binary,
        left: Item<'a>,
        right: Item<'a>,
        column: usize,
    ) -> Result<Item<'a>, Failure> {
        match (self.pointer_of(left), self.pointer_of(right)) {
            (Some((a, left)), Some((b, right))) => match operator {
                Binary::Equal => Ok(boolean(left == right)),
                Binary::NotEqual => Ok(boolean(left != right)),
                Binary::Subtract if self.types.is_same(a, b) => {
                    let target = self.types.pointee(a).ok_or(EINVAL)?;
                    let size = self.sized(target, column)? as i64;
                    let bytes = left.wrapping_sub(right) as i64;
                    let count = bytes.wrapping_div(size.max(1));
                    Ok(scalar(Number::new(count as u64, NumberType::LONG)))
                }
                Binary::Less => Ok(boolean(left < right)),
                Binary::Greater => Ok(boolean(left > right)),
                Binary::LessEqual => Ok(boolean(left <= right)),
                Binary::GreaterEqual => Ok(boolean(left >= right)),
                _ => Err(self.fail(
                    column,
                    EINVAL,
                    fmt!(
                        "this cannot be computed of a `{}` and a `{}`",
                        self.types.display(a),
                        self.types.display(b)
                    ),
                )),
            },
            (Some((ty, address)), None) => {
                let by = self.number(right, column)?;
                self.moved(operator, ty, address, by, column)
            }
            (None, Some((ty, address))) if operator == Binary::Add => {
                let by = self.number(left, column)?;
                self.moved(operator, ty, address, by, column)
            }
            _ => Err(self.fail(
                column,
                EINVAL,
                fmt!("a number is wanted before this operator"),
            )),
        }
    }

    /// A pointer to another element.
    #[inline(never)]
    pub(crate) fn moved(
        &self,
        operator: Binary,
        ty: Ty,
        address: u64,
        by: Number,
        column: usize,
    ) -> Result<Item<'a>, Failure> {
        let target = self.types.pointee(ty).ok_or(EINVAL)?;
        let size = self.sized(target, column)? as u64;
        let offset = by.bits().wrapping_mul(size);
        let address = match operator {
            Binary::Add => address.wrapping_add(offset),
            Binary::Subtract => address.wrapping_sub(offset),
            _ => {
                return Err(self.fail(
                    column,
                    EINVAL,
                    fmt!(
                    "this cannot be computed of a `{}` and a number; a cast makes a pointer one",
                    self.types.display(ty)
                ),
                ))
            }
        };
        let ty = match by.bits() {
            0 => ty,
            _ => ty.doubted(Doubt::Computed),
        };
        Ok(Item::Scalar(ty, address))
    }

    /// The type that the user wrote.
    #[inline(never)]
    pub(crate) fn said(&self, ty: &text::TypeName<'_>, column: usize) -> Result<Ty, Failure> {
        self.types
            .said(ty)?
            .ok_or_else(|| self.fail(column, EINVAL, fmt!("the kernel has no type {}", Pure(ty))))
    }

    /// Makes a value one of another type.
    #[inline(never)]
    pub(crate) fn cast(&self, item: Item<'a>, to: Ty, column: usize) -> Result<Item<'a>, Failure> {
        let Some(target) = self.types.pointee(to) else {
            return self.cast_to_number(item, to, column);
        };
        match item {
            Item::Literal(text::Literal::Null) => Ok(Item::Scalar(to, 0)),
            Item::Literal(text::Literal::Address(name)) => {
                let complaint = Complaint {
                    source: self.setting.asked.source,
                    column,
                    declaration: &to_c_string(fmt!("{}", self.types.display(to)))?,
                };
                if self.types.is_function(target) {
                    return Err(complaint.say(
                        EINVAL,
                        fmt!("a symbol is no function by a cast; its name alone is one"),
                    ));
                }
                let kallsyms = self.caller.kallsyms();
                let size = self.types.size(target);
                let address = kernel_data::address(kallsyms, &name, true, size, &complaint)?;
                let constant =
                    kernel_data::address(kallsyms, &name, false, size, &complaint).is_err();
                Ok(Item::Scalar(to.of_symbol(constant), address as u64))
            }
            Item::Scalar(ty, bits) if self.types.shape(ty) == Shape::Pointer => {
                // A cast to what it is already changes nothing.
                let same = self.types.is_same(ty, to)
                    && !self.types.has_inner_const(ty)
                    && (to.constant || !self.types.pointee(ty).is_some_and(|ty| ty.constant));
                let doubt = match ty.doubt {
                    None | Some(Doubt::Symbol | Doubt::Earlier) if !same => Some(Doubt::Cast),
                    doubt => doubt,
                };
                Ok(Item::Scalar(to.with_doubt(doubt), bits))
            }
            item => {
                let number = self.number(item, column)?;
                if number.bits() == 0 {
                    return Ok(Item::Scalar(to, 0));
                }
                if !self.setting.asked.unsafe_call {
                    return Err(self.fail(
                        column,
                        EPERM,
                        fmt!("an address as a number needs unsafe_call=1, or `unsafe` before the expression"),
                    ));
                }
                Ok(Item::Scalar(to, number.bits()))
            }
        }
    }

    /// Makes a value a number of a type, or nothing of `void`.
    #[inline(never)]
    pub(crate) fn cast_to_number(
        &self,
        item: Item<'a>,
        to: Ty,
        column: usize,
    ) -> Result<Item<'a>, Failure> {
        let shape = self.types.shape(to);
        if to == Ty::VOID {
            return Ok(Item::Void);
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
        let bits = match item {
            Item::Scalar(ty, bits) if self.types.shape(ty) == Shape::Pointer => bits,
            Item::Literal(text::Literal::Null) => 0,
            item => self.number(item, column)?.bits(),
        };
        Ok(Item::Scalar(
            to,
            match shape {
                Shape::Bool => u64::from(bits != 0),
                _ => self.fill(to, bits),
            },
        ))
    }
}
