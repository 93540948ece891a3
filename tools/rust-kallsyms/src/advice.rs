// SPDX-License-Identifier: GPL-2.0

//! What somebody may have meant who was refused, or found nothing.

use crate::{
    failure::Refusal,
    kernel::Kernel,
    nearest::nearest,
    value::is_name, //
};

/// Adds the nearest names, if the module has none; or the type that has the name.
pub fn add_nearest(refusal: &mut Refusal, asked: &str, kernel: &Kernel) {
    if refusal.errno != "ENOENT" || !refusal.nearest.is_empty() {
        return;
    }
    let Some(name) = unknown_name(&refusal.message, refusal.column, asked) else {
        return;
    };
    let names = kernel.all_names();
    for (keyword, list) in [
        ("struct", &names.structs),
        ("union", &names.unions),
        ("enum", &names.enums),
    ] {
        if list.binary_search(&name).is_ok() {
            refusal.nearest = Box::new([format!("{keyword} {name}")]);
            return;
        }
    }
    let all = [&names.functions, &names.variables, &names.typedefs];
    let all = all.into_iter().flatten().map(String::as_str);
    refusal.nearest = nearest(&name, all).into();
}

/// The name that the module does not know.
fn unknown_name(message: &str, column: Option<usize>, asked: &str) -> Option<String> {
    let is = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let at = match column {
        Some(column) => asked.get(column.checked_sub(1)?..)?,
        // What was asked is the name alone.
        None => asked.rsplit([':', ' ', '=']).next()?,
    };
    let name = &at[..at.find(|c| !is(c)).unwrap_or(at.len())];
    let mut words = message.split(|c| !is(c));
    let said = words.find(|word| is_name(word)).unwrap_or_default();
    let mut names = [name, said].into_iter();
    names.find(|name| is_name(name)).map(str::to_owned)
}

/// Says that no function returns or takes what was asked for. Structures are rarely passed by
/// value.
pub fn no_function(choices: &[String]) -> String {
    let mut types = choices
        .iter()
        .filter_map(|choice| match choice.split_once('=')? {
            ("returns" | "takes", ty) => Some(ty),
            _ => None,
        });
    match types.find(|ty| ty.starts_with("struct ") && !ty.ends_with('*')) {
        Some(ty) => {
            format!("no function is like that; none has a {ty} by value, perhaps a '{ty} *'")
        }
        None => "no function is like that".to_owned(),
    }
}
