// SPDX-License-Identifier: GPL-2.0

//! Which symbols to list, as the user writes it, and how one is written in a line.

use crate::{
    failure::Failure,
    kallsyms::{
        glob_match,
        Kallsyms,
        Kind,
        Query,
        Symbol,
        VMLINUX, //
    },
    print::{
        to_c_string,
        Text, //
    },
    text, //
};
use core::ops::ControlFlow;
use kernel::{
    alloc::AllocError,
    fmt,
    prelude::{
        fmt,
        *, //
    },
    str::CString, //
};

/// A choice of symbols, as it was written.
#[derive(Default)]
pub(crate) struct ListingText<'a> {
    /// Names of modules, or patterns.
    pub(crate) module: Option<&'a [u8]>,
    /// Patterns for names of symbols.
    pub(crate) filter: Option<&'a [u8]>,
    /// Kinds of symbols.
    pub(crate) kind: Option<&'a [u8]>,
    /// How many at most; 0 for all.
    pub(crate) limit: Option<&'a [u8]>,
}

impl<'a> ListingText<'a> {
    /// Whether anything was written.
    pub(crate) fn is_some(&self) -> bool {
        self.module.is_some()
            || self.filter.is_some()
            || self.kind.is_some()
            || self.limit.is_some()
    }

    /// Takes `module=… filter=… kind=… limit=…` apart, of which each may be there, in any order; the last of a kind
    /// counts.
    pub(crate) fn new(words: &'a [u8]) -> Result<Self, Failure> {
        let mut text = Self::default();
        let fail = || {
            Failure::new(
                EINVAL,
                fmt!("symbols: write module=, filter=, kind= or limit="),
            )
        };
        let words = words.trim_ascii().split(u8::is_ascii_whitespace);
        for word in words.filter(|word| !word.is_empty()) {
            let equals = word.iter().position(|byte| *byte == b'=');
            let (key, value) = word.split_at(equals.ok_or_else(fail)?);
            let place = match key {
                b"module" => &mut text.module,
                b"filter" => &mut text.filter,
                b"kind" => &mut text.kind,
                b"limit" => &mut text.limit,
                _ => return Err(fail()),
            };
            *place = value.strip_prefix(b"=");
        }
        Ok(text)
    }
}

/// A choice of symbols.
pub(crate) struct Listing {
    modules: KVec<CString>,
    names: KVec<CString>,
    kinds: KVec<Kind>,
    limit: Option<usize>,
}

impl Listing {
    /// Parses what was written. Without a limit it is `limit`.
    pub(crate) fn new(written: &ListingText<'_>, limit: Option<usize>) -> Result<Self, Failure> {
        let mut kinds = KVec::new();
        for item in text::list(written.kind.unwrap_or_default()) {
            let item = item.map_err(|error| Failure::parse("kind", error))?;
            let kind = Kind::ALL.into_iter().find(|kind| kind.name() == item.text);
            let Some(kind) = kind else {
                return Err(Failure::new(
                    EINVAL,
                    fmt!(
                        "kind: column {}: use text, entry, noinstr, inittext, rodata, data, bss, initdata, percpu or other",
                        item.column
                    ),
                ));
            };
            kinds.push(kind, GFP_KERNEL)?;
        }
        Ok(Self {
            modules: patterns("module", written.module)?,
            names: patterns("filter", written.filter)?,
            kinds,
            limit: match written.limit {
                None => limit,
                Some(digits) => {
                    let number =
                        text::number(digits).map_err(|error| Failure::parse("limit", error))?;
                    (number != 0).then_some(number)
                }
            },
        })
    }

    /// Fails if a module is asked for that is not there.
    #[inline(never)]
    pub(crate) fn check(&self, kallsyms: &Kallsyms) -> Result<(), Failure> {
        check_modules(kallsyms, &self.modules)
    }

    /// Calls `f` with the query.
    pub(crate) fn query<R>(&self, f: impl FnOnce(&Query<'_>) -> R) -> Result<R, AllocError> {
        let mut modules: KVec<&CStr> = KVec::with_capacity(self.modules.len(), GFP_KERNEL)?;
        for module in &self.modules {
            modules.push(module, GFP_KERNEL)?;
        }
        let mut names: KVec<&CStr> = KVec::with_capacity(self.names.len(), GFP_KERNEL)?;
        for name in &self.names {
            names.push(name, GFP_KERNEL)?;
        }
        let query = Query::new()
            .modules(&modules)
            .names(&names)
            .kinds(&self.kinds)
            .limit(self.limit);
        Ok(f(&query))
    }
}

/// Fails if one of the patterns matches no module.
#[inline(never)]
pub(crate) fn check_modules(kallsyms: &Kallsyms, patterns: &[CString]) -> Result<(), Failure> {
    let not_loaded = kallsyms.modules(|modules| {
        patterns.iter().find(|pattern| {
            let found = modules.for_each(|module| match glob_match(pattern, module.name()) {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            });
            !glob_match(pattern, VMLINUX) && found.is_continue()
        })
    });
    match not_loaded {
        Ok(None) => Ok(()),
        Ok(Some(pattern)) => Err(Failure::new(
            ENOENT,
            fmt!(
                "module: {} is not loaded; /proc/modules has those which are",
                &**pattern
            ),
        )),
        Err(error) => Err(Failure::new(error.to_errno(), fmt!("module: {error}"))),
    }
}

/// The patterns in a list.
pub(crate) fn patterns(place: &'static str, list: Option<&[u8]>) -> Result<KVec<CString>, Failure> {
    let mut patterns = KVec::new();
    let Some(list) = list else {
        return Ok(patterns);
    };
    for item in text::list(list) {
        let fail = |error| Failure::parse(place, error);
        let item = item.map_err(fail)?;
        text::glob(item.text, item.column).map_err(fail)?;
        let pattern = to_c_string(fmt!("{}", item.text))?;
        patterns.push(pattern, GFP_KERNEL)?;
    }
    Ok(patterns)
}

/// A symbol in a line: `address letter name [module] size`.
///
/// Readers who may not see addresses get zeroes for it, as in `/proc/kallsyms`.
pub(crate) struct Line<'a> {
    /// The symbol.
    pub(crate) symbol: &'a Symbol<'a>,
    /// The kernel, which knows the size.
    pub(crate) kallsyms: &'a Kallsyms,
    /// Whether the reader may see the address.
    pub(crate) show: bool,
}

impl Line<'_> {
    /// Gives the bytes of the line to `write`, piece by piece.
    ///
    /// There are many lines, so no format is interpreted for each.
    pub(crate) fn write(&self, mut write: impl FnMut(&[u8]) -> fmt::Result) -> fmt::Result {
        let symbol = self.symbol;
        let address = if self.show { symbol.address() } else { 0 };
        let mut head = [b' '; 19];
        let (digits, letter) = head.split_at_mut(16);
        hexadecimal(address, digits);
        if let Some(letter) = letter.get_mut(1) {
            *letter = symbol.letter();
        }
        write(&head)?;
        write(symbol.name().to_bytes())?;
        match symbol.module() {
            None => write(b" [vmlinux] 0x")?,
            Some(module) => {
                write(b" [")?;
                write(module.name().to_bytes())?;
                write(b"] 0x")?;
            }
        }
        let mut size = [0; 16];
        let significant = hexadecimal(symbol.size(self.kallsyms).unwrap_or(0), &mut size);
        write(size.get(size.len() - significant..).unwrap_or_default())
    }
}

/// Writes a number with leading zeroes, for which 16 bytes are enough; returns how many digits it has without them.
fn hexadecimal(mut number: usize, digits: &mut [u8]) -> usize {
    let mut significant = 1;
    for (place, digit) in digits.iter_mut().rev().enumerate() {
        let value = (number & 0xf) as u8;
        *digit = value + if value < 10 { b'0' } else { b'a' - 10 };
        if value != 0 {
            significant = place + 1;
        }
        number >>= 4;
    }
    significant
}

impl fmt::Display for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(|bytes| Text(bytes).fmt(f))
    }
}
