// SPDX-License-Identifier: GPL-2.0

//! Types of values that are not evaluated, and offsets of members.

use super::{
    Evaluator,
    Operand,
    StackValue, //
};
use crate::{
    ctype::ty::{
        Doubt,
        Ty, //
    },
    failure::Failure,
    print::{
        to_c_string,
        Pure, //
    },
    text::{
        Base,
        Binary,
        MemberPath,
        NameText,
        Node,
        NodeKind,
        NumberType,
        Step,
        Tree,
        TypeName,
        Unary, //
    }, //
};
use core::iter;
use kernel::prelude::{
    fmt,
    *, //
};

impl<'a> Evaluator<'_, '_, 'a> {
    /// The type that the user wrote, which may be a `typeof`.
    #[inline(never)] // frame
    pub(super) fn written_type(
        &mut self,
        tree: &Tree<'_, 'a>,
        written: &TypeName<'a>,
        column: usize,
    ) -> Result<Ty, Failure> {
        let Base::TypeOf(_, node) = written.base else {
            return self.resolve_type(written, None, column);
        };
        let mut ty = self.type_of(tree, node as usize)?;
        for _ in written.pointers() {
            ty = ty.pointer();
        }
        Ok(ty.with_doubt(Some(Doubt::Cast)))
    }

    /// `sizeof value`
    pub(super) fn size_of_value(
        &mut self,
        tree: &Tree<'_, 'a>,
        index: usize,
        column: usize,
    ) -> Result<StackValue<'a>, Failure> {
        let ty = self.type_of(tree, index)?;
        Ok(super::unsigned_long(self.sized(ty, column)? as u64))
    }

    /// The type of the operand of a `sizeof` or a `typeof`.
    #[inline(never)] // frame
    fn type_of(&mut self, tree: &Tree<'_, 'a>, end: usize) -> Result<Ty, Failure> {
        let nodes = tree.nodes();
        let first = nodes.get(end).map_or(end, Node::first).saturating_add(1);
        let mut stack = KVec::new();
        for node in nodes.get(first..end).unwrap_or_default() {
            let mut pop = || stack.pop().ok_or(EINVAL);
            let column = node.column;
            let ty = match node.kind {
                NodeKind::Local(number, _) => match self.local(number)? {
                    StackValue::Object(ty, _) | StackValue::Scalar(ty, _) => ty,
                    _ => return Err(self.no_type(number, column)),
                },
                NodeKind::Value(literal) => {
                    let item = self.variable(StackValue::Literal(literal), column)?;
                    match self.typed_symbol(item, column)? {
                        StackValue::Object(ty, _) | StackValue::Scalar(ty, _) => ty,
                        _ => Ty::number(self.number(StackValue::Literal(literal), column)?.ty()),
                    }
                }
                NodeKind::PerCpu(name) => self.per_cpu_type(&name, column)?,
                NodeKind::Member(name) => self.find_member(pop()?, name, column)?.ty,
                NodeKind::Pointee(name) => {
                    let ty = self.target(pop()?, column)?;
                    self.find_member(ty, name, column)?.ty
                }
                NodeKind::Index => {
                    pop()?;
                    self.target(pop()?, column)?
                }
                NodeKind::Unary(Unary::Dereference) => self.target(pop()?, column)?,
                NodeKind::Unary(Unary::Address) => pop()?.pointer(),
                NodeKind::Unary(Unary::Not) => {
                    pop()?;
                    Ty::number(NumberType::INT)
                }
                NodeKind::Unary(operator) => {
                    let number = self.number(StackValue::Scalar(pop()?, 1), column)?;
                    Ty::number(number.unary(operator).ty())
                }
                NodeKind::Unsafe { .. } => pop()?,
                NodeKind::Cast(ty) => {
                    pop()?;
                    self.resolve_type(&ty, None, column)?
                }
                NodeKind::SizeOf(_) | NodeKind::OffsetOf(..) => {
                    Ty::number(NumberType::UNSIGNED_LONG)
                }
                NodeKind::Binary(operator) if operator != Binary::Slice => {
                    let (right, left) = (pop()?, pop()?);
                    self.binary_type(operator, left, right, column)?
                }
                _ => {
                    return Err(self.fail(
                        column,
                        EINVAL,
                        fmt!(
                            "typeof and sizeof take no calls, no assignments, no slices and no ?:"
                        ),
                    ))
                }
            };
            stack.push(ty, GFP_KERNEL)?;
        }
        Ok(stack.pop().ok_or(EINVAL)?)
    }

    fn no_type(&self, number: usize, column: usize) -> Failure {
        let name = self.local_name(number);
        self.fail(
            column,
            EINVAL,
            fmt!("{name} has no type yet; declare it: `struct type *{name}`"),
        )
    }

    /// The type of a per-CPU variable.
    fn per_cpu_type(&self, name: &NameText<'_>, column: usize) -> Result<Ty, Failure> {
        let symbol = to_c_string(fmt!("{}", name.symbol))?;
        self.types.variable(&symbol).ok_or_else(|| {
            self.fail(
                column,
                EINVAL,
                fmt!("the kernel has no type for {}", Pure(*name)),
            )
        })
    }

    /// The type of an operator's result. It depends only on the types of the operands.
    #[inline(never)] // frame
    fn binary_type(
        &mut self,
        operator: Binary,
        left: Ty,
        right: Ty,
        column: usize,
    ) -> Result<Ty, Failure> {
        let operand = |ty| Operand {
            item: StackValue::Scalar(self.types.decayed(ty), 1),
            column,
        };
        let (left, right) = (operand(left), operand(right));
        match self.compute(operator, left, right, column)? {
            StackValue::Scalar(ty, _) => Ok(ty),
            _ => Ok(Ty::VOID),
        }
    }

    /// The type of a pointer's target, or of an array's elements.
    fn target(&self, ty: Ty, column: usize) -> Result<Ty, Failure> {
        let element = self.types.array(ty).map(|(element, _)| element);
        let target = element.or(self.types.pointee(ty));
        target.ok_or_else(|| self.no_pointer(ty, column))
    }

    /// The offset of a member in a type, in bytes.
    #[inline(never)] // frame
    fn offset(&self, ty: Ty, path: MemberPath<'_>, column: usize) -> Result<u64, Failure> {
        let mut offset = 0usize;
        let mut ty = ty;
        let first = iter::once(Step::Member(path.first()));
        for step in Iterator::chain(first, path.steps().map_while(Result::ok)) {
            match step {
                Step::Member(name) => {
                    let found = self.find_member(ty, name, column)?;
                    offset += found.bit_offset / 8;
                    ty = found.ty;
                }
                Step::Element(index) => {
                    ty = self.target(ty, column)?;
                    offset = offset.wrapping_add(index.wrapping_mul(self.types.size(ty)));
                }
                Step::Pointee(_) => {
                    return Err(self.fail(
                        column,
                        EINVAL,
                        fmt!("a member's offset ends at a pointer"),
                    ))
                }
            }
        }
        Ok(offset as u64)
    }

    /// `offsetof(type, member)`
    pub(super) fn offset_of(
        &mut self,
        tree: &Tree<'_, 'a>,
        ty: &TypeName<'a>,
        member: MemberPath<'a>,
        column: usize,
    ) -> Result<StackValue<'a>, Failure> {
        let ty = self.written_type(tree, ty, column)?;
        Ok(super::unsigned_long(self.offset(ty, member, column)?))
    }

    /// The type of a `container_of`, and the offset of the member in it. They are looked up once.
    #[inline(never)] // frame
    pub(super) fn container_place(
        &mut self,
        tree: &Tree<'_, 'a>,
        written: &TypeName<'a>,
        member: MemberPath<'a>,
        index: usize,
    ) -> Result<(Ty, u64), Failure> {
        if let Some(StackValue::Scalar(ty, offset)) = self.known_at(index) {
            return Ok((ty, offset));
        }
        let column = tree.place(index);
        let ty = self.written_type(tree, written, column)?;
        let offset = self.offset(ty, member, column)?;
        // A local may have another type at the next turn.
        if !matches!(written.base, Base::TypeOf(..)) {
            let place = StackValue::Scalar(ty, offset);
            self.known.push((index, place), GFP_KERNEL)?;
        }
        Ok((ty, offset))
    }

    /// `container_of(pointer, type, member)`. Only in a definition of ours is it `certain` that the
    /// pointer is to such a member.
    #[inline(never)] // frame
    pub(super) fn container_of(
        &mut self,
        tree: &Tree<'_, 'a>,
        (ty, offset): (Ty, u64),
        certain: bool,
    ) -> Result<StackValue<'a>, Failure> {
        let (item, node) = self.pop_value(tree)?;
        let Some((pointer, bits)) = self.pointer_of(item) else {
            return Err(self.fail(
                tree.start(node),
                EINVAL,
                fmt!("container_of takes a pointer to a member"),
            ));
        };
        let doubt = if certain {
            pointer.doubt
        } else {
            Some(Doubt::Cast)
        };
        let ty = ty.pointer().with_doubt(doubt);
        Ok(StackValue::Scalar(ty, bits.wrapping_sub(offset)))
    }
}
