# SPDX-License-Identifier: GPL-2.0
#
# For install.sh: what zsh makes of `rust-kallsyms des` and Tab, by the file that it finds itself.
# Only a terminal completes.

zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell 'autoload -Uz compinit; compinit -u -D; PS1=; bindkey "^I" complete-word'
zpty -n -w shell $'rust-kallsyms des\t'
zpty -r shell answer '*describe*'
print -r -- $answer
