// SPDX-License-Identifier: GPL-2.0

//! The result of an expression, as it is shown.

use super::{
    history::EarlierValue,
    Evaluator,
    StackValue, //
};
use crate::{
    call::{
        arguments::{
            Content,
            Temporary, //
        },
        request::SymbolName, //
    },
    ctype::{
        bits::is_signed,
        decimal::Decimal,
        ty::Ty,
        types::HeldTypes,
        value_kind::{
            of_btf,
            ValueKind, //
        }, //
    },
    failure::Failure,
    kallsyms::{
        nofault,
        Shape, //
    },
    print::{
        to_c_string,
        Pure, //
    },
    show::{
        object::Printer,
        value::{
            string,
            Value,
            MAX_STRING, //
        },
        Outcome, //
    },
    text::{
        self,
        Format,
        Tree, //
    }, //
};
use core::mem::replace;
use kernel::{
    prelude::{
        fmt,
        *, //
    },
    str::{
        BStr,
        CString, //
    }, //
};

/// The largest object that is shown.
const MAX_OBJECT: usize = 64 << 10;

/// How many bytes of a temporary are shown.
const MAX_BYTES: usize = 4 << 10;

/// How many bytes of a call are shown. A line of the log has about 1000 bytes, and the value must
/// fit, too.
const MAX_TEXT: usize = 400;

/// The type of a result.
pub(super) enum ResultType {
    Of(Ty),
    Named(&'static CStr),
}

impl<'a> Evaluator<'_, '_, 'a> {
    /// Makes the outermost call, whose arguments are the whole tree. Returns the outcome, and the
    /// call as C.
    #[inline(never)]
    pub(crate) fn finish_call(
        &mut self,
        tree: &Tree<'_, 'a>,
        function: &SymbolName,
        end: usize,
    ) -> Result<(KBox<Outcome>, CString), Failure> {
        let outcome = self.call_with_all(tree, function, end)?;
        let name = outcome.callee.as_ref().map_or(c"", |callee| &*callee.name);
        let call = shorten(to_c_string(fmt!("{name}({})", Pure(*tree)))?)?;
        Ok((outcome, call))
    }

    /// The outcome of a whole expression, and its value for the history.
    #[inline(never)]
    pub(crate) fn finish(
        &mut self,
        tree: &Tree<'_, 'a>,
        format: Format,
    ) -> Result<(KBox<Outcome>, EarlierValue), Failure> {
        let (item, node) = self.pop()?;
        let item = self.variable(item, tree.start(node))?;
        let mut outcome = self.outcome(tree, item, node, format)?;
        outcome.nanoseconds = self.nanoseconds;
        outcome.warned = self.execution.warned;
        let value = match self.settings.history.room() {
            Some(held) => self.earlier_value(tree, item, node, held)?,
            None => EarlierValue::Nothing,
        };
        Ok((outcome, value))
    }

    /// A value for the history. Its type is added to the `held` types.
    #[inline(never)] // frame
    fn earlier_value(
        &self,
        tree: &Tree<'_, 'a>,
        item: StackValue<'a>,
        node: usize,
        held: &HeldTypes,
    ) -> Result<EarlierValue, Failure> {
        let lasting = |ty| self.types.lasting(ty, held);
        Ok(match item {
            StackValue::Scalar(ty, bits) => EarlierValue::Scalar(lasting(ty)?, bits),
            // This memory is freed when the evaluation ends.
            StackValue::Object(ty, address) if self.execution.memory.has(address) => {
                match self.by_value(ty, address, tree.start(node)) {
                    Ok(words) => EarlierValue::Structure(lasting(ty)?, words),
                    Err(_) => EarlierValue::Nothing,
                }
            }
            StackValue::Object(ty, address) => EarlierValue::Object(lasting(ty)?, address),
            StackValue::Literal(_) => match self.number_in(item, tree.start(node))? {
                Some(number) => EarlierValue::Scalar(Ty::number(number.ty()), number.bits()),
                None => EarlierValue::Nothing,
            },
            _ => EarlierValue::Nothing,
        })
    }

    /// The outcome for a value; if it is of a call, with the call's temporaries.
    #[inline(never)] // frame
    pub(super) fn outcome(
        &mut self,
        tree: &Tree<'_, 'a>,
        item: StackValue<'a>,
        node: usize,
        format: Format,
    ) -> Result<KBox<Outcome>, Failure> {
        let tainted = self
            .last
            .as_ref()
            .is_some_and(|last| last.returned.unsafe_call);
        if let Some(mut outcome) = self.last_call(node)? {
            self.format_outcome(&mut outcome, format)?;
            return Ok(outcome);
        }
        let (value, ty) = self.result(tree, item, node)?;
        let prototype = self.type_text(ty)?;
        let mut outcome = Outcome::of_value(self.as_format(format, value)?, prototype)?;
        outcome.tainted = tainted;
        Ok(outcome)
    }

    /// Converts the values of a call for a format.
    pub(super) fn format_outcome(
        &self,
        outcome: &mut Outcome,
        format: Format,
    ) -> Result<(), Failure> {
        let format_one = |value: &mut Value| -> Result<(), Failure> {
            *value = self.as_format(format, replace(value, Value::Void))?;
            Ok(())
        };
        format_one(&mut outcome.value)?;
        for (_, value) in &mut outcome.temporaries {
            format_one(value)?;
        }
        Ok(())
    }

    /// The name and the value of a temporary after a call. `btf` has the function's types.
    #[inline(never)]
    pub(crate) fn temporary(
        &self,
        temporary: &Temporary,
        btf: Option<usize>,
    ) -> Result<Option<(CString, Value)>, Failure> {
        let name = if temporary.name.is_empty() {
            CString::try_from(c"out")?
        } else {
            CString::try_from(&*temporary.name)?
        };
        let address = temporary.address;
        let value = match &temporary.what {
            Content::StringArgument(given) => {
                let mut now = KVec::from_elem(0u8, given.len(), GFP_KERNEL)?;
                nofault::read(address, &mut now)?;
                if *now == **given {
                    return Ok(None);
                }
                string(self.facts(), address, given.len(), self.text_limit())?
            }
            Content::Text(length) => {
                let text = string(self.facts(), address, *length, self.text_limit())?;
                // If it is empty, nobody can tell whether the function wrote to it.
                text.filter(|text| !text.is_empty_string())
            }
            Content::Bytes(length) => {
                let mut bytes = KVVec::from_elem(0u8, (*length).min(MAX_BYTES), GFP_KERNEL)?;
                nofault::read(address, &mut bytes)?;
                Some(Value::Bytes(bytes))
            }
            Content::Value(id) => match btf {
                Some(btf) => Some(self.shown(Ty::of(btf, *id), address, 1)?),
                None => None,
            },
            Content::Array(id, count) => match btf {
                Some(btf) => Some(self.shown(Ty::of(btf, *id), address, *count)?),
                None => None,
            },
        };
        Ok(value.map(|value| (name, value)))
    }

    /// The string in an array of `length` characters.
    fn text_at(&self, address: usize, length: usize, column: usize) -> Result<Value, Failure> {
        let text = string(self.facts(), address, length, self.text_limit())?;
        text.ok_or_else(|| self.fail(column, EFAULT, fmt!("the memory of this cannot be read")))
    }

    /// How many bytes of a string are shown: a line of the log is short.
    pub(super) fn text_limit(&self) -> usize {
        if self.settings.in_log {
            MAX_STRING
        } else {
            MAX_BYTES
        }
    }

    /// The value of `count` objects of a type at an address.
    #[inline(never)]
    pub(crate) fn shown(&self, ty: Ty, address: usize, count: usize) -> Result<Value, Failure> {
        if count != 1 {
            let mut values = KVec::new();
            for index in 0..count.min(MAX_BYTES / 64) {
                let size = self.types.size(ty);
                let value = self.shown(ty, address.wrapping_add(index * size), 1)?;
                values.push(value, GFP_KERNEL)?;
            }
            return Ok(Value::Array(values, count));
        }
        let column = 1;
        match self.aggregate(ty, address, column)? {
            Some(value) => Ok(value),
            None => {
                let bits = self.load_scalar(ty, address, column)?;
                self.scalar_value(ty, bits, false)
            }
        }
    }

    /// A type as C.
    fn type_text(&self, ty: ResultType) -> Result<CString, Failure> {
        Ok(match ty {
            ResultType::Of(ty) => to_c_string(fmt!("{}", self.types.display(ty)))?,
            ResultType::Named(name) => CString::try_from(name)?,
        })
    }

    /// The value of a whole expression, and its type.
    #[inline(never)]
    pub(crate) fn result(
        &mut self,
        tree: &Tree<'_, 'a>,
        item: StackValue<'a>,
        node: usize,
    ) -> Result<(Value, ResultType), Failure> {
        let column = tree.start(node);
        let item = self.variable(item, column)?;
        if let StackValue::Object(ty, address) = item {
            if let Some(value) = self.aggregate(ty, address, column)? {
                return Ok((value, ResultType::Of(ty)));
            }
        }
        match self.load(tree, item, node)? {
            StackValue::Scalar(ty, bits) => {
                Ok((self.scalar_value(ty, bits, true)?, ResultType::Of(ty)))
            }
            StackValue::Literal(literal) => self.literal(literal, column),
            StackValue::Void => Ok((Value::Void, ResultType::Named(c"void"))),
            StackValue::Object(ty, _) => Err(self.fail(
                column,
                EINVAL,
                fmt!("a `{}` cannot be shown", self.types.display(ty)),
            )),
            StackValue::Local(number) => Err(self.no_value(number, column)),
            StackValue::Temporary(_) | StackValue::Field(_) => Err(self.fail(
                column,
                EINVAL,
                fmt!("a temporary can only be an argument of a call, whose parameter gives it its type"),
            )),
        }
    }

    /// A number or a pointer as it is shown.
    #[inline(never)]
    pub(crate) fn scalar_value(&self, ty: Ty, bits: u64, text: bool) -> Result<Value, Failure> {
        let (kind, btf) = match self.types.get(ty) {
            Some(plain) => (of_btf(plain), self.types.btf(ty)),
            None => (self.kind(ty), None),
        };
        // A computed number is not an error that a function returned, so it gets no error's name.
        let kind = match kind {
            ValueKind::String { constant } if !text => ValueKind::Pointer { constant, size: 0 },
            kind => kind,
        };
        Ok(match (kind, self.types.get(ty)) {
            (
                ValueKind::Integer {
                    size: 8,
                    signed: true,
                },
                _,
            ) => Value::Long(bits as i64, None),
            (ValueKind::Integer { signed: true, .. }, _) => Value::Signed(bits as i64, None),
            _ => Value::new(self.facts(), kind, btf, bits as usize)?,
        })
    }

    /// The kind of a type that the BTF does not have.
    pub(crate) fn kind(&self, ty: Ty) -> ValueKind {
        match self.types.shape(ty) {
            Shape::Integer { size, signed } => ValueKind::Integer { size, signed },
            Shape::Pointer => match self.types.pointee(ty) {
                Some(to) if self.types.is_text(to) => ValueKind::String { constant: true },
                _ => ValueKind::Pointer {
                    constant: true,
                    size: 0,
                },
            },
            _ => ValueKind::Void,
        }
    }

    /// The value and the type of an expression that is only a literal.
    #[inline(never)]
    pub(crate) fn literal(
        &self,
        literal: text::Literal<'a>,
        column: usize,
    ) -> Result<(Value, ResultType), Failure> {
        if let Some(address) = self.function_pointer(StackValue::Literal(literal), column)? {
            let value = self.pointer_value(address as usize)?;
            return Ok((value, ResultType::Named(c"void *")));
        }
        match literal {
            text::Literal::Bool(value) => Ok((Value::Bool(value), ResultType::Named(c"bool"))),
            text::Literal::Null => Ok((Value::Pointer(0, None), ResultType::Named(c"void *"))),
            text::Literal::Address(name) => {
                let address = self.symbol_address(&name, column)?;
                let kind = ValueKind::Pointer {
                    constant: true,
                    size: 0,
                };
                let value = Value::new(self.facts(), kind, None, address)?;
                Ok((value, ResultType::Named(c"void *")))
            }
            text::Literal::String(_) => Err(self.fail(
                column,
                EINVAL,
                fmt!("a string can only be an argument of a call"),
            )),
            literal => {
                let number = self.number(StackValue::Literal(literal), column)?;
                let ty = Ty::number(number.ty());
                let value = self.scalar_value(ty, number.bits(), false)?;
                Ok((value, ResultType::Of(ty)))
            }
        }
    }

    /// A structure, a union or an array as text; [`None`] for other types.
    #[inline(never)]
    pub(crate) fn aggregate(
        &self,
        ty: Ty,
        address: usize,
        column: usize,
    ) -> Result<Option<Value>, Failure> {
        let size = self.types.size(ty);
        match self.types.shape(ty) {
            Shape::Aggregate => {}
            shape @ Shape::Integer { size: 16, .. } => {
                let mut bytes = [0u8; 16];
                self.read(address, &mut bytes, column)?;
                let value = Decimal::new(u128::from_le_bytes(bytes), is_signed(shape));
                return Ok(Some(Value::Wide(value)));
            }
            _ => return Ok(None),
        }
        if size > 0 {
            if let Some((element, length)) = self.types.array(ty) {
                if self.types.is_text(element) {
                    return Ok(Some(self.text_at(address, length, column)?));
                }
                // An array that no BTF has.
                if self.types.get(ty).is_none() {
                    return Ok(Some(self.shown(element, address, length)?));
                }
            }
        }
        if size == 0 || size > MAX_OBJECT {
            return Err(self.fail(
                column,
                E2BIG,
                fmt!(
                    "a `{}` has {size} bytes; what is shown has 1 to {MAX_OBJECT}",
                    self.types.display(ty)
                ),
            ));
        }
        let mut bytes = KVVec::from_elem(0u8, size, GFP_KERNEL)?;
        self.read(address, &mut bytes, column)?;
        let Some(plain) = self.types.get(ty) else {
            return Ok(None);
        };
        let kallsyms = self.caller.kallsyms();
        let show = self.settings.show;
        let text = Printer::print(kallsyms, plain, &bytes, show)?;
        Ok(Some(Value::Printed(text)))
    }
}

/// Cuts the text of a call that is too long for a line.
fn shorten(text: CString) -> Result<CString, Failure> {
    match text.to_bytes().get(..MAX_TEXT) {
        None => Ok(text),
        Some(start) => Ok(to_c_string(fmt!("{}...)", BStr::from_bytes(start)))?),
    }
}
