// SPDX-License-Identifier: GPL-2.0

//! What somebody may have meant who was refused, or found nothing.

use crate::{
    answer::counts,
    complete::Knowledge,
    device,
    failure::{
        Failure,
        Refusal, //
    },
    kernel::Kernel,
    nearest::{
        is_typing_error,
        nearest, //
    },
    request::Request,
    value::is_name, //
};
use std::fs;

/// The parameters of the module that are no options of the command.
const PARAMETERS: [&str; 5] = ["sym_name", "args", "sympos", "sig", "unsafe_call"];

/// Adds to what the module says the nearest names, if it has none, and what to do, in the words of
/// this command.
pub fn add(refusal: &mut Refusal, asked: &str, kernel: &Kernel) {
    let unknown = Unknown::new(refusal, asked);
    if let Some(unknown) = unknown.as_ref().filter(|_| refusal.nearest.is_empty()) {
        refusal.nearest = unknown.nearest(kernel).into();
    }
    if refusal.advice.is_none() {
        refusal.advice = what_to_do(refusal, asked, unknown.as_ref(), kernel);
    }
}

/// What the module does not know, by what it says.
enum Unknown {
    Symbol(String),
    /// A name that stands for no value.
    Name(String),
    Type(String),
    Member {
        of: String,
        name: String,
    },
}

impl Unknown {
    fn new(refusal: &Refusal, asked: &str) -> Option<Self> {
        let message = &*refusal.message;
        if let Some((_, ty)) = message.split_once("no type ") {
            let end = ty.find(|c| !(is_in_name(c) || matches!(c, ' ' | '`')));
            let ty = ty[..end.unwrap_or(ty.len())].trim_matches([' ', '`']);
            return Some(Self::Type(ty.to_owned()));
        }
        if let Some((of, name)) = message.split_once("` has no member ") {
            let of = of.strip_prefix('`')?.to_owned();
            let name = name.to_owned();
            return Some(Self::Member { of, name });
        }
        let name = || name_at(refusal.column, asked);
        if message.ends_with(": no such symbol") || message.contains(": no such symbol; macros") {
            Some(Self::Symbol(name()?))
        } else if message.contains("have no constant") {
            Some(Self::Name(name()?))
        } else {
            None
        }
    }

    /// What may have been meant instead.
    fn nearest(&self, kernel: &Kernel) -> Vec<String> {
        let names = kernel.all_names();
        match self {
            Self::Type(ty) => match ty.split_once(' ') {
                Some((keyword, name)) => {
                    let tags = kernel.tags_of(keyword).unwrap_or_default();
                    let near = nearest(name, tags.iter().map(String::as_str));
                    near.iter()
                        .map(|near| format!("{keyword} {near}"))
                        .collect()
                }
                // The module says which keyword is missing.
                None if kernel.tag(ty).is_some() => Vec::new(),
                None => nearest(ty, names.typedefs.iter().map(String::as_str)),
            },
            Self::Member { of, name } => {
                let ty = kernel.ty(of);
                let members = ty.as_ref().map(|ty| ty.members()).unwrap_or_default();
                let members = members.iter().map(|member| &*member.declaration.name);
                nearest(name, members)
            }
            Self::Symbol(name) | Self::Name(name) => {
                if let Some(tag) = kernel.tag(name) {
                    return vec![tag];
                }
                if names.constants.contains(name) {
                    return Vec::new();
                }
                if let Some(function) = made_of(name, &names.functions) {
                    return vec![function];
                }
                let mut found = Vec::new();
                if let Self::Name(_) = self {
                    // The module compares it with all symbols.
                    if let Err(Failure::Refused(refusal)) =
                        device::ask(&Request::new("lookup", &**name))
                    {
                        found.extend(refusal.nearest);
                    }
                    found.extend(nearest(name, names.constants.iter().map(String::as_str)));
                }
                if found.is_empty() {
                    let all = [&names.functions, &names.variables];
                    found = nearest(name, all.into_iter().flatten().map(String::as_str));
                }
                found
            }
        }
    }
}

/// What a macro of the headers makes of a function's name.
fn made_of(name: &str, functions: &[String]) -> Option<String> {
    let made = [("_", ""), ("__", ""), ("", "_noprof"), ("__", "_noprof")];
    let made = made.map(|(before, after)| format!("{before}{name}{after}"));
    made.into_iter()
        .find(|made| functions.binary_search(made).is_ok())
}

fn what_to_do(
    refusal: &Refusal,
    asked: &str,
    unknown: Option<&Unknown>,
    kernel: &Kernel,
) -> Option<String> {
    let message = &*refusal.message;
    if let Some(module) = word_between(message, "no module ", " is loaded") {
        return is_installed(module).then(|| format!("modprobe {module} loads it"));
    }
    let parameter = asked.split_once('=').map(|(key, _)| key);
    let parameter = parameter.filter(|key| PARAMETERS.contains(key));
    // (Otherwise it is a local that has the name.)
    if let Some(key) = parameter.filter(|_| message.starts_with("expected an operator")) {
        return Some(format!(
            "{key}= is a parameter of the module; here write name(arguments), name@3(arguments) for the third \
             symbol of a name, and unsafe before what cannot be checked"
        ));
    }
    if message.contains("symbols have this name") || message.contains("symbols are called") {
        let at = asked.get(refusal.column?.checked_sub(1)?..)?;
        let name = at.trim_start_matches('&');
        let end = name.find(|c| !(is_in_name(c) || c == ':'));
        let name = &name[..end.unwrap_or(name.len())];
        return Some(format!("describe {name} lists them"));
    }
    if message.contains("globs are for filter=") {
        return Some(format!("list '{asked}' lists the symbols with such names"));
    }
    let (Unknown::Symbol(name) | Unknown::Name(name)) = unknown? else {
        return None;
    };
    let names = kernel.all_names();
    if names.constants.contains(name) {
        return Some(format!("it is a constant: call {name} shows it"));
    }
    let function = format!("rust_helper_{name}");
    if names.functions.binary_search(&function).is_ok() {
        return Some(format!(
            "in C it is a macro or an inline function; {function} is one to call"
        ));
    }
    let mut near = refusal.nearest.iter();
    let is_typed_wrong = near.any(|near| is_typing_error(name, near));
    // What a short name that is no function's may be is not known.
    let is_called = asked.contains(&format!("{name}("));
    let may_be_macro = is_called || !refusal.nearest.is_empty();
    let is_said = message.contains("macros");
    (may_be_macro && !is_typed_wrong && !is_said && kernel.tag(name).is_none())
        .then(|| "macros and inline functions have no symbol".to_owned())
}

/// The word between two texts.
fn word_between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(before)?;
    let (word, _) = rest.split_once(after)?;
    Some(word)
}

/// Whether the kernel's packages have this module, so that modprobe finds it.
fn is_installed(module: &str) -> bool {
    let release = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let file = format!("/lib/modules/{}/modules.dep", release.trim());
    let modules = fs::read_to_string(file).unwrap_or_default();
    modules.lines().any(|line| {
        let path = line.split(':').next().unwrap_or_default();
        let name = path.rsplit('/').next().unwrap_or_default();
        let name = name.split('.').next().unwrap_or_default();
        name.replace('-', "_") == module
    })
}

fn is_in_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// The name at a column; what was asked without one is the name alone.
fn name_at(column: Option<usize>, asked: &str) -> Option<String> {
    let at = match column {
        Some(column) => asked.get(column.checked_sub(1)?..)?,
        None => asked.rsplit([':', ' ', '=']).next()?,
    };
    let name = &at[..at.find(|c| !is_in_name(c)).unwrap_or(at.len())];
    is_name(name).then(|| name.to_owned())
}

/// Says that no function returns or takes what was asked for, and how many have a pointer to it:
/// structures are rarely passed by value.
pub fn no_function(choices: &[String], kernel: &Kernel) -> String {
    let nothing = format!("no function is like that{}", longer_names(choices, "name"));
    let by_value = choices.iter().enumerate().find_map(|(at, choice)| {
        let (key, ty) = choice.split_once('=')?;
        let is_value = matches!(key, "returns" | "takes") && !ty.trim_end().ends_with('*');
        is_value.then_some((at, key, ty.trim()))
    });
    let Some((at, key, ty)) = by_value else {
        return nothing;
    };
    let ty = kernel.tag(ty).unwrap_or_else(|| ty.to_owned());
    let mut others = choices.to_vec();
    others[at] = format!("{key}={ty} *");
    others.retain(|choice| !choice.starts_with("limit="));
    let found = Request::find(&others).map(|request| device::ask(&request));
    match found {
        Ok(Ok(lines)) if !lines.is_empty() => format!(
            "no function {key} a {ty} by value; {key}='{ty} *' has {}",
            lines.len()
        ),
        _ => nothing,
    }
}

/// Says how many symbols are not what was asked for.
pub fn no_symbol(choices: &[String]) -> String {
    let modules = choices
        .iter()
        .filter(|choice| choice.starts_with("module="));
    let modules: Vec<_> = modules.cloned().collect();
    let total = match modules.is_empty() {
        true => all_symbols(),
        false => Request::list(&modules)
            .ok()
            .and_then(|request| device::ask(&request).ok())
            .map(|lines| lines.len() as u64),
    };
    let nothing = match total {
        Some(total) => format!("0 of {total} symbols"),
        None => "no symbol is like that".to_owned(),
    };
    let mut globs = globs(choices, "filter");
    match globs.find(|glob| glob.contains(['^', '$']) || glob.contains(".*")) {
        Some(expression) => format!(
            "{nothing}; a filter has globs and no regular expressions: '{}'",
            glob_of(expression)
        ),
        None => nothing + &longer_names(choices, "filter"),
    }
}

/// The globs for a name, with their key or without.
fn globs<'a>(choices: &'a [String], key: &'a str) -> impl Iterator<Item = &'a str> {
    choices
        .iter()
        .filter_map(move |choice| match choice.split_once('=') {
            None => Some(choice.as_str()),
            Some((other, globs)) => Some(globs).filter(|_| other == key),
        })
}

/// What to write for the names that contain a word that was written alone.
fn longer_names(choices: &[String], key: &str) -> String {
    let word = globs(choices, key).find(|glob| glob.chars().all(is_in_name));
    word.map_or_else(String::new, |word| {
        format!("; '*{word}*' is for the names that contain it")
    })
}

/// The glob that a regular expression stands for, if it is a simple one.
fn glob_of(expression: &str) -> String {
    let (before, rest) = match expression.strip_prefix('^') {
        Some(rest) => ("", rest),
        None => ("*", expression),
    };
    let (after, rest) = match rest.strip_suffix('$') {
        Some(rest) => ("", rest),
        None => ("*", rest),
    };
    let glob = format!("{before}{}{after}", rest.replace(".*", "*"));
    glob.replace("**", "*")
}

/// How many symbols there are in all modules.
fn all_symbols() -> Option<u64> {
    let lines = device::ask(&Request::new("modules", "")).ok()?;
    let (head, rest) = lines.split_first()?;
    let of_module = rest.iter().filter_map(|line| {
        let (_, counts) = counts(head, line)?;
        counts.into_iter().find(|(name, _)| *name == "symbols")
    });
    Some(of_module.map(|(_, count)| count).sum())
}
