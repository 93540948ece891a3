// SPDX-License-Identifier: GPL-2.0

//! The declaration of a function as data, and how it is printed.

use super::type_name::{
    Base,
    Qualifiers,
    TypeName, //
};
use core::fmt;

/// The most parameters that a prototype can have.
pub const MAX_PARAMETERS: usize = 12;

/// The prototype of a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Declaration<'a> {
    /// The function's name.
    pub name: &'a str,
    /// What it returns.
    pub returns: TypeName<'a>,
    /// Whether more arguments may follow: `...`.
    pub variadic: bool,
    parameters: [ParameterDeclaration<'a>; MAX_PARAMETERS],
    pub(super) length: usize,
}

impl<'a> Declaration<'a> {
    /// A function without parameters.
    pub const fn new(name: &'a str, returns: TypeName<'a>) -> Self {
        Self {
            name,
            returns,
            variadic: false,
            parameters: [ParameterDeclaration::new(None, TypeName::new(Base::Void));
                MAX_PARAMETERS],
            length: 0,
        }
    }

    /// A declaration to be read into: `void (void)`, without a name.
    pub const NOTHING: Self = Self::new("", TypeName::new(Base::Void));

    /// Its parameters, in order.
    pub fn parameters(&self) -> &[ParameterDeclaration<'a>] {
        self.parameters.get(..self.length).unwrap_or_default()
    }

    /// Adds a parameter after the others; `None` if there are [`MAX_PARAMETERS`] already.
    #[must_use]
    pub fn push(&mut self, parameter: ParameterDeclaration<'a>) -> Option<()> {
        *self.parameters.get_mut(self.length)? = parameter;
        self.length = self.length.saturating_add(1);
        Some(())
    }
}

/// A parameter of a function.
#[derive(Clone, Copy, Debug)]
pub struct ParameterDeclaration<'a> {
    /// Its name, if it has one.
    pub name: Option<&'a str>,
    /// Its type.
    pub ty: TypeName<'a>,
    /// Where it was written, counted from 1; 0 if it was not.
    pub column: usize,
}

impl<'a> ParameterDeclaration<'a> {
    /// A parameter that was not written by the user.
    pub const fn new(name: Option<&'a str>, ty: TypeName<'a>) -> Self {
        Self {
            name,
            ty,
            column: 0,
        }
    }
}

impl PartialEq for ParameterDeclaration<'_> {
    /// Parameters are equal wherever they were written.
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.ty == other.ty
    }
}

impl Eq for ParameterDeclaration<'_> {}

impl TypeName<'_> {
    /// Writes the declaration of `name` with this type.
    pub(super) fn declare(&self, f: &mut fmt::Formatter<'_>, name: &str) -> fmt::Result {
        let close = self.pointers().last() == Some(&Qualifiers::NONE);
        write!(f, "{self}{}{name}", if close { "" } else { " " })
    }
}

impl fmt::Display for ParameterDeclaration<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.ty.base, self.name) {
            // Its text has the name.
            (Base::FunctionPointer(text), _) => text.fmt(f),
            (_, Some(name)) => self.ty.declare(f, name),
            (_, None) => self.ty.fmt(f),
        }
    }
}

impl fmt::Display for Declaration<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.returns.declare(f, self.name)?;
        let mut before = "(";
        for parameter in self.parameters() {
            write!(f, "{before}{parameter}")?;
            before = ", ";
        }
        f.write_str(match (self.length, self.variadic) {
            (0, _) => "(void)",
            (_, true) => ", ...)",
            (_, false) => ")",
        })
    }
}
