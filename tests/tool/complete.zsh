# Completes each line of standard input with TAB, as a person at a terminal does, and prints what
# the line is then.
#
#   zsh -f tests/tool/complete.zsh FILE <LINES
#
# FILE is what `xsock completions zsh` printed.
zmodload zsh/zpty || exit 1
zpty shell zsh -f -i

# ask LINE PATTERN: sends a line, and reads until the shell has printed the pattern. $match has its
# groups.
ask() {
    local line output
    zpty -w -n shell "$1"
    repeat 1000; do
        zpty -r shell line || return 1
        output+=$line
        [[ $output =~ $2 ]] && return 0
    done
    return 1
}

ask $'TERM=dumb PS1= PS2= RPS1=\n' '' || exit 1
ask $'unsetopt prompt_cr prompt_sp; autoload -Uz compinit; compinit -u -D\n' '' || exit 1
ask "source ${(q)1}; setopt no_beep no_list_ambiguous; unset zle_bracketed_paste"$'\n' '' || exit 1
ask $'xsock() { print -r -- "<<$*>>" }; print rea""dy\n' 'ready' || exit 1
while IFS= read -r words; do
    ask "$words"$'\t\n' '<<([^>]*)>>' || exit 1
    print -r -- "$match[1]"
done
zpty -d shell
