// SPDX-License-Identifier: GPL-2.0

//! A machine that runs programs about numbers, as the module does, but without a kernel.
//!
//! Its memory maps an address and a member's name to a number. Every member is at its object's
//! address, so that `container_of()` and `&p->member` are the pointer itself.

use crate::text::{
    Binary,
    Branch,
    Literal,
    Node,
    NodeKind,
    Number,
    Program,
    Unary, //
};
use std::collections::HashMap;

/// A value on the stack.
#[derive(Clone, Debug)]
enum Value {
    Number(i64),
    Local(usize),
    Member(i64, String),
}

/// The state of the machine.
#[derive(Default)]
pub(crate) struct Machine {
    /// The kernel's names.
    pub(crate) names: HashMap<&'static str, i64>,
    /// Members of the object at an address. A function with one argument is a member of its
    /// argument.
    pub(crate) memory: HashMap<(i64, String), i64>,
    locals: Vec<Option<i64>>,
    stack: Vec<Value>,
    output: String,
}

impl Machine {
    pub(crate) fn set(&mut self, object: i64, member: &str, value: i64) {
        self.memory.insert((object, member.to_string()), value);
    }

    /// Runs a program. Returns what it prints, a line for each statement, or what went wrong.
    pub(crate) fn run(mut self, program: &Program<'_, '_>) -> Result<String, String> {
        self.locals = vec![None; program.locals.len()];
        let nodes = program.tree.nodes();
        let mut at = 0;
        for _ in 0..100_000 {
            let Some(node) = nodes.get(at) else {
                assert!(self.stack.is_empty(), "{:?}", self.stack);
                return Ok(self.output);
            };
            at = match node.kind {
                NodeKind::Branch { when, to } if self.branches(when)? => to,
                NodeKind::Branch { .. } => at + 1,
                _ => {
                    self.node(node)?;
                    at + 1
                }
            };
        }
        Err("too many steps".to_string())
    }

    fn branches(&mut self, when: Branch) -> Result<bool, String> {
        Ok(match when {
            Branch::Jump | Branch::Else => true,
            Branch::Then => self.number()? == 0,
            Branch::And | Branch::Or => {
                let truth = self.number()? != 0;
                let skips = truth == (when == Branch::Or);
                if skips {
                    self.stack.push(Value::Number(truth.into()));
                }
                skips
            }
        })
    }

    fn pop(&mut self) -> Value {
        self.stack.pop().expect("the parser leaves no operand out")
    }

    fn load(&self, value: &Value) -> Result<i64, String> {
        match value {
            Value::Number(number) => Ok(*number),
            Value::Local(number) => self.locals[*number].ok_or(format!("local {number}: no value")),
            Value::Member(object, name) => {
                let value = self.memory.get(&(*object, name.clone()));
                value.copied().ok_or(format!("{object} has no {name}"))
            }
        }
    }

    fn number(&mut self) -> Result<i64, String> {
        let value = self.pop();
        self.load(&value)
    }

    fn binary(operator: Binary, a: i64, b: i64) -> Result<i64, String> {
        let number = |value: i64| Number::new(value as u64, crate::text::NumberType::LONG);
        let result = number(a).binary(operator, number(b))?;
        Ok(result.bits() as i64)
    }

    fn node(&mut self, node: &Node<'_>) -> Result<(), String> {
        let value = match node.kind {
            NodeKind::Value(Literal::Integer {
                negative,
                magnitude,
                ..
            }) => {
                let magnitude = magnitude as i64;
                Value::Number(if negative { -magnitude } else { magnitude })
            }
            NodeKind::Value(Literal::Name(name)) => {
                Value::Number(*self.names.get(name).ok_or(format!("no {name}"))?)
            }
            NodeKind::Value(Literal::Address(name)) => {
                let (object, _) = name.symbol.split_once('.').unwrap_or((name.symbol, ""));
                Value::Number(*self.names.get(object).ok_or(format!("no {object}"))?)
            }
            NodeKind::Local(number, _) => Value::Local(number),
            NodeKind::Declare(number) => {
                self.locals[number] = Some(0);
                return Ok(());
            }
            NodeKind::Member(name) | NodeKind::Pointee(name) => {
                Value::Member(self.number()?, name.to_string())
            }
            NodeKind::Index => {
                let index = self.number()?;
                match self.pop() {
                    Value::Member(object, name) => {
                        Value::Member(object, format!("{name}[{index}]"))
                    }
                    value => Value::Member(self.load(&value)?, format!("[{index}]")),
                }
            }
            NodeKind::Unary(Unary::Address) => match self.pop() {
                Value::Member(object, _) => Value::Number(object),
                Value::Local(number) => Value::Number(1000 + number as i64),
                value => value,
            },
            NodeKind::Unary(operator) => {
                let value = self.number()?;
                Value::Number(match operator {
                    Unary::Not => (value == 0).into(),
                    Unary::Minus => -value,
                    Unary::Complement => !value,
                    _ => value,
                })
            }
            NodeKind::Cast(_) | NodeKind::Unsafe { .. } | NodeKind::Conditional => {
                Value::Number(self.number()?)
            }
            NodeKind::ContainerOf { .. } => Value::Number(self.number()?),
            NodeKind::Binary(Binary::And | Binary::Or) => {
                Value::Number((self.number()? != 0).into())
            }
            NodeKind::Binary(operator) => {
                let b = self.number()?;
                let a = self.number()?;
                Value::Number(Self::binary(operator, a, b)?)
            }
            NodeKind::Assign(operator) => {
                let value = self.number()?;
                let Value::Local(number) = self.pop() else {
                    return Err("not a local".to_string());
                };
                let value = match (operator, self.locals[number]) {
                    (None, _) => value,
                    (Some(operator), Some(before)) => Self::binary(operator, before, value)?,
                    (Some(_), None) => return Err(format!("local {number}: no value")),
                };
                self.locals[number] = Some(value);
                Value::Number(value)
            }
            NodeKind::Step { up, after } => {
                let Value::Local(number) = self.pop() else {
                    return Err("not a local".to_string());
                };
                let before = self.load(&Value::Local(number))?;
                let now = if up { before + 1 } else { before - 1 };
                self.locals[number] = Some(now);
                Value::Number(if after { before } else { now })
            }
            NodeKind::Call(name, count) => {
                let arguments = self.stack.split_off(self.stack.len() - count);
                let numbers: Result<Vec<_>, _> =
                    arguments.iter().map(|value| self.load(value)).collect();
                match &numbers?[..] {
                    [argument] => Value::Member(*argument, name.to_string()),
                    // An iterator. Its second argument is the address of a local, which it changes.
                    [object, local, ..] => {
                        let local = (*local - 1000) as usize;
                        let index = self.locals[local].ok_or("no value")?;
                        let index = index + i64::from(name.symbol.ends_with("_after"));
                        self.locals[local] = Some(index);
                        let next = self.memory.get(&(*object, format!("next{index}")));
                        Value::Number(next.copied().unwrap_or(0))
                    }
                    [] => Value::Number(0),
                }
            }
            // The machine counts the turns of the local in its other memory.
            NodeKind::Circle(number) => {
                let value = self.locals[number].unwrap();
                let seen = self.memory.entry((-1, "seen".to_string())).or_default();
                *seen += 1;
                if *seen > 50 {
                    return Err(format!("a circle at {value}"));
                }
                Value::Number(0)
            }
            NodeKind::SizeOfValue => Value::Number(8),
            NodeKind::SizeOf(_) => Value::Number(4),
            NodeKind::TypeOf => return Ok(()),
            NodeKind::Drop => {
                self.pop();
                return Ok(());
            }
            NodeKind::Column(_) => {
                let value = self.number()?;
                if !self.output.is_empty() && !self.output.ends_with(';') {
                    self.output.push(',');
                }
                self.output += &value.to_string();
                return Ok(());
            }
            NodeKind::Print(_) => {
                self.output.push(';');
                return Ok(());
            }
            kind => return Err(format!("{kind:?}")),
        };
        self.stack.push(value);
        Ok(())
    }
}
