
# Names, modules, types and members come from the program itself.
_rust_kallsyms_words() {
    local -a found
    found=(${(f)"$(rust-kallsyms complete -- "${(j: :)words[2,CURRENT]}" 2>/dev/null)"})
    (( ${#found} )) && compadd -Q -S '' -- $found
}
_rust_kallsyms_all() {
    [[ ${words[CURRENT]} != -* ]] && _rust_kallsyms_words || _rust-kallsyms "$@"
}
compdef _rust_kallsyms_all rust-kallsyms
