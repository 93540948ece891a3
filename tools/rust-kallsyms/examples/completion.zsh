# Names, modules, types and members come from the program itself; what it does not know are options.
_rust_kallsyms_words() {
    local -a found
    found=(${(f)"$(rust-kallsyms complete -- "${(j: :)words[2,CURRENT]}" 2>/dev/null)"})
    if [[ ${words[CURRENT]} == -* ]] || (( ! ${#found} )); then
        _rust-kallsyms_options "$@"
        return
    fi
    [[ ${found[1]} == *= ]] && compadd -Q -S '' -- $found || compadd -Q -- $found
}
_rust_kallsyms_words "$@"
