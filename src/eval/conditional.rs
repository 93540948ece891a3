// SPDX-License-Identifier: GPL-2.0

//! The type of `condition ? a : b`, which in C depends on both `a` and `b`, though only one of them is evaluated.
//!
//! The other one is gone through all the same, but nothing is read or called for that: only its type is found out. What
//! has no type, such as a function that does not exist, has no say.

use super::{
    scalar,
    Evaluator,
    Item, //
};
use crate::{
    call::{
        signature::{
            CallSignature,
            ValueKind, //
        },
        Asked, //
    },
    ctype::types::Ty,
    failure::Failure,
    kallsyms::Shape,
    text::{
        Branch,
        Literal,
        NodeKind,
        Tree, //
    }, //
};
use core::{
    mem::take,
    ops::Range, //
};
use kernel::prelude::{
    fmt,
    *, //
};

impl<'a> Evaluator<'_, '_, 'a> {
    /// The value of `?:`, of which the node is `index`.
    #[inline(never)]
    pub(crate) fn conditional(
        &mut self,
        tree: &Tree<'_, 'a>,
        index: usize,
    ) -> Result<Item<'a>, Failure> {
        let nodes = tree.nodes();
        let (first, column) = nodes
            .get(index)
            .map_or((0, 1), |node| (node.first(), node.column));
        let (value, node) = self.pop_value(tree)?;
        if self.dry {
            let (other, _) = self.pop_value(tree)?;
            return self.common(other, value, column);
        }
        let is = |at: usize, branch: Branch, aim: usize| {
            matches!(nodes.get(at).map(|node| node.kind),
                Some(NodeKind::Branch { when, to }) if when == branch && to == aim)
        };
        let last = (first..index).find(|at| is(*at, Branch::Else, index));
        let last = last.unwrap_or(index);
        let begin = (first..last).find(|at| is(*at, Branch::Then, last + 1));
        let begin = begin.unwrap_or(last);
        let other = match node < last {
            true => last + 1..index,
            false => begin + 1..last,
        };
        match self.type_of(tree, other)? {
            Some(other) => self.common(value, other, column),
            None => Ok(value),
        }
    }

    /// A value of the type that a part of the expression has, which is not evaluated.
    #[inline(never)]
    fn type_of(
        &mut self,
        tree: &Tree<'_, 'a>,
        part: Range<usize>,
    ) -> Result<Option<Item<'a>>, Failure> {
        let stack = take(&mut self.stack);
        self.dry = true;
        let run = self.run_part(tree, part);
        let item = run.and_then(|()| self.pop_value(tree));
        self.dry = false;
        self.stack = stack;
        match item {
            Ok((item, _)) => Ok(Some(item)),
            Err(failure) if failure.errno() == ENOMEM => Err(failure),
            Err(_) => Ok(None),
        }
    }

    /// A value of the type that a function returns, which is not called with the last `count` values of the stack.
    #[inline(never)]
    pub(crate) fn type_of_call(
        &mut self,
        asked: &Asked<'_>,
        count: usize,
    ) -> Result<Item<'a>, Failure> {
        self.stack.truncate(self.stack.len().saturating_sub(count));
        let kallsyms = self.caller.kallsyms();
        let (_, name) = crate::call::function(asked.function)?;
        let target = kallsyms
            .target(&name, asked.position)
            .map_err(|error| Failure::symbol(asked.function.as_bytes(), &error))?;
        let signature = CallSignature::new(kallsyms, &target, name.symbol(), asked)?;
        let ty = match (signature.btf, signature.returns_id) {
            (Some(btf), Some(id)) => Some((self.types.add(btf)?, id)),
            _ => None,
        };
        Ok(match (signature.returns, ty) {
            (ValueKind::Structure(_), Some((btf, id))) => Item::Object(Ty::of(btf, id), 0),
            (kind, ty) => self.returned(kind, ty, 1),
        })
    }

    /// `value` with the type that it has beside `other`.
    #[inline(never)]
    fn common(&self, value: Item<'a>, other: Item<'a>, column: usize) -> Result<Item<'a>, Failure> {
        let numbers = (self.number_of(value)?, self.number_of(other)?);
        if let (Some(value), Some(other)) = numbers {
            return Ok(scalar(value.with(other)));
        }
        let what = match (self.pointer_of(value), self.pointer_of(other)) {
            (Some(_), Some((ty, _))) if is_null(value) => {
                return Ok(Item::Scalar(ty.with_doubt(None), 0))
            }
            (Some(_), _) if is_null(other) => return Ok(value),
            (None, Some((ty, _))) if is_null(value) => {
                return Ok(Item::Scalar(ty.with_doubt(None), 0))
            }
            (Some((a, bits)), Some((b, _))) => match self.pointers_meet(a, b) {
                Some(ty) => return Ok(Item::Scalar(ty, bits)),
                None => (a, b),
            },
            (Some((ty, _)), None) | (None, Some((ty, _))) => {
                match numbers.0.or(numbers.1) {
                    Some(number) => (ty, Ty::number(number.ty())),
                    // A string or a symbol's address: it has no type yet.
                    None => return Ok(value),
                }
            }
            (None, None) => match (value, other) {
                (Item::Object(a, _), Item::Object(b, _)) if !self.types.is_same(a, b) => (a, b),
                _ => return Ok(value),
            },
        };
        Err(self.fail(
            column,
            EINVAL,
            fmt!(
                "`?:` has no type, since its values are a `{}` and a `{}`",
                self.types.display(what.0),
                self.types.display(what.1)
            ),
        ))
    }

    /// The type for a pointer of the type `a` where one of the type `b` could be as well.
    fn pointers_meet(&self, a: Ty, b: Ty) -> Option<Ty> {
        let (x, y) = (self.types.pointee(a)?, self.types.pointee(b)?);
        let is_void = |ty: Ty| self.types.shape(ty) == Shape::Void;
        let mut ty = match (is_void(x), is_void(y)) {
            (false, true) => Ty::void_pointer(),
            (true, _) => a,
            (false, false) if self.types.is_same(a, b) => a,
            (false, false) => return None,
        };
        if x.constant || y.constant {
            ty = self.types.pointee(ty)?.pointer();
            ty.constant = true;
        }
        Some(ty.with_doubt(a.doubt))
    }
}

/// Whether it is C's null pointer constant.
fn is_null(item: Item<'_>) -> bool {
    matches!(
        item,
        Item::Literal(Literal::Null | Literal::Integer { magnitude: 0, .. })
    )
}
