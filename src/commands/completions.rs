use clap::{CommandFactory, ValueHint};
use clap_complete::Shell;

use crate::app::App;
use crate::commands::{Cli, printed};
use crate::error::Result;

/// Print the completion script of a shell
///
/// For bash: `oauthctl completions bash > ~/.local/share/bash-completion/completions/oauthctl`.
/// For zsh: into a file `_oauthctl` in a folder of your `fpath`. For fish: into
/// `~/.config/fish/completions/oauthctl.fish`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Which shell
    shell: Shell,
}

pub(super) fn run(app: &App, args: &Args) -> Result<()> {
    printed(app.ui.data(script(args.shell).trim_end()))
}

/// The completion script of one shell: what `clap_complete` makes of the command tree, and for the
/// shells that people asked for, names that the program is asked for while they type.
pub(crate) fn script(shell: Shell) -> String {
    let mut script = Vec::new();
    let mut tree = with_file_names(Cli::command());
    clap_complete::generate(shell, &mut tree, "oauthctl", &mut script);
    let script = String::from_utf8_lossy(&script).into_owned();
    match shell {
        Shell::Bash => {
            // It offers what is hidden, too.
            let script = script.replace(" completions complete help\"", " completions help\"");
            BASH.to_owned()
                + &script.replace("complete -F _oauthctl ", "complete -F _oauthctl_known ")
        }
        Shell::Zsh => {
            script
                .replace(":_default'", ":_oauthctl_known'")
                .replacen("_oauthctl() {", ZSH, 1)
        }
        Shell::Fish => of_the_third_level(&script) + FISH,
        Shell::Elvish | Shell::PowerShell | _ => script,
    }
}

/// For a path of any kind `clap_complete` makes bash take one file name with a space in it for two.
fn with_file_names(command: clap::Command) -> clap::Command {
    let to_file = |arg: clap::Arg| {
        if arg.get_value_hint() == ValueHint::AnyPath {
            arg.value_hint(ValueHint::FilePath)
        } else {
            arg
        }
    };
    command.mut_args(to_file).mut_subcommands(with_file_names)
}

/// `clap_complete` makes fish offer the commands of `vault recipients` after one of them, too.
fn of_the_third_level(script: &str) -> String {
    let seen = "; and __fish_seen_subcommand_from recipients";
    script.replace(
        &format!("{seen}\" -f -a"),
        &format!("{seen}; and not __fish_seen_subcommand_from list add remove help\" -f -a"),
    )
}

/// No name is ever expanded or run: an account's label is whatever its provider says.
const BASH: &str = r#"# Names of connections, providers and scopes, which only the program knows.
_oauthctl_known() {
    local IFS=$' \t\n' line=${COMP_LINE:0:COMP_POINT} words name current found=()
    _oauthctl "$@"
    # with its backslashes read as the shell would
    read -a words <<<"$line"
    [[ $line == *[[:space:]] ]] && words+=("")
    current=${words[${#words[@]}-1]}
    while IFS= read -r name; do
        found+=("$name")
    done < <(
        if [[ $3 == -- && " ${words[*]} " == *" exec "* ]]; then
            # what is to run: files, and no words of the shell
            compgen -c -- "$2" | sort -u | while IFS= read -r name; do
                [[ $name == */* ]] || type -P -- "$name" >/dev/null && printf '%s\n' "$name"
            done
        else
            "$1" complete -- "${words[@]:1}" 2>/dev/null
        fi
    )
    if ((${#found[@]})); then
        COMPREPLY=()
        for name in "${found[@]}"; do
            # what bash took for words of their own stands on the line already
            case $COMP_WORDBREAKS in *:*) name=${name#"${current%"${current##*[:=]}"}"} ;; esac
            printf -v name %q "$name"
            COMPREPLY+=("$name")
        done
    elif [[ -z $current && " ${COMPREPLY[*]}" != *" "[!-]* ]]; then
        # nothing but options, before anything is typed: a file is meant
        COMPREPLY=()
    fi
}

"#;

const ZSH: &str = r#"# Names of connections, providers and scopes, which only the program knows.
_oauthctl_known() {
    local -a known
    known=("${(@f)$(oauthctl complete -- "${(@)oauthctl_so_far}" 2>/dev/null)}")
    if [[ -n $known ]]; then
        compadd -- "${(@)known#--*=}"
    elif [[ $oauthctl_so_far[-2] == -- && -n $oauthctl_so_far[(r)exec] ]]; then
        # what is to run
        _command_names -e
    else
        _default
    fi
}

_oauthctl() {
    # Of this command only: what else stands on the line is for nobody to see.
    local -a oauthctl_so_far
    oauthctl_so_far=("${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}")"#;

const FISH: &str = r#"# Names of connections, providers and scopes, which only the program knows.
function __fish_oauthctl_known
    set -l last (commandline -ct)
    set -l words (commandline -opc) "$last"
    # what stands before a value is not for fish to see again
    oauthctl complete -- $words[2..-1] 2>/dev/null | string replace -r -- '^--[^=]*=' ''
end
complete -c oauthctl -f -n "__fish_oauthctl_known | string length -q" -a "(__fish_oauthctl_known)"
for option in scope feature add connection action profile
    complete -c oauthctl -f -r -l $option -a "(__fish_oauthctl_known)"
end
complete -c oauthctl -f -n "__fish_oauthctl_using_subcommand completions" -a "bash elvish fish powershell zsh"
"#;
