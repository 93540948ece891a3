// SPDX-License-Identifier: GPL-2.0

//! Prototypes: what a function takes and returns.

use super::{
    FunctionShape,
    Type, //
};
use crate::bindings::btf_param;
use kernel::prelude::*;

/// A function's prototype. Prints as C.
///
/// # Examples
///
/// ```
/// # use crate::kallsyms::{Error, Kallsyms, Name};
/// # fn example(kallsyms: &Kallsyms) -> Result<(), Error> {
/// let name = Name::new(c"int_sqrt")?;
/// let target = kallsyms.target(&name, 0)?;
/// let btf = kallsyms.btf(&target).ok_or(Error::NoPrototype)?;
/// let prototype = btf.function(name.symbol()).ok_or(Error::NoPrototype)?;
/// pr_info!("{prototype}\n"); // unsigned long int_sqrt(unsigned long x)
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy)]
pub struct Prototype<'a> {
    /// What has the name; `void` for the type of a function.
    named: Type<'a>,
    ty: Type<'a>,
}

/// A parameter of a function.
#[derive(Clone, Copy)]
pub struct Parameter<'a> {
    /// Its name, which may be empty.
    pub name: &'a CStr,
    /// Its type.
    pub ty: Type<'a>,
}

impl<'a> Prototype<'a> {
    /// That of a function in the BTF, which has a name.
    pub(super) fn of_function(function: Type<'a>) -> Self {
        Self {
            named: function,
            ty: function.target(),
        }
    }

    /// That which the type of a function is.
    pub(super) fn of_type(ty: Type<'a>) -> Self {
        Self {
            named: ty.btf().ty(0),
            ty,
        }
    }

    /// The type of the function.
    pub(super) fn ty(&self) -> Type<'a> {
        self.ty
    }

    /// Whether it has no parameters at all.
    pub(super) fn takes_nothing(&self) -> bool {
        self.ty.parameters().is_empty()
    }

    /// This name with the type of `longer`, if that takes what this takes, by the same types, and more.
    pub(super) fn continued_by(&self, longer: &Self) -> Option<Self> {
        let (these, those) = (self.ty.parameters(), longer.ty.parameters());
        let same = |(this, that): (&btf_param, &btf_param)| this.type_ == that.type_;
        (these.len() < those.len() && these.iter().zip(those).all(same)).then_some(Self {
            named: self.named,
            ty: longer.ty,
        })
    }

    /// The function's name, which is empty for the type of a function.
    pub fn name(&self) -> &'a CStr {
        self.named.name()
    }

    /// The number of the function in the BTF; 0 for the type of a function.
    pub fn id(&self) -> u32 {
        self.named.id()
    }

    /// What it returns.
    pub fn returns(&self) -> Type<'a> {
        self.ty.target()
    }

    /// Its parameters with names and types, in order.
    pub fn parameters(&self) -> impl ExactSizeIterator<Item = Parameter<'a>> + 'a {
        let btf = self.ty.btf();
        let all = self.ty.parameters();
        let named = all.len() - usize::from(self.is_variadic());
        all[..named].iter().map(move |parameter| Parameter {
            name: btf.string(parameter.name_off),
            ty: btf.ty(parameter.type_),
        })
    }

    /// The ids of its parameters' types, in order. Looks at no name, so that it is quicker than [`Self::parameters`].
    pub fn parameter_ids(&self) -> impl ExactSizeIterator<Item = u32> + 'a {
        let all = self.ty.parameters();
        let named = all.len() - usize::from(self.is_variadic());
        all[..named].iter().map(|parameter| parameter.type_)
    }

    /// Whether it takes more: its last parameter then has neither a name nor a type.
    pub fn is_variadic(&self) -> bool {
        self.ty
            .parameters()
            .last()
            .is_some_and(|last| last.type_ == 0)
    }

    /// Whether values of this shape travel in and out of it.
    pub fn agrees(&self, shape: &FunctionShape) -> bool {
        let parameters = self.parameters();
        parameters.len() == shape.parameters.len()
            && self.is_variadic() == shape.variadic
            && self.returns().shape().agrees(shape.returns)
            && parameters
                .zip(shape.parameters)
                .all(|(parameter, shape)| parameter.ty.shape().agrees(*shape))
    }
}
