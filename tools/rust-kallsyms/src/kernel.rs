// SPDX-License-Identifier: GPL-2.0

//! What the running kernel has, for Tab, hints and nearest names: the names from its type
//! information, all else from the module. Each is asked for once.

use crate::{
    answer::Symbol,
    btf::{
        beginning,
        Names, //
    },
    complete::Knowledge,
    declaration::Prototype,
    device,
    request::Request,
    session::Session,
    types::Type, //
};
use std::{
    cell::{
        OnceCell,
        RefCell, //
    },
    collections::HashMap,
    fs, //
};

/// How many names are worth looking at.
const MOST: usize = 200;

/// See the top of this file.
#[derive(Default)]
pub struct Kernel {
    session: Session,
    names: OnceCell<Names>,
    types: RefCell<HashMap<String, Option<Type>>>,
    prototypes: RefCell<HashMap<String, Option<Prototype>>>,
    variables: RefCell<HashMap<String, Option<String>>>,
}

impl Kernel {
    /// The types of earlier values are those of `session`.
    pub fn new(session: Session) -> Self {
        Self {
            session,
            ..Self::default()
        }
    }

    pub fn all_names(&self) -> &Names {
        self.names.get_or_init(Names::read)
    }

    /// The names after `struct`, `union` or `enum`.
    pub fn tags_of(&self, keyword: &str) -> Option<&[String]> {
        let names = self.all_names();
        match keyword {
            "struct" => Some(&names.structs),
            "union" => Some(&names.unions),
            "enum" => Some(&names.enums),
            _ => None,
        }
    }

    /// A structure, union or enumeration of this name, with its keyword.
    pub fn tag(&self, name: &str) -> Option<String> {
        let mut tags = ["struct", "union", "enum"]
            .into_iter()
            .filter_map(|keyword| Some((keyword, self.tags_of(keyword)?)));
        let has = |list: &[String]| {
            list.binary_search_by(|other| other.as_str().cmp(name))
                .is_ok()
        };
        let (keyword, _) = tags.find(|(_, list)| has(list))?;
        Some(format!("{keyword} {name}"))
    }
}

/// Names from a list by their beginning.
fn some(list: &[String], prefix: &str) -> Vec<String> {
    beginning(list, prefix).take(MOST).cloned().collect()
}

/// The lines that the module answers with; none if it refuses.
fn ask(file: &'static str, text: String) -> Vec<String> {
    device::ask(&Request::new(file, text)).unwrap_or_default()
}

/// Whether there is such a symbol; a name can have `module:` before it, or `@3` after it. (For any
/// other name the module would look for the nearest ones, which takes a while.)
fn is_symbol(text: &str) -> bool {
    let name = text.rsplit(':').next().unwrap_or_default();
    let name = name.split('@').next().unwrap_or_default();
    !ask("symbols", format!("filter={name} limit=1")).is_empty()
}

/// Finds it in the cache, or else adds it.
fn cached<T: Clone>(
    cache: &RefCell<HashMap<String, Option<T>>>,
    key: &str,
    find: impl FnOnce() -> Option<T>,
) -> Option<T> {
    if let Some(found) = cache.borrow().get(key) {
        return found.clone();
    }
    let found = find();
    cache.borrow_mut().insert(key.to_owned(), found.clone());
    found
}

impl Knowledge for Kernel {
    fn names(&self, prefix: &str) -> Vec<String> {
        let names = self.all_names();
        let mut found = some(&names.constants, prefix);
        let lines = ask("symbols", format!("filter={prefix}* limit={MOST}"));
        let symbols = lines
            .iter()
            .filter_map(|line| Symbol::parse(line))
            .map(|symbol| symbol.name);
        found.extend(symbols.filter(|name| !name.contains('.') && !name.starts_with("__pfx_")));
        if lines.is_empty() {
            // Who may not ask the module may still read these.
            found.extend(some(&names.functions, prefix));
            found.extend(some(&names.variables, prefix));
        }
        found.sort();
        found.dedup();
        found
    }

    fn tags(&self, keyword: &str, prefix: &str) -> Vec<String> {
        some(self.tags_of(keyword).unwrap_or_default(), prefix)
    }

    fn modules(&self, prefix: &str) -> Vec<String> {
        let modules = fs::read_to_string("/proc/modules").unwrap_or_default();
        let names = modules.lines().filter_map(|line| line.split(' ').next());
        let names = names
            .chain(["vmlinux"])
            .filter(|name| name.starts_with(prefix));
        names.map(str::to_owned).collect()
    }

    fn ty(&self, name: &str) -> Option<Type> {
        cached(&self.types, name, || {
            let lines = ask("lookup", name.to_owned());
            Type::parse(&lines.iter().map(String::as_str).collect::<Vec<_>>())
        })
    }

    fn prototype(&self, function: &str) -> Option<Prototype> {
        cached(&self.prototypes, function, || {
            if !is_symbol(function) {
                return None;
            }
            let lines = ask("lookup", function.to_owned());
            lines.iter().find_map(|line| Symbol::parse(line)?.prototype)
        })
    }

    fn variable(&self, name: &str) -> Option<String> {
        cached(&self.variables, name, || {
            if !is_symbol(name) {
                return None;
            }
            // To take an address reads nothing and calls nothing.
            [format!("&{name}"), format!("&per_cpu({name}, 0)")]
                .into_iter()
                .find_map(|text| {
                    let lines = ask("call", text);
                    let ty = lines.get(1)?.strip_suffix('*')?.trim_end();
                    (ty != "void").then(|| ty.to_owned())
                })
        })
    }

    fn earlier(&self, number: Option<usize>) -> Option<String> {
        self.session.type_of(number)
    }
}
