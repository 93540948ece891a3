// SPDX-License-Identifier: GPL-2.0

//! Prints the nodes of an expression as text that means the same, with parentheses only where they
//! are needed.

use super::{
    node::{
        Branch,
        Node,
        NodeKind,
        Tree, //
    },
    operator::{
        Binary,
        Unary,
        ASSIGNMENT,
        CONDITIONAL,
        POSTFIX,
        PREFIX, //
    },
    parse::looks_like_type, //
};
use crate::text::{
    literal::Literal,
    prototype::{
        Base,
        Qualifiers,
        TypeName, //
    }, //
};
use core::fmt;

impl fmt::Display for Tree<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = self.nodes.len();
        let mut after = 0;
        for index in 0..end {
            // All that begins with this node, from the outside in.
            for outer in (index.max(after)..end).rev() {
                match self.nodes.get(outer) {
                    Some(begun) if begun.first == index => self.open(f, outer, begun)?,
                    _ => {}
                }
            }
            // The nodes of a `typeof` are skipped: the type has its text.
            if let Some(end) = self.end_of_typeof(index) {
                after = end;
            }
            if index < after {
                continue;
            }
            if let Some(node) = self.nodes.get(index) {
                self.close(f, node)?;
            }
            let parent = self.parent(index);
            if self.is_grouped(index, parent) {
                f.write_str(")")?;
            }
            match parent {
                Some((at, parent)) if index.saturating_add(1) != at => self.between(f, parent)?,
                _ => {}
            }
        }
        Ok(())
    }
}

impl<'a> Tree<'_, 'a> {
    /// If the nodes of a `typeof` begin with this one, the index after them.
    fn end_of_typeof(&self, index: usize) -> Option<usize> {
        let NodeKind::Branch {
            when: Branch::Jump,
            to,
        } = self.nodes.get(index)?.kind
        else {
            return None;
        };
        let end = self.nodes.get(to)?;
        (end.kind == NodeKind::TypeOf).then_some(to.saturating_add(1))
    }

    /// The node that this one is an operand of, and its index.
    fn parent(&self, index: usize) -> Option<(usize, &Node<'a>)> {
        let mut after = index.saturating_add(1)..self.nodes.len();
        after.find_map(|at| {
            let node = self.nodes.get(at)?;
            (node.first <= index).then_some((at, node))
        })
    }

    /// Writes the text before the first operand.
    fn open(&self, f: &mut fmt::Formatter<'_>, index: usize, node: &Node<'a>) -> fmt::Result {
        if self.is_grouped(index, self.parent(index)) {
            f.write_str("(")?;
        }
        match node.kind {
            NodeKind::Call(name, _) => write!(f, "{name}("),
            NodeKind::PerCpu(name) => write!(f, "per_cpu({name}, "),
            NodeKind::Buffer => f.write_str("out["),
            NodeKind::PerCpuPointer => f.write_str("per_cpu_ptr("),
            NodeKind::ContainerOf { .. } => f.write_str("container_of("),
            NodeKind::SizeOfValue => f.write_str("sizeof "),
            NodeKind::Unsafe { whole } => f.write_str(if whole { "unsafe (" } else { "unsafe " }),
            NodeKind::Step { up, after: false } => f.write_str(if up { "++" } else { "--" }),
            NodeKind::Cast(ty) => write!(f, "({ty})"),
            NodeKind::Field(name) => write!(f, ".{name} = "),
            NodeKind::Braces(0) => f.write_str("{"),
            NodeKind::Braces(_) => f.write_str("{ "),
            NodeKind::Unary(operator) => {
                f.write_str(operator.sign())?;
                let operand = index.checked_sub(1).and_then(|last| self.nodes.get(last));
                let again = operand.is_some_and(|operand| match operand.kind {
                    NodeKind::Unary(again) => again == operator,
                    NodeKind::Value(Literal::Integer { negative: true, .. }) => {
                        operator == Unary::Minus
                    }
                    NodeKind::Value(Literal::Address(_)) => operator == Unary::Address,
                    _ => false,
                });
                f.write_str(if again { " " } else { "" })
            }
            _ => Ok(()),
        }
    }

    /// Writes the text between two operands.
    fn between(&self, f: &mut fmt::Formatter<'_>, node: &Node<'a>) -> fmt::Result {
        match node.kind {
            NodeKind::Index => f.write_str("["),
            NodeKind::Binary(Binary::And | Binary::Or)
            | NodeKind::Conditional
            | NodeKind::SizeOfValue
            | NodeKind::ContainerOf { .. } => Ok(()),
            NodeKind::Binary(Binary::Slice) => f.write_str("@"),
            NodeKind::Assign(None) => f.write_str(" = "),
            NodeKind::Assign(Some(operator)) => write!(f, " {}= ", operator.sign()),
            NodeKind::Binary(operator) => write!(f, " {} ", operator.sign()),
            _ => f.write_str(", "),
        }
    }

    /// Writes the text after the last operand.
    fn close(&self, f: &mut fmt::Formatter<'_>, node: &Node<'a>) -> fmt::Result {
        match node.kind {
            NodeKind::Value(value) => write!(f, "{value}"),
            NodeKind::Symbol(name) => write!(f, "{name}"),
            NodeKind::History(None) => f.write_str("$"),
            NodeKind::History(Some(number)) => write!(f, "${number}"),
            NodeKind::Out => f.write_str("out"),
            NodeKind::Local(_, name) => f.write_str(name),
            NodeKind::OffsetOf(ty, member) => write!(f, "offsetof({ty}, {member})"),
            NodeKind::ContainerOf { ty, member, .. } => write!(f, ", {ty}, {member})"),
            NodeKind::Unsafe { whole: true } => f.write_str(")"),
            NodeKind::Step { up, after: true } => f.write_str(if up { "++" } else { "--" }),
            NodeKind::SizeOf(ty) => write!(f, "sizeof({ty})"),
            NodeKind::Call(..) | NodeKind::PerCpu(_) | NodeKind::PerCpuPointer => f.write_str(")"),
            NodeKind::Buffer | NodeKind::Index => f.write_str("]"),
            NodeKind::Member(name) => write!(f, ".{name}"),
            NodeKind::Pointee(name) => write!(f, "->{name}"),
            NodeKind::Branch { when, .. } => f.write_str(match when {
                Branch::And => " && ",
                Branch::Or => " || ",
                Branch::Then => " ? ",
                Branch::Else => " : ",
                Branch::Jump => "",
            }),
            NodeKind::Braces(0) => f.write_str("}"),
            NodeKind::Braces(_) => f.write_str(" }"),
            _ => Ok(()),
        }
    }

    /// Whether a node needs parentheses as an operand of its parent.
    fn is_grouped(&self, index: usize, parent: Option<(usize, &Node<'a>)>) -> bool {
        let (Some(node), Some((at, parent))) = (self.nodes.get(index), parent) else {
            return false;
        };
        let is_first = node.first == parent.first;
        let is_last = index.saturating_add(1) == at;
        let own = match node.kind {
            NodeKind::Unary(_)
            | NodeKind::Cast(_)
            | NodeKind::SizeOfValue
            | NodeKind::Unsafe { .. }
            | NodeKind::Step { after: false, .. }
            | NodeKind::Value(Literal::Integer { negative: true, .. } | Literal::Address(_)) => {
                PREFIX
            }
            NodeKind::Binary(operator) => operator.strength(),
            NodeKind::Conditional => CONDITIONAL,
            NodeKind::Assign(_) => ASSIGNMENT,
            _ => POSTFIX,
        };
        let wanted = match parent.kind {
            NodeKind::Member(_) | NodeKind::Pointee(_) => POSTFIX,
            NodeKind::Index if is_first => POSTFIX,
            // Otherwise the dot would be a part of the symbol's name.
            NodeKind::Unary(Unary::Address) if self.begins_with_dot(node.first) => u8::MAX,
            // Otherwise the sign would be an operator between two values.
            NodeKind::Cast(ty) if is_signed(node.kind) && !is_certain(&ty) => POSTFIX,
            NodeKind::Unsafe { whole: true } => 0,
            NodeKind::Unary(_)
            | NodeKind::Cast(_)
            | NodeKind::SizeOfValue
            | NodeKind::Unsafe { .. }
            | NodeKind::Step { after: false, .. } => PREFIX,
            NodeKind::Step { .. } => POSTFIX,
            // Otherwise the number would choose a symbol.
            NodeKind::Binary(Binary::Slice)
                if is_first && matches!(node.kind, NodeKind::Value(Literal::Address(_))) =>
            {
                u8::MAX
            }
            NodeKind::Assign(_) if is_first => PREFIX,
            NodeKind::Assign(_) => ASSIGNMENT,
            NodeKind::Binary(operator) if is_first => operator.strength(),
            NodeKind::Binary(operator) => operator.strength().saturating_add(1),
            NodeKind::Conditional if is_first => CONDITIONAL.saturating_add(1),
            // Otherwise the colon would be the question mark's.
            NodeKind::Conditional if is_last => CONDITIONAL,
            NodeKind::Conditional if self.has_module(node.first, index) => u8::MAX,
            _ => ASSIGNMENT,
        };
        // Parentheses show what `unsafe` does not cover.
        let is_apart = node.grouped && node.is_unsafe != parent.is_unsafe;
        (own < wanted || is_apart) && !matches!(node.kind, NodeKind::Branch { .. })
    }

    /// Whether the node `first` is a name that a member follows.
    fn begins_with_dot(&self, first: usize) -> bool {
        let second = self.nodes.get(first.saturating_add(1));
        second.is_some_and(|node| node.first == first && matches!(node.kind, NodeKind::Member(_)))
    }

    /// Whether one of these nodes names a module.
    fn has_module(&self, first: usize, last: usize) -> bool {
        let count = last.saturating_sub(first).saturating_add(1);
        let mut nodes = self.nodes.iter().skip(first).take(count);
        nodes.any(|node| match node.kind {
            NodeKind::Symbol(name)
            | NodeKind::Value(Literal::Address(name))
            | NodeKind::PerCpu(name)
            | NodeKind::Call(name, _) => name.module.is_some(),
            _ => false,
        })
    }
}

/// Whether a value begins with a sign that can stand between two values as well.
fn is_signed(kind: NodeKind<'_>) -> bool {
    match kind {
        NodeKind::Unary(operator) => !matches!(operator, Unary::Complement | Unary::Not),
        NodeKind::Value(value) => matches!(
            value,
            Literal::Integer { negative: true, .. } | Literal::Address(_)
        ),
        _ => false,
    }
}

/// Whether it is certain to be a type, whatever follows its parentheses.
fn is_certain(ty: &TypeName<'_>) -> bool {
    let Base::Named(name) = ty.base else {
        return true;
    };
    let Qualifiers { constant, volatile } = ty.qualifiers;
    constant || volatile || !ty.pointers().is_empty() || looks_like_type(name)
}
