
use builtin;
use str;

set edit:completion:arg-completer[oauthctl] = {|@words|
    fn spaces {|n|
        builtin:repeat $n ' ' | str:join ''
    }
    fn cand {|text desc|
        edit:complex-candidate $text &display=$text' '(spaces (- 14 (wcswidth $text)))$desc
    }
    var command = 'oauthctl'
    for word $words[1..-1] {
        if (str:has-prefix $word '-') {
            break
        }
        set command = $command';'$word
    }
    var completions = [
        &'oauthctl'= {
            cand --profile 'Use this profile: a vault and key of its own'
            cand --vault 'Use this vault file'
            cand --color 'When to use colour'
            cand --json 'Print JSON: documents on stdout, errors on stderr'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask anything'
            cand -h 'Print help'
            cand --help 'Print help'
            cand -V 'Print version'
            cand --version 'Print version'
            cand connect 'Authorise an account in your browser and store it'
            cand list 'List the connections, with state, expiry and scopes'
            cand show 'Show one connection: state, expiry, scopes, client; never a secret'
            cand token 'Print a fresh access token'
            cand exec 'Run a command with fresh tokens in its environment'
            cand api 'Send an authorised request to a provider''s API'
            cand refresh 'Refresh tokens now'
            cand revoke 'End access at the provider, then erase it here'
            cand consents 'Show what was consented to, and when'
            cand audit 'Show who did what with which connection, and verify, export, sum up or prune that log'
            cand doc 'Keep a manuscript in a repository, with every version of it'
            cand provider 'Look after provider definitions'
            cand scopes 'List the scopes that a provider has, by feature and by how far they reach'
            cand client 'Look after app registrations: client id and secret'
            cand git-credential 'Answer git''s questions for credentials'
            cand git 'Make git use the connections'
            cand vault 'Look after the vault and its key'
            cand doctor 'Look for what is wrong, and say the way out'
            cand config 'Settings: audit, profile, and which account a provider''s name means, in which folder'
            cand demo 'Show what this program does, in a few seconds'
            cand sandbox 'Run a strict practice provider on this machine'
            cand completions 'Print the completion script of a shell'
            cand complete 'Print what the last word may become, one per line'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'oauthctl;connect'= {
            cand --account 'Store it under this label instead of the provider''s own'
            cand --scope 'Ask for this scope (can be given several times)'
            cand --feature 'Ask for what these features need: `calendar`, or `drive:read`, `drive:write`, `drive:admin`'
            cand --add 'Ask for these scopes or features too, beside those that the connection has'
            cand --client-id 'Use this client id instead of the stored one'
            cand --name 'Call a discovered provider this'
            cand --resume 'Wait for the answer to a connect that was begun with `--start`; with `--paste`, read the address that the browser ended at'
            cand --token-exchange 'Exchange a job''s own token, from `file:/PATH` or `env:NAME` (RFC 8693)'
            cand --subject-token-type 'What the exchanged token is'
            cand --audience 'Which service the token is for, where the provider asks'
            cand --timeout 'How long to wait for the answer, such as 90s or 10m [default: 5m, with `--device` as long as the code lives]'
            cand --profile 'Use this profile: a vault and key of its own'
            cand --vault 'Use this vault file'
            cand --color 'When to use colour'
            cand -y 'Ask for dangerous scopes without a second question'
            cand --yes 'Ask for dangerous scopes without a second question'
            cand --strict 'Fail with exit code 4 when fewer scopes are granted than were asked for'
            cand --no-browser 'Print the URL and open nothing'
            cand --device 'Sign in on another device, with a code (RFC 8628)'
            cand --start 'Print the URL and an id, and end; `--resume ID` has to run while one signs in, or takes the answer with `--paste`'
            cand --client-credentials 'Sign in as the client itself, with its secret or key (RFC 6749 section 4.4)'
            cand --dpop 'Bind the tokens to a key that never leaves the vault (RFC 9449)'
            cand --paste 'Don''t listen: read the address that the browser ends at from a prompt or stdin'
            cand --qr 'Print the URL as a QR code too'
            cand --with-token 'Store a token read from stdin, such as a personal access token'
            cand --json 'Print JSON: documents on stdout, errors on stderr'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask anything'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'oauthctl;list'= {
            cand --profile 'Use this profile: a vault and key of its own'
            cand --vault 'Use this vault file'
            cand --color 'When to use colour'
            cand --json 'Print JSON: documents on stdout, errors on stderr'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask anything'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'oauthctl;show'= {
            cand --profile 'Use this profile: a vault and key of its own'
            cand --vault 'Use this vault file'
            cand --color 'When to use colour'
            cand --json 'Print JSON: documents on stdout, errors on stderr'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask anything'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'oauthctl;token'= {
            cand --min-ttl 'How long the token must still live, such as 90s, 10m or 1h [default: 60s or a tenth of its lifetime, the smaller]'
            cand --scope 'Fail unless this scope is granted (can be given several times)'
            cand --format 'How to print it'
            cand --method 'The method of the request that the proof is for'
            cand --url 'The URL of the request that the proof is for'
            cand --user 'The mailbox that `--format xoauth2` is for [default: the account, where it is an address]'
            cand --nonce 'The nonce that the server gave, for the proof'
            cand --profile 'Use this profile: a vault and key of its own'
            cand --vault 'Use this vault file'
            cand --color 'When to use colour'
            cand --copy 'Put it on the clipboard for a minute instead of printing it'
            cand --json 'Print JSON: documents on stdout, errors on stderr'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask anything'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'oauthctl;exec'= {
            cand --env 'The variable for the token; given several times, one for each connection in their order'
            cand --min-ttl 'How long the tokens must still live, such as 90s, 10m or 1h'
            cand --scope 'Fail unless this scope is granted (can be given several times)'
            cand --refresh-file 'Keep the token in this new file, mode 0600, fresh for as long as the command runs'
            cand --profile 'Use this profile: a vault and key of its own'
            cand --vault 'Use this vault file'
            cand --color 'When to use colour'
            cand --json 'Print JSON: documents on stdout, errors on stderr'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask anything'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'oauthctl;api'= {
            cand -X 'The method [default: GET, or POST where there is a body]'
            cand --method 'The method [default: GET, or POST where there is a body]'
            cand -H 'A header (can be given several times)'
            cand --header 'A header (can be given several times)'
            cand -f 'A text member of the JSON body, or a parameter of the URL for GET'
            cand --field 'A text member of the JSON body, or a parameter of the URL for GET'
            cand -F 'As `--field`, but the value is JSON, such as `true` or `5`'
            cand --json-field 'As `--field`, but the value is JSON, such as `true` or `5`'
            cand --input 'Send this file as the body; `-` is stdin'
            cand --jq 'Print what this filter makes of the answer, by the program `jq`; strings without quotes'
            cand --timeout 'How long one request may take, such as 90s or 10m'
            cand --profile 'Use this profile: a vault and key of its own'
            cand --vault 'Use this vault file'
            cand --color 'When to use colour'
            cand -i 'Print status and headers before the body'
            cand --include 'Print status and headers before the body'
            cand --paginate 'Follow `Link: …; rel="next"` on the same host, and print one page after the other'
            cand --json 'Print JSON: documents on stdout, errors on stderr'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask anything'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'oauthctl;refresh'= {
            cand --profile 'Use this profile: a vault and key of its own'
            cand --vault 'Use this vault file'
            cand --color 'When to use colour'
            cand --all 'Refresh all connections'
            cand --due 'Refresh those whose token is over or nearly so'
            cand --json 'Print JSON: documents on stdout, errors on stderr'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask anything'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'oauthctl;revoke'= {
            cand --profile 'Use this profile: a vault and key of its own'
            cand --vault 'Use this vault file'
            cand --color 'When to use colour'
            cand --all 'Revoke all connections'
            cand --local-only 'Erase here only, without telling the provider'
            cand -y 'Don''t ask before revoking all'
            cand --yes 'Don''t ask before revoking all'
            cand --json 'Print JSON: documents on stdout, errors on stderr'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask anything'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'oauthctl;consents'= {
            cand --profile 'Use this profile: a vault and key of its own'
            cand --vault 'Use this vault file'
            cand --color 'When to use colour'
            cand --json 'Print JSON: documents on stdout, errors on stderr'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask anything'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'oauthctl;audit'= {
            cand --connection 'Only this connection, or all of a provider''s'
            cand --action 'Only this action, such as `hand_out`, `refresh`, `connect` or `revoke` (can be given several times)'
            cand --since 'Only since then: a date, an RFC 3339 time, or an age such as 7d'
            cand --until 'Only until then, in the same form'
            cand --profile 'Use this profile: a vault and key of its own'
            cand --vault 'Use this vault file'
            cand --color 'When to use colour'
            cand --failed 'Only what did not succeed'
            cand --json 'Print JSON: documents on stdout, errors on stderr'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask anything'
            cand -h 'Print help'
            cand --help 'Print help'
            cand verify 'Check that no event was edited, removed, inserted or moved'
            cand export 'Export events as JSON lines or CSV'
            cand prune 'Replace old events by a checkpoint'
            cand report 'Sum up the log: use over time, by program and by connection, failures, expiries ahead'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'oauthctl;audit;verify'= {
            cand --profile 'Use this profile: a vault and key of its own'
            cand --vault 'Use this vault file'
            cand --color 'When to use colour'
            cand --json 'Print JSON: documents on stdout, errors on stderr'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask anything'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'oauthctl;audit;export'= {
            cand --connection 'Only this connection, or all of a provider''s'
            cand --action 'Only this action, such as `hand_out`, `refresh`, `connect` or `revoke` (can be given several times)'
            cand --since 'Only since then: a date, an RFC 3339 time, or an age such as 7d'
            cand --until 'Only until then, in the same form'
            cand --format 'The form'
            cand --profile 'Use this profile: a vault and key of its own'
            cand --vault 'Use this vault file'
            cand --color 'When to use colour'
            cand --failed 'Only what did not succeed'
            cand --json 'Print JSON: documents on stdout, errors on stderr'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask anything'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'oauthctl;audit;prune'= {
            cand --before 'Drop what is older: a date, an RFC 3339 time, or an age such as 90d [default: 365d]'
            cand --profile 'Use this profile: a vault and key of its own'
            cand --vault 'Use this vault file'
            cand --color 'When to use colour'
            cand -y 'Don''t ask before dropping them'
            cand --yes 'Don''t ask before dropping them'
            cand --json 'Print JSON: documents on stdout, errors on stderr'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask anything'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'oauthctl;audit;report'= {
            cand --connection 'Only this connection, or all of a provider''s'
            cand --action 'Only this action, such as `hand_out`, `refresh`, `connect` or `revoke` (can be given several times)'
            cand --since 'Only since then: a date, an RFC 3339 time, or an age such as 7d'
            cand --until 'Only until then, in the same form'
            cand --html 'Write a page with charts to this file, or to stdout where it is `-`'
            cand --profile 'Use this profile: a vault and key of its own'
            cand --vault 'Use this vault file'
            cand --color 'When to use colour'
            cand --failed 'Only what did not succeed'
            cand --force 'Replace a file that is there'
            cand --json 'Print JSON: documents on stdout, errors on stderr'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask anything'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'oauthctl;audit;help'= {
            cand verify 'Check that no event was edited, removed, inserted or moved'
            cand export 'Export events as JSON lines or CSV'
            cand prune 'Replace old events by a checkpoint'
            cand report 'Sum up the log: use over time, by program and by connection, failures, expiries ahead'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'oauthctl;audit;help;verify'= {
        }
        &'oauthctl;audit;help;export'= {
        }
        &'oauthctl;audit;help;prune'= {
        }
        &'oauthctl;audit;help;report'= {
        }
        &'oauthctl;audit;help;help'= {
        }
        &'oauthctl;doc'= {
            cand --profile 'Use this profile: a vault and key of its own'
            cand --vault 'Use this vault file'
            cand --color 'When to use colour'
            cand --json 'Print JSON: documents on stdout, errors on stderr'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask anything'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand init 'Link a folder to a repository'
            cand push 'Save what is new in the manuscript as a version in its repository'
            cand pull 'Bring what was saved elsewhere into this folder'
            cand status 'Show what is new here since the last version'
            cand diff 'Show what you changed, word by word'
            cand resolve 'Decide what a text should be that you and somebody else changed'
            cand log 'Show the versions of the manuscript or of one file, newest first'
            cand restore 'Bring an earlier text of a file back'
            cand find 'Find words in all versions, for what was there once'
            cand version 'Give a name to a version, or list the names that were given'
            cand open 'Show the manuscript or one of its files on its web page'
            cand watch 'Save by itself while you write, until you stop it'
            cand undo 'Take back what the last command did to the files here'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'oauthctl;doc;init'= {
            cand --repo 'The repository'
            cand --branch 'The branch, in place of the one that people see'
            cand --connection 'The account, where several can keep manuscripts'
            cand --profile 'Use this profile: a vault and key of its own'
            cand --vault 'Use this vault file'
            cand --color 'When to use colour'
            cand --create 'Make it, private, if there is none'
            cand --yes 'Don''t ask whether to make it'
            cand --json 'Print JSON: documents on stdout, errors on stderr'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask anything'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'oauthctl;doc;push'= {
            cand -m 'What you want to remember about this version'
            cand --message 'What you want to remember about this version'
            cand --allow-deletes 'So many files may be deleted in the repository'
            cand --repo 'The repository'
            cand --branch 'The branch, in place of the one that people see'
            cand --connection 'The account, where several can keep manuscripts'
            cand --profile 'Use this profile: a vault and key of its own'
            cand --vault 'Use this vault file'
            cand --color 'When to use colour'
            cand --allow-secrets 'Push files although there seem to be secrets in them'
            cand --create 'Make it, private, if there is none'
            cand --yes 'Don''t ask whether to make it'
            cand --json 'Print JSON: documents on stdout, errors on stderr'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask anything'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'oauthctl;doc;pull'= {
            cand --allow-deletes 'So many files may be deleted here'
            cand --profile 'Use this profile: a vault and key of its own'
            cand --vault 'Use this vault file'
            cand --color 'When to use colour'
            cand --accept-rewrite 'Take over what is there also where somebody rewrote what was saved'
            cand --json 'Print JSON: documents on stdout, errors on stderr'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask anything'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'oauthctl;doc;status'= {
            cand --profile 'Use this profile: a vault and key of its own'
            cand --vault 'Use this vault file'
            cand --color 'When to use colour'
            cand --remote 'Ask whether there is something to pull'
            cand --json 'Print JSON: documents on stdout, errors on stderr'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask anything'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'oauthctl;doc;diff'= {
            cand --since 'Compare with this version, as `oauthctl doc log` tells it'
            cand --html 'Show it as a page in the browser; with a path, write the page there'
            cand --profile 'Use this profile: a vault and key of its own'
            cand --vault 'Use this vault file'
            cand --color 'When to use colour'
            cand --force 'Replace a file that is there'
            cand --json 'Print JSON: documents on stdout, errors on stderr'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask anything'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'oauthctl;doc;resolve'= {
            cand --profile 'Use this profile: a vault and key of its own'
            cand --vault 'Use this vault file'
            cand --color 'When to use colour'
            cand --mine 'Yours is right'
            cand --theirs 'Theirs is right, be it that they deleted it'
            cand --both 'Keep both, yours first'
            cand --json 'Print JSON: documents on stdout, errors on stderr'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask anything'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'oauthctl;doc;log'= {
            cand -n 'So many at most'
            cand --most 'So many at most'
            cand --profile 'Use this profile: a vault and key of its own'
            cand --vault 'Use this vault file'
            cand --color 'When to use colour'
            cand --json 'Print JSON: documents on stdout, errors on stderr'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask anything'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'oauthctl;doc;restore'= {
            cand --profile 'Use this profile: a vault and key of its own'
            cand --vault 'Use this vault file'
            cand --color 'When to use colour'
            cand --json 'Print JSON: documents on stdout, errors on stderr'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask anything'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'oauthctl;doc;find'= {
            cand --file 'Only in these files or folders'
            cand -n 'Look through so many versions at most'
            cand --most 'Look through so many versions at most'
            cand --profile 'Use this profile: a vault and key of its own'
            cand --vault 'Use this vault file'
            cand --color 'When to use colour'
            cand --json 'Print JSON: documents on stdout, errors on stderr'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask anything'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'oauthctl;doc;version'= {
            cand --at 'The version that is meant, as `oauthctl doc log` tells it [default: the last one seen here]'
            cand --profile 'Use this profile: a vault and key of its own'
            cand --vault 'Use this vault file'
            cand --color 'When to use colour'
            cand --json 'Print JSON: documents on stdout, errors on stderr'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask anything'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'oauthctl;doc;open'= {
            cand --profile 'Use this profile: a vault and key of its own'
            cand --vault 'Use this vault file'
            cand --color 'When to use colour'
            cand --json 'Print JSON: documents on stdout, errors on stderr'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask anything'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'oauthctl;doc;watch'= {
            cand --after 'Save after a pause of so long, such as 30s'
            cand --every 'Save so often at most'
            cand --allow-deletes 'So many files may be deleted in the repository with one version'
            cand --profile 'Use this profile: a vault and key of its own'
            cand --vault 'Use this vault file'
            cand --color 'When to use colour'
            cand --json 'Print JSON: documents on stdout, errors on stderr'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask anything'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'oauthctl;doc;undo'= {
            cand --profile 'Use this profile: a vault and key of its own'
            cand --vault 'Use this vault file'
            cand --color 'When to use colour'
            cand --json 'Print JSON: documents on stdout, errors on stderr'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask anything'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'oauthctl;doc;help'= {
            cand init 'Link a folder to a repository'
            cand push 'Save what is new in the manuscript as a version in its repository'
            cand pull 'Bring what was saved elsewhere into this folder'
            cand status 'Show what is new here since the last version'
            cand diff 'Show what you changed, word by word'
            cand resolve 'Decide what a text should be that you and somebody else changed'
            cand log 'Show the versions of the manuscript or of one file, newest first'
            cand restore 'Bring an earlier text of a file back'
            cand find 'Find words in all versions, for what was there once'
            cand version 'Give a name to a version, or list the names that were given'
            cand open 'Show the manuscript or one of its files on its web page'
            cand watch 'Save by itself while you write, until you stop it'
            cand undo 'Take back what the last command did to the files here'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'oauthctl;doc;help;init'= {
        }
        &'oauthctl;doc;help;push'= {
        }
        &'oauthctl;doc;help;pull'= {
        }
        &'oauthctl;doc;help;status'= {
        }
        &'oauthctl;doc;help;diff'= {
        }
        &'oauthctl;doc;help;resolve'= {
        }
        &'oauthctl;doc;help;log'= {
        }
        &'oauthctl;doc;help;restore'= {
        }
        &'oauthctl;doc;help;find'= {
        }
        &'oauthctl;doc;help;version'= {
        }
        &'oauthctl;doc;help;open'= {
        }
        &'oauthctl;doc;help;watch'= {
        }
        &'oauthctl;doc;help;undo'= {
        }
        &'oauthctl;doc;help;help'= {
        }
        &'oauthctl;provider'= {
            cand --profile 'Use this profile: a vault and key of its own'
            cand --vault 'Use this vault file'
            cand --color 'When to use colour'
            cand --json 'Print JSON: documents on stdout, errors on stderr'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask anything'
            cand -h 'Print help'
            cand --help 'Print help'
            cand list 'List the providers that can be connected'
            cand show 'Show what a definition says: endpoints, redirect URI, how tokens live and end'
            cand add 'Add a provider from a definition file'
            cand remove 'Remove a definition of yours'
            cand check 'Look definitions over: what can''t be used, what is weaker than it should be'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'oauthctl;provider;list'= {
            cand --profile 'Use this profile: a vault and key of its own'
            cand --vault 'Use this vault file'
            cand --color 'When to use colour'
            cand --json 'Print JSON: documents on stdout, errors on stderr'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask anything'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'oauthctl;provider;show'= {
            cand --profile 'Use this profile: a vault and key of its own'
            cand --vault 'Use this vault file'
            cand --color 'When to use colour'
            cand --json 'Print JSON: documents on stdout, errors on stderr'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask anything'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'oauthctl;provider;add'= {
            cand --name 'Call it this [default: the file''s name]'
            cand --profile 'Use this profile: a vault and key of its own'
            cand --vault 'Use this vault file'
            cand --color 'When to use colour'
            cand --replace 'Replace a definition of that name'
            cand --json 'Print JSON: documents on stdout, errors on stderr'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask anything'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'oauthctl;provider;remove'= {
            cand --profile 'Use this profile: a vault and key of its own'
            cand --vault 'Use this vault file'
            cand --color 'When to use colour'
            cand -y 'Remove it although there are connections of it'
            cand --yes 'Remove it although there are connections of it'
            cand --json 'Print JSON: documents on stdout, errors on stderr'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask anything'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'oauthctl;provider;check'= {
            cand --profile 'Use this profile: a vault and key of its own'
            cand --vault 'Use this vault file'
            cand --color 'When to use colour'
            cand --json 'Print JSON: documents on stdout, errors on stderr'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask anything'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'oauthctl;provider;help'= {
            cand list 'List the providers that can be connected'
            cand show 'Show what a definition says: endpoints, redirect URI, how tokens live and end'
            cand add 'Add a provider from a definition file'
            cand remove 'Remove a definition of yours'
            cand check 'Look definitions over: what can''t be used, what is weaker than it should be'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'oauthctl;provider;help;list'= {
        }
        &'oauthctl;provider;help;show'= {
        }
        &'oauthctl;provider;help;add'= {
        }
        &'oauthctl;provider;help;remove'= {
        }
        &'oauthctl;provider;help;check'= {
        }
        &'oauthctl;provider;help;help'= {
        }
        &'oauthctl;scopes'= {
            cand --feature 'Only those of this feature'
            cand --profile 'Use this profile: a vault and key of its own'
            cand --vault 'Use this vault file'
            cand --color 'When to use colour'
            cand --json 'Print JSON: documents on stdout, errors on stderr'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask anything'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'oauthctl;client'= {
            cand --profile 'Use this profile: a vault and key of its own'
            cand --vault 'Use this vault file'
            cand --color 'When to use colour'
            cand --json 'Print JSON: documents on stdout, errors on stderr'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask anything'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand set 'Store an app registration for a provider'
            cand show 'Show the app registrations of a provider, without their secrets'
            cand remove 'Remove an app registration'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'oauthctl;client;set'= {
            cand --id 'The client id [default: asked for]'
            cand --secret-file 'Read the secret from this file'
            cand --key-file 'Sign with the private key in this PEM file (`-` is stdin)'
            cand --key-id 'The key''s id at the provider (`kid`)'
            cand --profile 'Use this profile: a vault and key of its own'
            cand --vault 'Use this vault file'
            cand --color 'When to use colour'
            cand --no-secret 'This registration has no secret'
            cand --json 'Print JSON: documents on stdout, errors on stderr'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask anything'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'oauthctl;client;show'= {
            cand --profile 'Use this profile: a vault and key of its own'
            cand --vault 'Use this vault file'
            cand --color 'When to use colour'
            cand --json 'Print JSON: documents on stdout, errors on stderr'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask anything'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'oauthctl;client;remove'= {
            cand --id 'Only the registration with this client id'
            cand --profile 'Use this profile: a vault and key of its own'
            cand --vault 'Use this vault file'
            cand --color 'When to use colour'
            cand -y 'Remove it although connections were made with it and need it to refresh and revoke'
            cand --yes 'Remove it although connections were made with it and need it to refresh and revoke'
            cand --json 'Print JSON: documents on stdout, errors on stderr'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask anything'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'oauthctl;client;help'= {
            cand set 'Store an app registration for a provider'
            cand show 'Show the app registrations of a provider, without their secrets'
            cand remove 'Remove an app registration'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'oauthctl;client;help;set'= {
        }
        &'oauthctl;client;help;show'= {
        }
        &'oauthctl;client;help;remove'= {
        }
        &'oauthctl;client;help;help'= {
        }
        &'oauthctl;git-credential'= {
            cand --profile 'Use this profile: a vault and key of its own'
            cand --vault 'Use this vault file'
            cand --color 'When to use colour'
            cand --json 'Print JSON: documents on stdout, errors on stderr'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask anything'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'oauthctl;git'= {
            cand --profile 'Use this profile: a vault and key of its own'
            cand --vault 'Use this vault file'
            cand --color 'When to use colour'
            cand --json 'Print JSON: documents on stdout, errors on stderr'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask anything'
            cand -h 'Print help'
            cand --help 'Print help'
            cand setup 'Let git sign in to a host with your connections'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'oauthctl;git;setup'= {
            cand --profile 'Use this profile: a vault and key of its own'
            cand --vault 'Use this vault file'
            cand --color 'When to use colour'
            cand --local 'For the repository of this folder only, instead of for all of yours'
            cand --remove 'Take the setting out again'
            cand --json 'Print JSON: documents on stdout, errors on stderr'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask anything'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'oauthctl;git;help'= {
            cand setup 'Let git sign in to a host with your connections'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'oauthctl;git;help;setup'= {
        }
        &'oauthctl;git;help;help'= {
        }
        &'oauthctl;vault'= {
            cand --profile 'Use this profile: a vault and key of its own'
            cand --vault 'Use this vault file'
            cand --color 'When to use colour'
            cand --json 'Print JSON: documents on stdout, errors on stderr'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask anything'
            cand -h 'Print help'
            cand --help 'Print help'
            cand init 'Make a vault and its key'
            cand status 'Say where the vault and its key are, and whether it is believed'
            cand check 'Look at every record, event and page of the vault'
            cand recover 'Open the vault with its recovery key and give it a new key'
            cand rekey 'Give the vault a new key and a new identity'
            cand recipients 'See and change who can open the vault'
            cand move-key 'Keep the vault''s key in another place'
            cand export 'Send connections to a CI job, in one sealed file'
            cand import 'Take in connections that `vault export` sent'
            cand backup 'Write the whole vault to one encrypted file'
            cand restore 'Go back to a backup'
            cand accept-rollback 'Go on with a vault file that was restored or rolled back'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'oauthctl;vault;init'= {
            cand --key 'Where the key is kept [default: what the environment names, else the keyring]'
            cand --identity-file 'The identity file for `--key file` and `--key passphrase` [default: beside the vault]'
            cand --recovery-file 'Write a recovery key here; keep it away from this machine'
            cand --profile 'Use this profile: a vault and key of its own'
            cand --vault 'Use this vault file'
            cand --color 'When to use colour'
            cand --recovery-passphrase 'Protect the recovery key with a passphrase of its own, asked for or from `OAUTHCTL_PASSPHRASE_FILE`'
            cand --json 'Print JSON: documents on stdout, errors on stderr'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask anything'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'oauthctl;vault;status'= {
            cand --profile 'Use this profile: a vault and key of its own'
            cand --vault 'Use this vault file'
            cand --color 'When to use colour'
            cand --json 'Print JSON: documents on stdout, errors on stderr'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask anything'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'oauthctl;vault;check'= {
            cand --salvage 'Save what still authenticates into this new file'
            cand --confirm 'Confirm that this is the fingerprint of your vault, as your recovery sheet says'
            cand --profile 'Use this profile: a vault and key of its own'
            cand --vault 'Use this vault file'
            cand --color 'When to use colour'
            cand --json 'Print JSON: documents on stdout, errors on stderr'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask anything'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'oauthctl;vault;recover'= {
            cand --with 'The recovery sheet, or another age identity that opens the vault'
            cand --fingerprint 'The vault''s fingerprint, where the sheet doesn''t say it'
            cand --key 'Where the new key is kept [default: as the lost one was. For a file that is the recorded place, or beside what stands there, or beside the vault where that place is not this vault''s alone, is not there, or is not yours; for a keyring it is this machine''s]'
            cand --identity-file 'The new identity file for `--key file` and `--key passphrase` [default: beside the vault]'
            cand --profile 'Use this profile: a vault and key of its own'
            cand --vault 'Use this vault file'
            cand --color 'When to use colour'
            cand --json 'Print JSON: documents on stdout, errors on stderr'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask anything'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'oauthctl;vault;rekey'= {
            cand --key 'Where the new key is kept [default: where the old one is]'
            cand --identity-file 'The new identity file for `--key file` and `--key passphrase` [default: beside the vault]'
            cand --profile 'Use this profile: a vault and key of its own'
            cand --vault 'Use this vault file'
            cand --color 'When to use colour'
            cand --json 'Print JSON: documents on stdout, errors on stderr'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask anything'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'oauthctl;vault;recipients'= {
            cand --profile 'Use this profile: a vault and key of its own'
            cand --vault 'Use this vault file'
            cand --color 'When to use colour'
            cand --json 'Print JSON: documents on stdout, errors on stderr'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask anything'
            cand -h 'Print help'
            cand --help 'Print help'
            cand list 'List who can open the vault'
            cand add 'Let one more key open the vault'
            cand remove 'Take a key''s access to the vault away'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'oauthctl;vault;recipients;list'= {
            cand --profile 'Use this profile: a vault and key of its own'
            cand --vault 'Use this vault file'
            cand --color 'When to use colour'
            cand --json 'Print JSON: documents on stdout, errors on stderr'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask anything'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'oauthctl;vault;recipients;add'= {
            cand --recovery-file 'Make a recovery key, and write its sheet to this new file'
            cand --label 'What it is for'
            cand --profile 'Use this profile: a vault and key of its own'
            cand --vault 'Use this vault file'
            cand --color 'When to use colour'
            cand --passphrase 'Protect the recovery key with a passphrase, asked for or from `OAUTHCTL_PASSPHRASE_FILE`'
            cand --json 'Print JSON: documents on stdout, errors on stderr'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask anything'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'oauthctl;vault;recipients;remove'= {
            cand --profile 'Use this profile: a vault and key of its own'
            cand --vault 'Use this vault file'
            cand --color 'When to use colour'
            cand --json 'Print JSON: documents on stdout, errors on stderr'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask anything'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'oauthctl;vault;recipients;help'= {
            cand list 'List who can open the vault'
            cand add 'Let one more key open the vault'
            cand remove 'Take a key''s access to the vault away'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'oauthctl;vault;recipients;help;list'= {
        }
        &'oauthctl;vault;recipients;help;add'= {
        }
        &'oauthctl;vault;recipients;help;remove'= {
        }
        &'oauthctl;vault;recipients;help;help'= {
        }
        &'oauthctl;vault;move-key'= {
            cand --to 'Where the key shall be kept'
            cand --identity-file 'The identity file for `--to file` and `--to passphrase` [default: beside the vault]'
            cand --profile 'Use this profile: a vault and key of its own'
            cand --vault 'Use this vault file'
            cand --color 'When to use colour'
            cand --dry-run 'Look whether it can be done, say what would be done, and change nothing'
            cand --json 'Print JSON: documents on stdout, errors on stderr'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask anything'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'oauthctl;vault;export'= {
            cand --connection 'A connection to send; may be given several times'
            cand --to 'An age recipient (`age1…`) that can open the file; may be given several times'
            cand --update 'Seal that file anew with the tokens as they are now'
            cand --profile 'Use this profile: a vault and key of its own'
            cand --vault 'Use this vault file'
            cand --color 'When to use colour'
            cand --copy 'Leave the connections here too'
            cand --force 'Replace a file that is there'
            cand --json 'Print JSON: documents on stdout, errors on stderr'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask anything'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'oauthctl;vault;import'= {
            cand --from 'Take in what another program keeps'
            cand --provider 'Whose tokens they are; what is not of that provider is left out'
            cand --with 'An identity that opens the file, where the vault''s own key doesn''t: that of the job'
            cand --definition 'Take the definition of this provider too, which came with the file and says where its tokens go'
            cand --profile 'Use this profile: a vault and key of its own'
            cand --vault 'Use this vault file'
            cand --color 'When to use colour'
            cand --json 'Print JSON: documents on stdout, errors on stderr'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask anything'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'oauthctl;vault;backup'= {
            cand --profile 'Use this profile: a vault and key of its own'
            cand --vault 'Use this vault file'
            cand --color 'When to use colour'
            cand --force 'Replace a file that is there'
            cand --json 'Print JSON: documents on stdout, errors on stderr'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask anything'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'oauthctl;vault;restore'= {
            cand --with 'An identity that opens it: the recovery sheet, or a former identity of the vault'
            cand --fingerprint 'The fingerprint of the vault in the backup, where the sheet doesn''t say it'
            cand --profile 'Use this profile: a vault and key of its own'
            cand --vault 'Use this vault file'
            cand --color 'When to use colour'
            cand --force 'The vault that stands is newer; or it is damaged or was set back, and shall go aside'
            cand --json 'Print JSON: documents on stdout, errors on stderr'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask anything'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'oauthctl;vault;accept-rollback'= {
            cand --profile 'Use this profile: a vault and key of its own'
            cand --vault 'Use this vault file'
            cand --color 'When to use colour'
            cand -y 'Don''t ask'
            cand --yes 'Don''t ask'
            cand --json 'Print JSON: documents on stdout, errors on stderr'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask anything'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'oauthctl;vault;help'= {
            cand init 'Make a vault and its key'
            cand status 'Say where the vault and its key are, and whether it is believed'
            cand check 'Look at every record, event and page of the vault'
            cand recover 'Open the vault with its recovery key and give it a new key'
            cand rekey 'Give the vault a new key and a new identity'
            cand recipients 'See and change who can open the vault'
            cand move-key 'Keep the vault''s key in another place'
            cand export 'Send connections to a CI job, in one sealed file'
            cand import 'Take in connections that `vault export` sent'
            cand backup 'Write the whole vault to one encrypted file'
            cand restore 'Go back to a backup'
            cand accept-rollback 'Go on with a vault file that was restored or rolled back'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'oauthctl;vault;help;init'= {
        }
        &'oauthctl;vault;help;status'= {
        }
        &'oauthctl;vault;help;check'= {
        }
        &'oauthctl;vault;help;recover'= {
        }
        &'oauthctl;vault;help;rekey'= {
        }
        &'oauthctl;vault;help;recipients'= {
            cand list 'List who can open the vault'
            cand add 'Let one more key open the vault'
            cand remove 'Take a key''s access to the vault away'
        }
        &'oauthctl;vault;help;recipients;list'= {
        }
        &'oauthctl;vault;help;recipients;add'= {
        }
        &'oauthctl;vault;help;recipients;remove'= {
        }
        &'oauthctl;vault;help;move-key'= {
        }
        &'oauthctl;vault;help;export'= {
        }
        &'oauthctl;vault;help;import'= {
        }
        &'oauthctl;vault;help;backup'= {
        }
        &'oauthctl;vault;help;restore'= {
        }
        &'oauthctl;vault;help;accept-rollback'= {
        }
        &'oauthctl;vault;help;help'= {
        }
        &'oauthctl;doctor'= {
            cand --profile 'Use this profile: a vault and key of its own'
            cand --vault 'Use this vault file'
            cand --color 'When to use colour'
            cand --online 'Contact the providers'' hosts; nothing about you is sent'
            cand --report 'Leave out accounts, client ids, paths and hosts; read it before you paste it'
            cand --json 'Print JSON: documents on stdout, errors on stderr'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask anything'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'oauthctl;config'= {
            cand --profile 'Use this profile: a vault and key of its own'
            cand --vault 'Use this vault file'
            cand --color 'When to use colour'
            cand --json 'Print JSON: documents on stdout, errors on stderr'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask anything'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand get 'Print a setting as it holds here and now'
            cand set 'Change a setting in the file; comments and order stay as they are'
            cand unset 'Take a setting out of the file, so that what is below it decides'
            cand list 'List the settings as they hold here and now, and what decides each'
            cand path 'Print where the settings file is, or would be'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'oauthctl;config;get'= {
            cand --profile 'Use this profile: a vault and key of its own'
            cand --vault 'Use this vault file'
            cand --color 'When to use colour'
            cand --explain 'Say what each layer says and which one decides'
            cand --json 'Print JSON: documents on stdout, errors on stderr'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask anything'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'oauthctl;config;set'= {
            cand --folder 'For `account.PROVIDER`: only in this folder and below'
            cand --profile 'Use this profile: a vault and key of its own'
            cand --vault 'Use this vault file'
            cand --color 'When to use colour'
            cand --json 'Print JSON: documents on stdout, errors on stderr'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask anything'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'oauthctl;config;unset'= {
            cand --folder 'For `account.PROVIDER`: the rule of this folder'
            cand --profile 'Use this profile: a vault and key of its own'
            cand --vault 'Use this vault file'
            cand --color 'When to use colour'
            cand --json 'Print JSON: documents on stdout, errors on stderr'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask anything'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'oauthctl;config;list'= {
            cand --profile 'Use this profile: a vault and key of its own'
            cand --vault 'Use this vault file'
            cand --color 'When to use colour'
            cand --json 'Print JSON: documents on stdout, errors on stderr'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask anything'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'oauthctl;config;path'= {
            cand --profile 'Use this profile: a vault and key of its own'
            cand --vault 'Use this vault file'
            cand --color 'When to use colour'
            cand --json 'Print JSON: documents on stdout, errors on stderr'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask anything'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'oauthctl;config;help'= {
            cand get 'Print a setting as it holds here and now'
            cand set 'Change a setting in the file; comments and order stay as they are'
            cand unset 'Take a setting out of the file, so that what is below it decides'
            cand list 'List the settings as they hold here and now, and what decides each'
            cand path 'Print where the settings file is, or would be'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'oauthctl;config;help;get'= {
        }
        &'oauthctl;config;help;set'= {
        }
        &'oauthctl;config;help;unset'= {
        }
        &'oauthctl;config;help;list'= {
        }
        &'oauthctl;config;help;path'= {
        }
        &'oauthctl;config;help;help'= {
        }
        &'oauthctl;demo'= {
            cand --profile 'Use this profile: a vault and key of its own'
            cand --vault 'Use this vault file'
            cand --color 'When to use colour'
            cand --json 'Print JSON: documents on stdout, errors on stderr'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask anything'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'oauthctl;sandbox'= {
            cand --port 'The port on 127.0.0.1'
            cand --expires-in 'Lifetimes of access tokens in seconds, one after the other; the last repeats'
            cand --seed 'Make every code, token and secret a function of this text'
            cand --fault 'Make something go wrong (can be given several times)'
            cand --account 'Someone who can sign in (can be given several times) [default: writer]'
            cand --withhold 'Never grant this scope (can be given several times)'
            cand --latency 'How much later every answer comes, in milliseconds'
            cand --rate-limit 'The practice GitHub''s limit of requests in an hour'
            cand --write-limit 'The practice GitHub''s limit of changes in a minute'
            cand --export 'At the end, write every repository into this folder, as git has them'
            cand --profile 'Use this profile: a vault and key of its own'
            cand --vault 'Use this vault file'
            cand --color 'When to use colour'
            cand --auto-consent 'Consent without a page'
            cand --no-rotation 'Keep refresh tokens instead of rotating them'
            cand --print-provider 'Print the provider definition that points here, and end'
            cand --json 'Print JSON: documents on stdout, errors on stderr'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask anything'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'oauthctl;completions'= {
            cand --profile 'Use this profile: a vault and key of its own'
            cand --vault 'Use this vault file'
            cand --color 'When to use colour'
            cand --json 'Print JSON: documents on stdout, errors on stderr'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask anything'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'oauthctl;complete'= {
            cand --profile 'Use this profile: a vault and key of its own'
            cand --vault 'Use this vault file'
            cand --color 'When to use colour'
            cand --json 'Print JSON: documents on stdout, errors on stderr'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask anything'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'oauthctl;help'= {
            cand connect 'Authorise an account in your browser and store it'
            cand list 'List the connections, with state, expiry and scopes'
            cand show 'Show one connection: state, expiry, scopes, client; never a secret'
            cand token 'Print a fresh access token'
            cand exec 'Run a command with fresh tokens in its environment'
            cand api 'Send an authorised request to a provider''s API'
            cand refresh 'Refresh tokens now'
            cand revoke 'End access at the provider, then erase it here'
            cand consents 'Show what was consented to, and when'
            cand audit 'Show who did what with which connection, and verify, export, sum up or prune that log'
            cand doc 'Keep a manuscript in a repository, with every version of it'
            cand provider 'Look after provider definitions'
            cand scopes 'List the scopes that a provider has, by feature and by how far they reach'
            cand client 'Look after app registrations: client id and secret'
            cand git-credential 'Answer git''s questions for credentials'
            cand git 'Make git use the connections'
            cand vault 'Look after the vault and its key'
            cand doctor 'Look for what is wrong, and say the way out'
            cand config 'Settings: audit, profile, and which account a provider''s name means, in which folder'
            cand demo 'Show what this program does, in a few seconds'
            cand sandbox 'Run a strict practice provider on this machine'
            cand completions 'Print the completion script of a shell'
            cand complete 'Print what the last word may become, one per line'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'oauthctl;help;connect'= {
        }
        &'oauthctl;help;list'= {
        }
        &'oauthctl;help;show'= {
        }
        &'oauthctl;help;token'= {
        }
        &'oauthctl;help;exec'= {
        }
        &'oauthctl;help;api'= {
        }
        &'oauthctl;help;refresh'= {
        }
        &'oauthctl;help;revoke'= {
        }
        &'oauthctl;help;consents'= {
        }
        &'oauthctl;help;audit'= {
            cand verify 'Check that no event was edited, removed, inserted or moved'
            cand export 'Export events as JSON lines or CSV'
            cand prune 'Replace old events by a checkpoint'
            cand report 'Sum up the log: use over time, by program and by connection, failures, expiries ahead'
        }
        &'oauthctl;help;audit;verify'= {
        }
        &'oauthctl;help;audit;export'= {
        }
        &'oauthctl;help;audit;prune'= {
        }
        &'oauthctl;help;audit;report'= {
        }
        &'oauthctl;help;doc'= {
            cand init 'Link a folder to a repository'
            cand push 'Save what is new in the manuscript as a version in its repository'
            cand pull 'Bring what was saved elsewhere into this folder'
            cand status 'Show what is new here since the last version'
            cand diff 'Show what you changed, word by word'
            cand resolve 'Decide what a text should be that you and somebody else changed'
            cand log 'Show the versions of the manuscript or of one file, newest first'
            cand restore 'Bring an earlier text of a file back'
            cand find 'Find words in all versions, for what was there once'
            cand version 'Give a name to a version, or list the names that were given'
            cand open 'Show the manuscript or one of its files on its web page'
            cand watch 'Save by itself while you write, until you stop it'
            cand undo 'Take back what the last command did to the files here'
        }
        &'oauthctl;help;doc;init'= {
        }
        &'oauthctl;help;doc;push'= {
        }
        &'oauthctl;help;doc;pull'= {
        }
        &'oauthctl;help;doc;status'= {
        }
        &'oauthctl;help;doc;diff'= {
        }
        &'oauthctl;help;doc;resolve'= {
        }
        &'oauthctl;help;doc;log'= {
        }
        &'oauthctl;help;doc;restore'= {
        }
        &'oauthctl;help;doc;find'= {
        }
        &'oauthctl;help;doc;version'= {
        }
        &'oauthctl;help;doc;open'= {
        }
        &'oauthctl;help;doc;watch'= {
        }
        &'oauthctl;help;doc;undo'= {
        }
        &'oauthctl;help;provider'= {
            cand list 'List the providers that can be connected'
            cand show 'Show what a definition says: endpoints, redirect URI, how tokens live and end'
            cand add 'Add a provider from a definition file'
            cand remove 'Remove a definition of yours'
            cand check 'Look definitions over: what can''t be used, what is weaker than it should be'
        }
        &'oauthctl;help;provider;list'= {
        }
        &'oauthctl;help;provider;show'= {
        }
        &'oauthctl;help;provider;add'= {
        }
        &'oauthctl;help;provider;remove'= {
        }
        &'oauthctl;help;provider;check'= {
        }
        &'oauthctl;help;scopes'= {
        }
        &'oauthctl;help;client'= {
            cand set 'Store an app registration for a provider'
            cand show 'Show the app registrations of a provider, without their secrets'
            cand remove 'Remove an app registration'
        }
        &'oauthctl;help;client;set'= {
        }
        &'oauthctl;help;client;show'= {
        }
        &'oauthctl;help;client;remove'= {
        }
        &'oauthctl;help;git-credential'= {
        }
        &'oauthctl;help;git'= {
            cand setup 'Let git sign in to a host with your connections'
        }
        &'oauthctl;help;git;setup'= {
        }
        &'oauthctl;help;vault'= {
            cand init 'Make a vault and its key'
            cand status 'Say where the vault and its key are, and whether it is believed'
            cand check 'Look at every record, event and page of the vault'
            cand recover 'Open the vault with its recovery key and give it a new key'
            cand rekey 'Give the vault a new key and a new identity'
            cand recipients 'See and change who can open the vault'
            cand move-key 'Keep the vault''s key in another place'
            cand export 'Send connections to a CI job, in one sealed file'
            cand import 'Take in connections that `vault export` sent'
            cand backup 'Write the whole vault to one encrypted file'
            cand restore 'Go back to a backup'
            cand accept-rollback 'Go on with a vault file that was restored or rolled back'
        }
        &'oauthctl;help;vault;init'= {
        }
        &'oauthctl;help;vault;status'= {
        }
        &'oauthctl;help;vault;check'= {
        }
        &'oauthctl;help;vault;recover'= {
        }
        &'oauthctl;help;vault;rekey'= {
        }
        &'oauthctl;help;vault;recipients'= {
            cand list 'List who can open the vault'
            cand add 'Let one more key open the vault'
            cand remove 'Take a key''s access to the vault away'
        }
        &'oauthctl;help;vault;recipients;list'= {
        }
        &'oauthctl;help;vault;recipients;add'= {
        }
        &'oauthctl;help;vault;recipients;remove'= {
        }
        &'oauthctl;help;vault;move-key'= {
        }
        &'oauthctl;help;vault;export'= {
        }
        &'oauthctl;help;vault;import'= {
        }
        &'oauthctl;help;vault;backup'= {
        }
        &'oauthctl;help;vault;restore'= {
        }
        &'oauthctl;help;vault;accept-rollback'= {
        }
        &'oauthctl;help;doctor'= {
        }
        &'oauthctl;help;config'= {
            cand get 'Print a setting as it holds here and now'
            cand set 'Change a setting in the file; comments and order stay as they are'
            cand unset 'Take a setting out of the file, so that what is below it decides'
            cand list 'List the settings as they hold here and now, and what decides each'
            cand path 'Print where the settings file is, or would be'
        }
        &'oauthctl;help;config;get'= {
        }
        &'oauthctl;help;config;set'= {
        }
        &'oauthctl;help;config;unset'= {
        }
        &'oauthctl;help;config;list'= {
        }
        &'oauthctl;help;config;path'= {
        }
        &'oauthctl;help;demo'= {
        }
        &'oauthctl;help;sandbox'= {
        }
        &'oauthctl;help;completions'= {
        }
        &'oauthctl;help;complete'= {
        }
        &'oauthctl;help;help'= {
        }
    ]
    $completions[$command]
}
