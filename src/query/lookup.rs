// SPDX-License-Identifier: GPL-2.0

//! Looking up what a name, an address or a type means: a line for each symbol, or the lines of a
//! type.

use super::{
    function_marks::Describer,
    symbol_line::SymbolLine,
    type_layout::TypeLookup, //
};
use crate::{
    call::request::SymbolName,
    failure::{
        quote,
        Failure,
        Written, //
    },
    kallsyms::{
        Kallsyms,
        Symbol,
        TransientPosition, //
    },
    nearest,
    print::Text,
    text, //
};
use core::ops::ControlFlow;
use kernel::{
    fmt,
    page::PAGE_SIZE,
    prelude::{
        fmt,
        *, //
    }, //
};

/// The file whose requests are parsed here.
const SOURCE: &str = "lookup";

/// What to look up.
pub(crate) enum Lookup {
    /// All symbols of a name; if there are none, the type of this name.
    Name(Named, Option<TypeLookup>),
    /// A type, or something in it.
    Type(TypeLookup),
    /// The symbol in which an address lies, and those that begin where it does.
    Address(usize),
}

/// Symbols of a name.
pub(crate) struct Named {
    name: SymbolName,
    /// Where the name was written.
    column: usize,
    /// Which of them; 1 is the first, and 0 means all.
    position: usize,
    /// A place in them.
    place: Option<Place>,
}

/// A place in a function, as the kernel prints it: `+0x5/0x90`.
#[derive(Clone, Copy)]
struct Place {
    offset: usize,
    /// How long the function is, if that is known.
    size: Option<usize>,
}

impl Lookup {
    /// The name, the address or the type that was written.
    pub(crate) fn new(text: &[u8]) -> Result<Self, Failure> {
        let start = text.len() - text.trim_ascii_start().len();
        let written = Written {
            source: SOURCE,
            column: 1 + start,
            text: text.trim_ascii(),
        };
        let text = written.text;
        if let Some(digits) = text.strip_prefix(b"0x") {
            return match text::hexadecimal(digits) {
                Some(address) => Ok(Self::Address(address)),
                None => Err(written.failure(
                    EINVAL,
                    fmt!("an address is 0x and up to 16 hexadecimal digits"),
                )),
            };
        }
        // As /proc/kallsyms has it.
        if let (16, Some(address)) = (text.len(), text::hexadecimal(text)) {
            return Ok(Self::Address(address));
        }
        if let Some(named) = Named::with_place(&written)? {
            return Ok(Self::Name(named, None));
        }
        Self::name_or_type(&written)
    }

    /// What is a name, a type or both.
    #[inline(never)] // frame
    fn name_or_type(written: &Written<'_>) -> Result<Self, Failure> {
        let text = written.text;
        let (name, position) = position(text);
        match (text::symbol_name(name), text::type_path(text)) {
            (Ok(name), path) => {
                let ty = match path.ok().map(|path| TypeLookup::new(written, &path)) {
                    Some(Ok(ty)) => Some(ty),
                    Some(Err(failure)) if failure.errno() == ENOMEM => return Err(failure),
                    // It can be the name of a symbol all the same.
                    Some(Err(_)) | None => None,
                };
                let named = Named {
                    name: SymbolName::new(name)?,
                    column: written.column,
                    position,
                    place: None,
                };
                Ok(Self::Name(named, ty))
            }
            (Err(_), Ok(path)) => Ok(Self::Type(TypeLookup::new(written, &path)?)),
            (Err(_), Err(error)) if text::is_tagged(text) => Err(written.error(error)),
            (Err(error), Err(_)) => Err(written.error(error)),
        }
    }

    /// Fails if nothing is found, or if it is an address and the reader may not see those (`show`).
    ///
    /// Takes the lock of the list of modules, for which it may sleep.
    #[inline(never)] // frame
    pub(crate) fn check(&self, kallsyms: &Kallsyms, show: bool) -> Result<(), Failure> {
        match self {
            Self::Type(ty) => ty.check(kallsyms),
            Self::Name(named, ty) => {
                let found = named.for_each(kallsyms, |_, _| ControlFlow::Break(()))?;
                match (found, ty) {
                    (ControlFlow::Break(()), _) => Ok(()),
                    (ControlFlow::Continue(()), Some(ty)) if ty.is_known(kallsyms)? => {
                        ty.check(kallsyms)
                    }
                    _ => Err(named.missing(kallsyms)),
                }
            }
            Self::Address(_) if !show => Err(Failure::new(
                EPERM,
                fmt!("you cannot look up addresses that you may not read in /proc/kallsyms"),
            )),
            Self::Address(address) => {
                match for_each_with(kallsyms, *address, |_, _| ControlFlow::Break(()))? {
                    ControlFlow::Break(()) => Ok(()),
                    ControlFlow::Continue(()) => transient_line(kallsyms, *address, |_| ())
                        .ok_or_else(|| Failure::new(ENOENT, fmt!("no symbol has this address"))),
                }
            }
        }
    }

    /// Calls `line` for each symbol that is found, or for each line of a type, until it breaks; the
    /// lines have addresses only if `show`.
    ///
    /// Takes the lock of the list of modules, for which it may sleep, and holds it while `line`
    /// runs.
    pub(crate) fn for_each_line(
        &self,
        describer: &Describer<'_>,
        show: bool,
        mut line: impl FnMut(fmt::Arguments<'_>) -> ControlFlow<()>,
    ) -> Result<(), Failure> {
        let kallsyms = describer.kallsyms;
        match self {
            Self::Type(ty) => ty.for_each_line(kallsyms, &mut line),
            Self::Name(named, ty) => {
                let found = named_lines(describer, named, show, &mut line)?;
                match ty {
                    Some(ty) if !found => ty.for_each_line(kallsyms, &mut line),
                    _ => Ok(()),
                }
            }
            Self::Address(address) => {
                let mut found = false;
                let _ = for_each_with(kallsyms, *address, |symbol, offset| {
                    found = true;
                    let symbol = SymbolLine {
                        symbol,
                        kallsyms,
                        show,
                    };
                    line(fmt!("{symbol} offset={offset:#x}"))
                })?;
                if !found {
                    transient_line(kallsyms, *address, |text| {
                        let _ = line(text);
                    });
                }
                Ok(())
            }
        }
    }
}

impl Named {
    /// What the kernel prints of a place: `vfs_read+0x5/0x90`, `xfs_iget+0x10/0x40 [xfs]`.
    fn with_place(written: &Written<'_>) -> Result<Option<Self>, Failure> {
        let Some(plus) = written.text.iter().position(|byte| *byte == b'+') else {
            return Ok(None);
        };
        let fail = |failure: text::ParseError| written.error(failure);
        let (name, rest) = written.text.split_at(plus);
        let (name, position) = position(name);
        let rest = rest.get(1..).unwrap_or_default();
        let (place, module) = match rest.iter().position(|byte| *byte == b' ') {
            Some(space) => rest.split_at(space),
            None => (rest, &[][..]),
        };
        let (offset, size) = match place.iter().position(|byte| *byte == b'/') {
            Some(slash) => (&place[..slash], place.get(slash + 1..)),
            None => (place, None),
        };
        let module = module.trim_ascii();
        let bare = module
            .strip_prefix(b"[")
            .and_then(|module| module.strip_suffix(b"]"));
        let (Some(offset), Some(size), true) = (
            number(offset),
            size.map_or(Some(None), |size| number(size).map(Some)),
            module.is_empty() || bare.is_some(),
        ) else {
            return Err(written.failure(
                EINVAL,
                fmt!("a place in a function is written name+0x5, name+0x5/0x90 or name+0x5/0x90 [module]"),
            ));
        };
        let mut name = text::symbol_name(name).map_err(fail)?;
        if let Some(Ok(bare)) = bare.map(core::str::from_utf8) {
            name.module = name.module.or(Some(bare));
        }
        Ok(Some(Self {
            name: SymbolName::new(name)?,
            column: written.column,
            position,
            place: Some(Place { offset, size }),
        }))
    }

    /// Calls `f` for each symbol that is meant, with its position among the symbols of that name,
    /// until it breaks.
    fn for_each(
        &self,
        kallsyms: &Kallsyms,
        mut f: impl FnMut(&Symbol<'_>, usize) -> ControlFlow<()>,
    ) -> Result<ControlFlow<()>, Failure> {
        let fail = |error| Failure::symbol(self.name.as_bytes(), &error).or_at(self.column);
        let mut count = 0;
        kallsyms
            .for_each_named(&self.name.name().map_err(fail)?, |symbol| {
                count += 1;
                if self.position != 0 && self.position != count {
                    return ControlFlow::Continue(());
                }
                if let Some(place) = self.place {
                    let size = symbol.size(kallsyms).unwrap_or(0);
                    if place.size.is_some_and(|wanted| wanted != size) || place.offset >= size {
                        return ControlFlow::Continue(());
                    }
                }
                f(symbol, count)
            })
            .map_err(fail)
    }

    /// Why no symbol is found.
    #[inline(never)] // frame
    fn missing(&self, kallsyms: &Kallsyms) -> Failure {
        let (mut count, mut sizes) = (0, [0; 4]);
        let name = quote(self.name.as_bytes());
        if let Ok(name) = self.name.name() {
            let _ = kallsyms.for_each_named(&name, |symbol| {
                if let Some(size) = sizes.get_mut(count) {
                    *size = symbol.size(kallsyms).unwrap_or(0);
                }
                count += 1;
                ControlFlow::<()>::Continue(())
            });
        }
        let failure = match (count, self.place) {
            (0, _) => match self.name.parts() {
                Ok((module, symbol)) => nearest::no_symbol(kallsyms, module, symbol),
                Err(error) => Failure::symbol(self.name.as_bytes(), &error),
            },
            (1, Some(_)) => Failure::new(ENOENT, fmt!("{name} has {:#x} bytes", sizes[0])),
            (_, Some(_)) => {
                Failure::new(ENOENT, fmt!("{name}: no symbol of this name is that long"))
            }
            (_, None) => Failure::new(
                ENOENT,
                fmt!(
                    "{name}: there is no @{}; symbols of this name: {count}",
                    self.position
                ),
            ),
        };
        failure.or_at(self.column)
    }
}

/// A name, and the number after it: `init_once@3` is the third symbol of the name. `()` after a
/// function's name is left out.
fn position(text: &[u8]) -> (&[u8], usize) {
    let text = text.strip_suffix(b"()").unwrap_or(text);
    let at = text.iter().rposition(|byte| *byte == b'@');
    let number = at.and_then(|at| text::number(text.get(at + 1..)?).ok());
    match at.zip(number.filter(|number| *number != 0)) {
        Some((at, number)) => (text.get(..at).unwrap_or_default(), number),
        None => (text, 0),
    }
}

/// A number, hexadecimal or decimal.
fn number(text: &[u8]) -> Option<usize> {
    match text.strip_prefix(b"0x") {
        Some(digits) => text::hexadecimal(digits),
        None => text::number(text).ok(),
    }
}

/// Calls `line` for each symbol of a name, until it breaks; returns whether there are any.
#[inline(never)] // frame
fn named_lines(
    describer: &Describer<'_>,
    named: &Named,
    show: bool,
    line: &mut dyn FnMut(fmt::Arguments<'_>) -> ControlFlow<()>,
) -> Result<bool, Failure> {
    let kallsyms = describer.kallsyms;
    let mut found = false;
    let mut failed = Ok(());
    let _ = named.for_each(kallsyms, |symbol, position| {
        found = true;
        let shown = SymbolLine {
            symbol,
            kallsyms,
            show,
        };
        if let Some(place) = named.place {
            return line(fmt!("{shown} offset={:#x}", place.offset));
        }
        match describer.symbol(symbol, position) {
            Ok(description) => line(fmt!("{shown}{}", &*description)),
            Err(error) => {
                failed = Err(error);
                ControlFlow::Break(())
            }
        }
    })?;
    failed?;
    Ok(found)
}

/// Gives `line` the line of the symbol without a module that `address` lies in. `None`: there is
/// none.
///
/// The kernel finds BPF programs by an address in them. Of ftrace's trampolines and kprobes' pages
/// it only lists where they begin; each begins a page of its own.
#[inline(never)] // frame
fn transient_line(
    kallsyms: &Kallsyms,
    address: usize,
    mut line: impl FnMut(fmt::Arguments<'_>),
) -> Option<()> {
    let mut write = |name: &CStr, module: &CStr, size: usize, offset: usize| {
        let (name, module) = (Text(name.to_bytes()), Text(module.to_bytes()));
        let begin = address - offset;
        line(fmt!(
            "{begin:016x} t {name} [{module}] {size:#x} offset={offset:#x}"
        ));
    };
    let found = kallsyms.at(address, |place| {
        place
            .module
            .map(|module| write(place.name, module, place.size, place.offset))
    });
    if let Some(found) = found.flatten() {
        return Some(found);
    }
    let found = kallsyms.for_each_transient(&mut TransientPosition::default(), |symbol| {
        match address.checked_sub(symbol.address) {
            Some(offset) if offset < PAGE_SIZE && *symbol.module != *c"bpf" => {
                write(symbol.name, symbol.module, 0, offset);
                ControlFlow::Break(())
            }
            _ => ControlFlow::Continue(()),
        }
    });
    found.break_value()
}

/// Calls `f` for each symbol that `address` lies in, and with its distance from their beginning,
/// until it breaks.
///
/// The kernel says where that beginning is; it names one symbol there, and others can begin there.
/// It knows no extent of what lies before `_stext`, where arm64 has `_text`: there, an address can
/// only be a beginning itself.
fn for_each_with(
    kallsyms: &Kallsyms,
    address: usize,
    mut f: impl FnMut(&Symbol<'_>, usize) -> ControlFlow<()>,
) -> Result<ControlFlow<()>, Failure> {
    let offset = kallsyms.extent(address).map_or(0, |(_, offset)| offset);
    kallsyms
        .for_each_at(address - offset, |symbol| f(symbol, offset))
        .map_err(|error| Failure::from(error.to_errno()))
}
