// SPDX-License-Identifier: GPL-2.0

//! The names in the kernel's type information, for Tab and for nearest names.
//!
//! The format is described in the kernel's Documentation/bpf/btf.rst; the numbers are those of
//! `linux/btf.h`.

use std::fs;

const MAGIC: u16 = 0xeb9f;

const INT: u32 = 1;
const ARRAY: u32 = 3;
const STRUCT: u32 = 4;
const UNION: u32 = 5;
const ENUM: u32 = 6;
const TYPEDEF: u32 = 8;
const FUNC: u32 = 12;
const FUNC_PROTO: u32 = 13;
const VAR: u32 = 14;
const DATASEC: u32 = 15;
const DECL_TAG: u32 = 17;
const ENUM64: u32 = 19;

/// Names, in alphabetical order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Names {
    pub structs: Vec<String>,
    pub unions: Vec<String>,
    pub enums: Vec<String>,
    pub typedefs: Vec<String>,
    pub functions: Vec<String>,
    pub variables: Vec<String>,
    pub constants: Vec<String>,
}

impl Names {
    /// Of the kernel itself and of all loaded modules; without those that cannot be read.
    pub fn read() -> Self {
        let mut names = Self::default();
        let base = fs::read("/sys/kernel/btf/vmlinux").unwrap_or_default();
        names.add(&base, &[]);
        for entry in fs::read_dir("/sys/kernel/btf")
            .into_iter()
            .flatten()
            .flatten()
        {
            if entry.file_name() != "vmlinux" {
                names.add(&fs::read(entry.path()).unwrap_or_default(), &base);
            }
        }
        names.sort();
        names
    }

    fn sort(&mut self) {
        for list in [
            &mut self.structs,
            &mut self.unions,
            &mut self.enums,
            &mut self.typedefs,
            &mut self.functions,
            &mut self.variables,
            &mut self.constants,
        ] {
            list.sort();
            list.dedup();
        }
    }

    /// Adds the names in a BTF; a module's has the strings of the kernel's own, `base`, before its
    /// own. Ends where the BTF is not as it has to be.
    pub fn add(&mut self, btf: &[u8], base: &[u8]) {
        let base = strings(base).unwrap_or_default();
        let (Some(types), Some(own)) = (types(btf), strings(btf)) else {
            return;
        };
        let string = |offset: u32| {
            let offset = offset as usize;
            let from = match offset.checked_sub(base.len()) {
                Some(offset) => own.get(offset..)?,
                None => base.get(offset..)?,
            };
            let end = from.iter().position(|byte| *byte == 0)?;
            std::str::from_utf8(&from[..end])
                .ok()
                .filter(|name| !name.is_empty())
        };
        let mut rest = types;
        while let Some((name, info)) = word(rest, 0).zip(word(rest, 4)) {
            let (count, kind) = ((info & 0xffff) as usize, (info >> 24) & 0x1f);
            let size = match kind {
                ARRAY => 12,
                STRUCT | UNION | DATASEC | ENUM64 => count * 12,
                ENUM | FUNC_PROTO => count * 8,
                INT | VAR | DECL_TAG => 4,
                _ => 0,
            };
            let Some(more) = rest.get(12..12 + size) else {
                return;
            };
            rest = &rest[12 + size..];
            if matches!(kind, ENUM | ENUM64) {
                let each = more.chunks_exact(if kind == ENUM { 8 } else { 12 });
                let constants = each.filter_map(|constant| string(word(constant, 0)?));
                self.constants.extend(constants.map(str::to_owned));
            }
            let list = match kind {
                STRUCT => &mut self.structs,
                UNION => &mut self.unions,
                ENUM | ENUM64 => &mut self.enums,
                TYPEDEF => &mut self.typedefs,
                FUNC => &mut self.functions,
                VAR => &mut self.variables,
                _ => continue,
            };
            list.extend(string(name).map(str::to_owned));
        }
    }
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

/// What the header says at this offset: where a part begins, and how long it is.
fn part(btf: &[u8], at: usize) -> Option<&[u8]> {
    if btf.get(..2)? != MAGIC.to_le_bytes() {
        return None;
    }
    let start = (word(btf, 4)? as usize).checked_add(word(btf, at)? as usize)?;
    btf.get(start..start.checked_add(word(btf, at + 4)? as usize)?)
}

fn types(btf: &[u8]) -> Option<&[u8]> {
    part(btf, 8)
}

fn strings(btf: &[u8]) -> Option<&[u8]> {
    part(btf, 16)
}

/// Those of a sorted list that begin with `prefix`.
pub fn beginning<'a>(list: &'a [String], prefix: &'a str) -> impl Iterator<Item = &'a String> {
    let start = list.partition_point(|name| name.as_str() < prefix);
    list[start..]
        .iter()
        .take_while(move |name| name.starts_with(prefix))
}
