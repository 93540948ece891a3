// SPDX-License-Identifier: GPL-2.0

//! For the name of a symbol that does not exist: what to write instead.

use crate::{
    failure::{
        quote,
        Failure, //
    },
    kallsyms::{
        Kallsyms,
        Query,
        VMLINUX, //
    },
    print::to_c_string, //
};
use core::ops::ControlFlow;
use kernel::{
    fmt,
    prelude::{
        fmt,
        *, //
    }, //
};

/// Names that people use for functions with other names; in the headers they are macros.
pub(crate) const ALIASES: [(&[u8], &CStr); 1] = [(b"printk", c"_printk")];

/// How many names are shown.
const SHOWN: usize = 3;

/// The longest name that is compared with others.
const MAX_LENGTH: usize = 48;

/// How many names are compared, at most.
const MAX_COMPARED: usize = 1 << 14;

/// What the headers' inline functions and macros add to a name to make a function's.
const ADDED: [(&str, &str); 4] = [("_", ""), ("__", ""), ("", "_noprof"), ("__", "_noprof")];

/// The error for a name that no symbol has, in the kernel or in one module. It says which names are
/// similar. Takes the lock of the list of modules, for which it may sleep.
#[inline(never)] // frame
pub(crate) fn no_symbol(kallsyms: &Kallsyms, module: Option<&[u8]>, symbol: &CStr) -> Failure {
    let name = symbol.to_bytes();
    if let Some(module) = module.filter(|module| !is_loaded(kallsyms, module)) {
        let what = quote(module);
        return Failure::new(
            ENOENT,
            fmt!("no module {what} is loaded; /proc/modules has those which are"),
        );
    }
    if let Some((_, today)) = ALIASES.iter().find(|(alias, _)| *alias == name) {
        return Failure::new(
            ENOENT,
            fmt!(
                "{}: no such symbol; in this kernel it is {today}",
                quote(name)
            ),
        );
    }
    if name.iter().any(|byte| b"*?[".contains(byte)) {
        return Failure::new(
            ENOENT,
            fmt!("{}: no such symbol; globs are for filter=", quote(name)),
        );
    }
    let nearest = Nearest::new(kallsyms, name);
    Failure::new(ENOENT, fmt!("{}: no such symbol; {nearest}", quote(name)))
}

/// Whether a module with this name is loaded.
pub(crate) fn is_loaded(kallsyms: &Kallsyms, name: &[u8]) -> bool {
    let is = |loaded: &CStr| loaded.to_bytes() == name;
    let found = kallsyms.modules(|modules| {
        modules.for_each(|module| {
            if is(module.name()) {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        })
    });
    is(VMLINUX) || !matches!(found, Ok(ControlFlow::Continue(())))
}

/// A name, and how far it is from the one that was written.
#[derive(Clone, Copy)]
struct Candidate {
    distance: usize,
    name: [u8; MAX_LENGTH],
    length: usize,
}

/// The nearest names, the best first.
struct Nearest<'a> {
    written: &'a [u8],
    /// The largest distance at which a name counts as near.
    limit: usize,
    found: [Option<Candidate>; SHOWN],
    compared: usize,
}

impl<'a> Nearest<'a> {
    #[inline(never)] // frame
    fn new(kallsyms: &Kallsyms, written: &'a [u8]) -> Self {
        let mut this = Self {
            written,
            limit: match written.len() {
                0..5 => 1,
                5..10 => 2,
                _ => 3,
            },
            found: [None; SHOWN],
            compared: 0,
        };
        if !(3..=MAX_LENGTH).contains(&written.len()) {
            return this;
        }
        let name = core::str::from_utf8(written).unwrap_or_default();
        for (before, after) in ADDED {
            this.look(kallsyms, fmt!("{before}{name}{after}"), true);
        }
        let lower = |f: &mut fmt::Formatter<'_>| {
            name.chars()
                .try_for_each(|c| fmt::Write::write_char(f, c.to_ascii_lowercase()))
        };
        this.look(kallsyms, fmt!("{}", Printed(lower)), true);
        this.look(kallsyms, fmt!("{name}.*"), true);
        // A typing error in the second half is found among the few names with the same first half,
        // one in the first half only among many names.
        let half = name.get(..name.len() / 2).unwrap_or_default();
        this.look(kallsyms, fmt!("{half}*"), false);
        if this.found.iter().all(Option::is_none) {
            let first = name.get(..1).unwrap_or_default();
            this.look(kallsyms, fmt!("{first}*"), false);
        }
        this
    }

    /// Adds the names that match a pattern and are near. With `near`, all of them are.
    #[inline(never)] // frame
    fn look(&mut self, kallsyms: &Kallsyms, pattern: fmt::Arguments<'_>, near: bool) {
        let Ok(pattern) = to_c_string(pattern) else {
            return;
        };
        let patterns: [&CStr; 1] = [&pattern];
        // If the walk fails, no name is near.
        let _ = kallsyms.query_from(
            &Query::new().names(&patterns),
            &mut crate::kallsyms::Position::new(),
            |symbol| {
                self.compared += 1;
                self.add(symbol.name().to_bytes(), near);
                if self.compared == MAX_COMPARED {
                    ControlFlow::Break(())
                } else {
                    ControlFlow::Continue(())
                }
            },
        );
    }

    /// Keeps a name if it is nearer than one that is kept.
    fn add(&mut self, name: &[u8], near: bool) {
        let distance = if near {
            0
        } else {
            match distance(self.written, name, self.limit) {
                Some(distance) => distance,
                None => return,
            }
        };
        let mut candidate = Candidate {
            distance,
            name: [0; MAX_LENGTH],
            length: name.len(),
        };
        match candidate.name.get_mut(..name.len()) {
            Some(memory) => memory.copy_from_slice(name),
            None => return,
        }
        let known = |kept: &Candidate| kept.name.get(..kept.length) == Some(name);
        if self.found.iter().flatten().any(known) {
            return;
        }
        let mut next = Some(candidate);
        for kept in &mut self.found {
            let Some(this) = next else { break };
            if kept.is_none_or(|kept| this.distance < kept.distance) {
                next = kept.replace(this);
            }
        }
    }
}

impl fmt::Display for Nearest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut found = self.found.iter().flatten();
        let Some(first) = found.next() else {
            return f.write_str(
                "macros, inline functions and modules that are not loaded have none in /proc/kallsyms",
            );
        };
        f.write_fmt(fmt!("nearest: {}", quote(name_of(first))))?;
        for candidate in found {
            f.write_fmt(fmt!(", {}", quote(name_of(candidate))))?;
        }
        Ok(())
    }
}

/// The name of a candidate.
fn name_of(candidate: &Candidate) -> &[u8] {
    candidate.name.get(..candidate.length).unwrap_or_default()
}

/// Prints what a closure writes.
struct Printed<F>(F);

impl<F: Fn(&mut fmt::Formatter<'_>) -> fmt::Result> fmt::Display for Printed<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (self.0)(f)
    }
}

/// How many bytes must be inserted, removed, changed or swapped with the next one to turn `a` into
/// `b`; [`None`] if more than `limit`, or if `b` is too long.
fn distance(a: &[u8], b: &[u8], limit: usize) -> Option<usize> {
    if a.len().abs_diff(b.len()) > limit || a.len() > MAX_LENGTH || b.len() > MAX_LENGTH {
        return None;
    }
    // The rows of the usual table for the two bytes of `a` before this one, and for this one.
    let mut rows = [[0u8; MAX_LENGTH + 1]; 3];
    let [before, last, row] = &mut rows;
    for (count, cell) in last.iter_mut().enumerate() {
        *cell = count as u8;
    }
    let mut previous = 0;
    for (i, &x) in a.iter().enumerate() {
        let mut left = i as u8 + 1;
        let mut least = left;
        if let Some(cell) = row.first_mut() {
            *cell = left;
        }
        let mut y_before = 0;
        for (j, &y) in b.iter().enumerate() {
            let cell = |row: &[u8], j: usize| row.get(j).copied().unwrap_or(u8::MAX);
            let mut cost = cell(last, j) + u8::from(x != y);
            cost = cost.min(left + 1).min(cell(last, j + 1) + 1);
            if i > 0 && j > 0 && x == y_before && y == previous {
                cost = cost.min(cell(before, j - 1) + 1);
            }
            if let Some(cell) = row.get_mut(j + 1) {
                *cell = cost;
            }
            least = least.min(cost);
            left = cost;
            y_before = y;
        }
        if usize::from(least) > limit {
            return None;
        }
        core::mem::swap(before, last);
        core::mem::swap(last, row);
        previous = x;
    }
    let distance = usize::from(last.get(b.len()).copied()?);
    (distance <= limit).then_some(distance)
}
