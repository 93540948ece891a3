// SPDX-License-Identifier: GPL-2.0

//! C's operators, on numbers and pointers.

use super::{
    boolean,
    scalar,
    unsigned_long,
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
    ctype::{
        named::{
            constants,
            Resolved, //
        },
        ty::{
            Doubt,
            Ty, //
        }, //
    },
    failure::Failure,
    kallsyms::Shape,
    nearest::is_loaded,
    print::{
        to_c_string,
        Pure, //
    },
    text::{
        self,
        Binary,
        Number,
        NumberType,
        Tree,
        Unary, //
    }, //
};
use kernel::prelude::{
    fmt,
    *, //
};

impl<'a> Evaluator<'_, '_, 'a> {
    /// `sizeof(type)`, or `sizeof(variable)`
    #[inline(never)]
    pub(crate) fn size_of(
        &mut self,
        tree: &Tree<'_, 'a>,
        ty: &text::TypeName<'a>,
        column: usize,
    ) -> Result<StackValue<'a>, Failure> {
        let variable = match ty.base {
            text::Base::Named(name) if ty.pointers().is_empty() => {
                self.variable(StackValue::Literal(text::Literal::Name(name)), column)?
            }
            _ => StackValue::Void,
        };
        let ty = match variable {
            StackValue::Object(ty, _) => ty,
            _ => self.written_type(tree, ty, column)?,
        };
        Ok(unsigned_long(self.sized(ty, column)? as u64))
    }

    /// The number that a value is, if it is one.
    #[inline(never)]
    pub(crate) fn number_of(&self, item: StackValue<'a>) -> Result<Option<Number>, Failure> {
        use text::Literal::*;
        Ok(match item {
            StackValue::Literal(Integer {
                negative,
                magnitude,
                ty,
            }) => Number::of_literal(negative, magnitude, ty),
            StackValue::Literal(Char(byte)) => Some(Number::int(byte.into())),
            StackValue::Literal(Bool(value)) => Some(Number::int(value.into())),
            StackValue::Literal(Name(name)) => match constants::find(&self.types, name)? {
                Some(Name(_)) | None => None,
                Some(value) => self.number_of(StackValue::Literal(value))?,
            },
            StackValue::Scalar(ty, bits) => match self.types.shape(ty) {
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

    /// The number that a value is, if it is one. An error is reported at a column.
    pub(super) fn number_in(
        &self,
        item: StackValue<'a>,
        column: usize,
    ) -> Result<Option<Number>, Failure> {
        let number = self.number_of(item);
        number.map_err(|failure| failure.or_in(self.settings.source, column))
    }

    /// The number that a value is. Fails if it is not one.
    #[inline(never)]
    pub(crate) fn number(&self, item: StackValue<'a>, column: usize) -> Result<Number, Failure> {
        let number = self.number_in(item, column)?;
        number.ok_or_else(|| match item {
            StackValue::Literal(text::Literal::Name(name)) => self.unknown(name, column),
            StackValue::Literal(text::Literal::Integer { .. }) => {
                self.fail(column, ERANGE, fmt!("this number does not fit in 64 bits"))
            }
            StackValue::Object(ty, _) => self.fail(
                column,
                EINVAL,
                fmt!(
                    "a number is wanted here, not a `{}`",
                    self.types.display(ty)
                ),
            ),
            _ => self.fail(column, EINVAL, fmt!("a number is wanted here")),
        })
    }

    /// The error for a name that has no value.
    #[inline(never)]
    pub(super) fn unknown(&self, name: &str, column: usize) -> Failure {
        let complaint = Complaint {
            source: self.settings.source,
            column,
            declaration: c"",
        };
        let symbol = text::NameText::of(name);
        let hint = kernel_data::hint(self.caller.kallsyms(), &symbol, &complaint);
        match hint {
            Some(hint) => self.fail(column, EINVAL, fmt!("{}", &*hint)),
            None => self.fail(
                column,
                EINVAL,
                fmt!("the kernel's types have no constant {name}"),
            ),
        }
    }

    /// The variable that a name stands for, if the kernel's headers declare it. Other values stay
    /// what they are.
    #[inline(never)]
    pub(super) fn variable(
        &self,
        item: StackValue<'a>,
        column: usize,
    ) -> Result<StackValue<'a>, Failure> {
        let StackValue::Literal(text::Literal::Name(name)) = item else {
            return Ok(item);
        };
        let text = to_c_string(fmt!("{name}"))?;
        if variables::declared(&self.types, &text)?.is_none() {
            return Ok(item);
        }
        let name = text::NameText::of(name);
        let complaint = Complaint {
            source: self.settings.source,
            column,
            declaration: &text,
        };
        let kallsyms = self.caller.kallsyms();
        let variable = variables::pointer_to(kallsyms, &self.types, &name, &complaint)?;
        let Some(FoundVariable {
            pointer,
            address,
            count,
        }) = variable
        else {
            return Ok(item);
        };
        let ty = self.types.pointee(pointer).ok_or(EINVAL)?;
        Ok(match count {
            Some(count) => StackValue::Object(self.array_of(ty, count, column)?, address),
            None => StackValue::Object(ty, address),
        })
    }

    /// An array of `count` elements of a type.
    pub(super) fn array_of(&self, ty: Ty, count: usize, column: usize) -> Result<Ty, Failure> {
        ty.array(count).ok_or_else(|| {
            self.fail(
                column,
                EINVAL,
                fmt!(
                    "an array of {count} elements of type `{}` is not supported",
                    self.types.display(ty)
                ),
            )
        })
    }

    /// Whether a value is not zero.
    pub(crate) fn truth(&self, item: StackValue<'a>, column: usize) -> Result<bool, Failure> {
        match item {
            StackValue::Scalar(_, bits) => Ok(bits != 0),
            StackValue::Literal(text::Literal::Null) => Ok(false),
            StackValue::Literal(text::Literal::String(_) | text::Literal::Address(_)) => Ok(true),
            item => Ok(self.number(item, column)?.bits() != 0),
        }
    }

    /// The address of a function, if a value is the name of one, with or without `&`.
    #[inline(never)] // frame
    pub(super) fn function_pointer(
        &self,
        item: StackValue<'a>,
        column: usize,
    ) -> Result<Option<u64>, Failure> {
        let name = match item {
            StackValue::Literal(text::Literal::Address(name)) => name,
            StackValue::Literal(text::Literal::Name(name)) => match self.number_in(item, column)? {
                Some(_) => return Ok(None),
                None => text::NameText::of(name),
            },
            _ => return Ok(None),
        };
        let complaint = Complaint {
            source: self.settings.source,
            column,
            declaration: c"",
        };
        let address = kernel_data::function(self.caller.kallsyms(), &name, &complaint);
        Ok(address.ok().flatten().map(|address| address as u64))
    }

    /// A value as an operand: the name of a function becomes a pointer.
    fn computed(&self, item: StackValue<'a>, column: usize) -> Result<StackValue<'a>, Failure> {
        let address = self.function_pointer(item, column)?;
        Ok(address.map_or(item, |address| {
            StackValue::Scalar(Ty::void_pointer(), address)
        }))
    }

    /// The pointer that a value is, if it is one.
    pub(crate) fn pointer_of(&self, item: StackValue<'a>) -> Option<(Ty, u64)> {
        match item {
            StackValue::Literal(text::Literal::Null) => Some((Ty::void_pointer(), 0)),
            StackValue::Scalar(ty, bits) if self.types.shape(ty) == Shape::Pointer => {
                Some((ty, bits))
            }
            _ => None,
        }
    }

    /// An operator before a value, except `*` and `&`.
    #[inline(never)] // frame
    pub(super) fn unary(
        &mut self,
        tree: &Tree<'_, 'a>,
        operator: Unary,
    ) -> Result<StackValue<'a>, Failure> {
        let operand = self.pop_operand(tree)?;
        Ok(match operator {
            Unary::Not => boolean(!self.truth(operand.item, operand.column)?),
            _ => scalar(self.number(operand.item, operand.column)?.unary(operator)),
        })
    }

    /// An operator between two values. For `&&` and `||`, the left value is no longer on the stack.
    #[inline(never)] // frame
    pub(super) fn binary(
        &mut self,
        tree: &Tree<'_, 'a>,
        operator: Binary,
        column: usize,
    ) -> Result<StackValue<'a>, Failure> {
        let right = self.pop_operand(tree)?;
        if matches!(operator, Binary::And | Binary::Or) {
            return Ok(boolean(self.truth(right.item, right.column)?));
        }
        let left = self.pop_operand(tree)?;
        let right = Operand {
            item: self.computed(right.item, right.column)?,
            ..right
        };
        let left = Operand {
            item: self.computed(left.item, left.column)?,
            ..left
        };
        self.compute(operator, left, right, column)
    }

    /// Applies an operator. An error in an operand is reported at the operand, other errors at the
    /// operator.
    #[inline(never)]
    pub(super) fn compute(
        &self,
        operator: Binary,
        left: Operand<'a>,
        right: Operand<'a>,
        column: usize,
    ) -> Result<StackValue<'a>, Failure> {
        let pointers = (self.pointer_of(left.item), self.pointer_of(right.item));
        match pointers {
            (None, None) => {
                let left = self.number(left.item, left.column)?;
                let right = self.number(right.item, right.column)?;
                match left.binary(operator, right) {
                    Ok(number) => Ok(scalar(number)),
                    Err(what) => Err(self.fail(column, EINVAL, fmt!("{what}"))),
                }
            }
            (Some(left), Some(right)) => self.two_pointers(operator, left, right, column),
            (Some((ty, address)), None) => {
                let by = self.number(right.item, right.column)?;
                self.moved(operator, ty, address, by, column)
            }
            (None, Some((ty, address))) if operator == Binary::Add => {
                let by = self.number(left.item, left.column)?;
                self.moved(operator, ty, address, by, column)
            }
            (None, Some(_)) => {
                Err(self.fail(right.column, EINVAL, fmt!("a number is wanted here")))
            }
        }
    }

    /// Applies an operator to two pointers.
    #[inline(never)]
    fn two_pointers(
        &self,
        operator: Binary,
        (a, left): (Ty, u64),
        (b, right): (Ty, u64),
        column: usize,
    ) -> Result<StackValue<'a>, Failure> {
        match operator {
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
        }
    }

    /// Adds a number of elements to a pointer, or subtracts it.
    #[inline(never)]
    pub(crate) fn moved(
        &self,
        operator: Binary,
        ty: Ty,
        address: u64,
        by: Number,
        column: usize,
    ) -> Result<StackValue<'a>, Failure> {
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
        Ok(StackValue::Scalar(ty, address))
    }

    /// The type that the user wrote.
    #[inline(never)]
    pub(crate) fn resolve_type(
        &mut self,
        ty: &text::TypeName<'_>,
        about: Option<Ty>,
        column: usize,
    ) -> Result<Ty, Failure> {
        if let text::Base::Float(_) = ty.base {
            return Err(self.fail(column, EINVAL, fmt!("floating point is not supported")));
        }
        match self.types.resolve(ty, about)? {
            Resolved::Type(ty) => Ok(ty),
            Resolved::Unknown => {
                let (module, base) = ty.base.in_module();
                let kallsyms = self.caller.kallsyms();
                let is_missing = |module: &&str| !is_loaded(kallsyms, module.as_bytes());
                if let Some(module) = module.filter(is_missing) {
                    return Err(self.fail(
                        column,
                        ENOENT,
                        fmt!("no module {module} is loaded; /proc/modules has those which are"),
                    ));
                }
                let hint = match base {
                    text::Base::Named(name) if self.has_structure(name)? => {
                        "; `struct` must stand before it"
                    }
                    _ => "",
                };
                Err(self.fail(
                    column,
                    EINVAL,
                    fmt!("the kernel has no type {}{hint}", Pure(ty)),
                ))
            }
            Resolved::Several(several) => Err(self.fail(
                column,
                EINVAL,
                fmt!(
                    "{} have different types {}; {}",
                    &*several.whose,
                    Pure(ty),
                    several.choice
                ),
            )),
        }
    }

    /// Whether the kernel has a structure with this tag.
    fn has_structure(&self, tag: &str) -> Result<bool, Failure> {
        let text = to_c_string(fmt!("struct {tag}"))?;
        let written = text::type_name(text.to_bytes());
        match written {
            Ok(written) => Ok(self.types.resolve_in_vmlinux(&written)?.is_some()),
            Err(_) => Ok(false),
        }
    }
}
