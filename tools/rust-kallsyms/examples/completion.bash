
# Names, modules, types and members come from the program itself; what it does not know are options.
_rust_kallsyms_words() {
    local line=${COMP_LINE:0:COMP_POINT} words
    line=${line#* }
    mapfile -t words < <(rust-kallsyms complete -- "$line" 2>/dev/null)
    if [[ ${COMP_WORDS[COMP_CWORD]} == -* ]] || [ ${#words[@]} -eq 0 ]; then
        _rust_kallsyms "$@"
        return
    fi
    [[ ${words[0]} != *= ]] || compopt -o nospace 2>/dev/null
    # `=` and `:` separate words here, so only what stands after them is replaced.
    local word=${line##* }
    COMPREPLY=("${words[@]#"${word%"${word##*[=:]}"}"}")
}
complete -F _rust_kallsyms_words rust-kallsyms
