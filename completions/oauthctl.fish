# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_oauthctl_global_optspecs
    string join \n json profile= vault= q/quiet v/verbose no-input color= h/help V/version
end

function __fish_oauthctl_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_oauthctl_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_oauthctl_using_subcommand
    set -l cmd (__fish_oauthctl_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c oauthctl -n "__fish_oauthctl_needs_command" -l profile -d 'Use this profile: a vault and key of its own' -r
complete -c oauthctl -n "__fish_oauthctl_needs_command" -l vault -d 'Use this vault file' -r -F
complete -c oauthctl -n "__fish_oauthctl_needs_command" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c oauthctl -n "__fish_oauthctl_needs_command" -l json -d 'Print JSON: documents on stdout, errors on stderr'
complete -c oauthctl -n "__fish_oauthctl_needs_command" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c oauthctl -n "__fish_oauthctl_needs_command" -s v -l verbose -d 'Say more'
complete -c oauthctl -n "__fish_oauthctl_needs_command" -l no-input -d 'Never ask anything'
complete -c oauthctl -n "__fish_oauthctl_needs_command" -s h -l help -d 'Print help'
complete -c oauthctl -n "__fish_oauthctl_needs_command" -s V -l version -d 'Print version'
complete -c oauthctl -n "__fish_oauthctl_needs_command" -f -a "connect" -d 'Authorise an account in your browser and store it'
complete -c oauthctl -n "__fish_oauthctl_needs_command" -f -a "list" -d 'List the connections, with state, expiry and scopes'
complete -c oauthctl -n "__fish_oauthctl_needs_command" -f -a "show" -d 'Show one connection: state, expiry, scopes, client; never a secret'
complete -c oauthctl -n "__fish_oauthctl_needs_command" -f -a "token" -d 'Print a fresh access token'
complete -c oauthctl -n "__fish_oauthctl_needs_command" -f -a "exec" -d 'Run a command with fresh tokens in its environment'
complete -c oauthctl -n "__fish_oauthctl_needs_command" -f -a "api" -d 'Send an authorised request to a provider\'s API'
complete -c oauthctl -n "__fish_oauthctl_needs_command" -f -a "refresh" -d 'Refresh tokens now'
complete -c oauthctl -n "__fish_oauthctl_needs_command" -f -a "revoke" -d 'End access at the provider, then erase it here'
complete -c oauthctl -n "__fish_oauthctl_needs_command" -f -a "consents" -d 'Show what was consented to, and when'
complete -c oauthctl -n "__fish_oauthctl_needs_command" -f -a "audit" -d 'Show who did what with which connection, and verify, export, sum up or prune that log'
complete -c oauthctl -n "__fish_oauthctl_needs_command" -f -a "doc" -d 'Keep a manuscript in a repository, with every version of it'
complete -c oauthctl -n "__fish_oauthctl_needs_command" -f -a "provider" -d 'Look after provider definitions'
complete -c oauthctl -n "__fish_oauthctl_needs_command" -f -a "scopes" -d 'List the scopes that a provider has, by feature and by how far they reach'
complete -c oauthctl -n "__fish_oauthctl_needs_command" -f -a "client" -d 'Look after app registrations: client id and secret'
complete -c oauthctl -n "__fish_oauthctl_needs_command" -f -a "git-credential" -d 'Answer git\'s questions for credentials'
complete -c oauthctl -n "__fish_oauthctl_needs_command" -f -a "git" -d 'Make git use the connections'
complete -c oauthctl -n "__fish_oauthctl_needs_command" -f -a "vault" -d 'Look after the vault and its key'
complete -c oauthctl -n "__fish_oauthctl_needs_command" -f -a "doctor" -d 'Look for what is wrong, and say the way out'
complete -c oauthctl -n "__fish_oauthctl_needs_command" -f -a "config" -d 'Settings: audit, profile, and which account a provider\'s name means, in which folder'
complete -c oauthctl -n "__fish_oauthctl_needs_command" -f -a "demo" -d 'Show what this program does, in a few seconds'
complete -c oauthctl -n "__fish_oauthctl_needs_command" -f -a "sandbox" -d 'Run a strict practice provider on this machine'
complete -c oauthctl -n "__fish_oauthctl_needs_command" -f -a "completions" -d 'Print the completion script of a shell'
complete -c oauthctl -n "__fish_oauthctl_needs_command" -f -a "complete" -d 'Print what the last word may become, one per line'
complete -c oauthctl -n "__fish_oauthctl_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand connect" -l account -d 'Store it under this label instead of the provider\'s own' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand connect" -l scope -d 'Ask for this scope (can be given several times)' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand connect" -l feature -d 'Ask for what these features need: `calendar`, or `drive:read`, `drive:write`, `drive:admin`' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand connect" -l add -d 'Ask for these scopes or features too, beside those that the connection has' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand connect" -l client-id -d 'Use this client id instead of the stored one' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand connect" -l name -d 'Call a discovered provider this' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand connect" -l resume -d 'Wait for the answer to a connect that was begun with `--start`; with `--paste`, read the address that the browser ended at' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand connect" -l token-exchange -d 'Exchange a job\'s own token, from `file:/PATH` or `env:NAME` (RFC 8693)' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand connect" -l subject-token-type -d 'What the exchanged token is' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand connect" -l audience -d 'Which service the token is for, where the provider asks' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand connect" -l timeout -d 'How long to wait for the answer, such as 90s or 10m [default: 5m, with `--device` as long as the code lives]' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand connect" -l profile -d 'Use this profile: a vault and key of its own' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand connect" -l vault -d 'Use this vault file' -r -F
complete -c oauthctl -n "__fish_oauthctl_using_subcommand connect" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c oauthctl -n "__fish_oauthctl_using_subcommand connect" -s y -l yes -d 'Ask for dangerous scopes without a second question'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand connect" -l strict -d 'Fail with exit code 4 when fewer scopes are granted than were asked for'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand connect" -l no-browser -d 'Print the URL and open nothing'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand connect" -l device -d 'Sign in on another device, with a code (RFC 8628)'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand connect" -l start -d 'Print the URL and an id, and end; `--resume ID` has to run while one signs in, or takes the answer with `--paste`'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand connect" -l client-credentials -d 'Sign in as the client itself, with its secret or key (RFC 6749 section 4.4)'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand connect" -l dpop -d 'Bind the tokens to a key that never leaves the vault (RFC 9449)'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand connect" -l paste -d 'Don\'t listen: read the address that the browser ends at from a prompt or stdin'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand connect" -l qr -d 'Print the URL as a QR code too'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand connect" -l with-token -d 'Store a token read from stdin, such as a personal access token'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand connect" -l json -d 'Print JSON: documents on stdout, errors on stderr'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand connect" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand connect" -s v -l verbose -d 'Say more'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand connect" -l no-input -d 'Never ask anything'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand connect" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand list" -l profile -d 'Use this profile: a vault and key of its own' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand list" -l vault -d 'Use this vault file' -r -F
complete -c oauthctl -n "__fish_oauthctl_using_subcommand list" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c oauthctl -n "__fish_oauthctl_using_subcommand list" -l json -d 'Print JSON: documents on stdout, errors on stderr'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand list" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand list" -s v -l verbose -d 'Say more'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand list" -l no-input -d 'Never ask anything'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand list" -s h -l help -d 'Print help'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand show" -l profile -d 'Use this profile: a vault and key of its own' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand show" -l vault -d 'Use this vault file' -r -F
complete -c oauthctl -n "__fish_oauthctl_using_subcommand show" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c oauthctl -n "__fish_oauthctl_using_subcommand show" -l json -d 'Print JSON: documents on stdout, errors on stderr'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand show" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand show" -s v -l verbose -d 'Say more'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand show" -l no-input -d 'Never ask anything'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand show" -s h -l help -d 'Print help'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand token" -l min-ttl -d 'How long the token must still live, such as 90s, 10m or 1h [default: 60s or a tenth of its lifetime, the smaller]' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand token" -l scope -d 'Fail unless this scope is granted (can be given several times)' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand token" -l format -d 'How to print it' -r -f -a "plain\t'The token alone'
json\t'An object with type, expiry and scopes'
header\t'`Authorization: Bearer …`'
dpop\t'The two headers of one request with a token that is bound to a key'
xoauth2\t'What mail servers take in place of a password (SASL XOAUTH2), in base64'
kubectl\t'What `kubectl` takes from a credential plugin'
credential-process\t'An object with token and expiry, as programs with a `credential_process` setting read it'"
complete -c oauthctl -n "__fish_oauthctl_using_subcommand token" -l method -d 'The method of the request that the proof is for' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand token" -l url -d 'The URL of the request that the proof is for' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand token" -l user -d 'The mailbox that `--format xoauth2` is for [default: the account, where it is an address]' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand token" -l nonce -d 'The nonce that the server gave, for the proof' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand token" -l profile -d 'Use this profile: a vault and key of its own' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand token" -l vault -d 'Use this vault file' -r -F
complete -c oauthctl -n "__fish_oauthctl_using_subcommand token" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c oauthctl -n "__fish_oauthctl_using_subcommand token" -l copy -d 'Put it on the clipboard for a minute instead of printing it'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand token" -l json -d 'Print JSON: documents on stdout, errors on stderr'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand token" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand token" -s v -l verbose -d 'Say more'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand token" -l no-input -d 'Never ask anything'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand token" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand exec" -l env -d 'The variable for the token; given several times, one for each connection in their order' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand exec" -l min-ttl -d 'How long the tokens must still live, such as 90s, 10m or 1h' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand exec" -l scope -d 'Fail unless this scope is granted (can be given several times)' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand exec" -l refresh-file -d 'Keep the token in this new file, mode 0600, fresh for as long as the command runs' -r -F
complete -c oauthctl -n "__fish_oauthctl_using_subcommand exec" -l profile -d 'Use this profile: a vault and key of its own' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand exec" -l vault -d 'Use this vault file' -r -F
complete -c oauthctl -n "__fish_oauthctl_using_subcommand exec" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c oauthctl -n "__fish_oauthctl_using_subcommand exec" -l json -d 'Print JSON: documents on stdout, errors on stderr'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand exec" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand exec" -s v -l verbose -d 'Say more'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand exec" -l no-input -d 'Never ask anything'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand exec" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand api" -s X -l method -d 'The method [default: GET, or POST where there is a body]' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand api" -s H -l header -d 'A header (can be given several times)' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand api" -s f -l field -d 'A text member of the JSON body, or a parameter of the URL for GET' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand api" -s F -l json-field -d 'As `--field`, but the value is JSON, such as `true` or `5`' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand api" -l input -d 'Send this file as the body; `-` is stdin' -r -F
complete -c oauthctl -n "__fish_oauthctl_using_subcommand api" -l jq -d 'Print what this filter makes of the answer, by the program `jq`; strings without quotes' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand api" -l timeout -d 'How long one request may take, such as 90s or 10m' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand api" -l profile -d 'Use this profile: a vault and key of its own' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand api" -l vault -d 'Use this vault file' -r -F
complete -c oauthctl -n "__fish_oauthctl_using_subcommand api" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c oauthctl -n "__fish_oauthctl_using_subcommand api" -s i -l include -d 'Print status and headers before the body'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand api" -l paginate -d 'Follow `Link: …; rel="next"` on the same host, and print one page after the other'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand api" -l json -d 'Print JSON: documents on stdout, errors on stderr'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand api" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand api" -s v -l verbose -d 'Say more'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand api" -l no-input -d 'Never ask anything'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand api" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand refresh" -l profile -d 'Use this profile: a vault and key of its own' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand refresh" -l vault -d 'Use this vault file' -r -F
complete -c oauthctl -n "__fish_oauthctl_using_subcommand refresh" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c oauthctl -n "__fish_oauthctl_using_subcommand refresh" -l all -d 'Refresh all connections'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand refresh" -l due -d 'Refresh those whose token is over or nearly so'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand refresh" -l json -d 'Print JSON: documents on stdout, errors on stderr'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand refresh" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand refresh" -s v -l verbose -d 'Say more'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand refresh" -l no-input -d 'Never ask anything'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand refresh" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand revoke" -l profile -d 'Use this profile: a vault and key of its own' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand revoke" -l vault -d 'Use this vault file' -r -F
complete -c oauthctl -n "__fish_oauthctl_using_subcommand revoke" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c oauthctl -n "__fish_oauthctl_using_subcommand revoke" -l all -d 'Revoke all connections'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand revoke" -l local-only -d 'Erase here only, without telling the provider'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand revoke" -s y -l yes -d 'Don\'t ask before revoking all'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand revoke" -l json -d 'Print JSON: documents on stdout, errors on stderr'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand revoke" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand revoke" -s v -l verbose -d 'Say more'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand revoke" -l no-input -d 'Never ask anything'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand revoke" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand consents" -l profile -d 'Use this profile: a vault and key of its own' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand consents" -l vault -d 'Use this vault file' -r -F
complete -c oauthctl -n "__fish_oauthctl_using_subcommand consents" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c oauthctl -n "__fish_oauthctl_using_subcommand consents" -l json -d 'Print JSON: documents on stdout, errors on stderr'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand consents" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand consents" -s v -l verbose -d 'Say more'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand consents" -l no-input -d 'Never ask anything'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand consents" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand audit; and not __fish_seen_subcommand_from verify export prune report help" -l connection -d 'Only this connection, or all of a provider\'s' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand audit; and not __fish_seen_subcommand_from verify export prune report help" -l action -d 'Only this action, such as `hand_out`, `refresh`, `connect` or `revoke` (can be given several times)' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand audit; and not __fish_seen_subcommand_from verify export prune report help" -l since -d 'Only since then: a date, an RFC 3339 time, or an age such as 7d' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand audit; and not __fish_seen_subcommand_from verify export prune report help" -l until -d 'Only until then, in the same form' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand audit; and not __fish_seen_subcommand_from verify export prune report help" -l profile -d 'Use this profile: a vault and key of its own' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand audit; and not __fish_seen_subcommand_from verify export prune report help" -l vault -d 'Use this vault file' -r -F
complete -c oauthctl -n "__fish_oauthctl_using_subcommand audit; and not __fish_seen_subcommand_from verify export prune report help" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c oauthctl -n "__fish_oauthctl_using_subcommand audit; and not __fish_seen_subcommand_from verify export prune report help" -l failed -d 'Only what did not succeed'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand audit; and not __fish_seen_subcommand_from verify export prune report help" -l json -d 'Print JSON: documents on stdout, errors on stderr'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand audit; and not __fish_seen_subcommand_from verify export prune report help" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand audit; and not __fish_seen_subcommand_from verify export prune report help" -s v -l verbose -d 'Say more'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand audit; and not __fish_seen_subcommand_from verify export prune report help" -l no-input -d 'Never ask anything'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand audit; and not __fish_seen_subcommand_from verify export prune report help" -s h -l help -d 'Print help'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand audit; and not __fish_seen_subcommand_from verify export prune report help" -f -a "verify" -d 'Check that no event was edited, removed, inserted or moved'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand audit; and not __fish_seen_subcommand_from verify export prune report help" -f -a "export" -d 'Export events as JSON lines or CSV'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand audit; and not __fish_seen_subcommand_from verify export prune report help" -f -a "prune" -d 'Replace old events by a checkpoint'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand audit; and not __fish_seen_subcommand_from verify export prune report help" -f -a "report" -d 'Sum up the log: use over time, by program and by connection, failures, expiries ahead'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand audit; and not __fish_seen_subcommand_from verify export prune report help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand audit; and __fish_seen_subcommand_from verify" -l profile -d 'Use this profile: a vault and key of its own' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand audit; and __fish_seen_subcommand_from verify" -l vault -d 'Use this vault file' -r -F
complete -c oauthctl -n "__fish_oauthctl_using_subcommand audit; and __fish_seen_subcommand_from verify" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c oauthctl -n "__fish_oauthctl_using_subcommand audit; and __fish_seen_subcommand_from verify" -l json -d 'Print JSON: documents on stdout, errors on stderr'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand audit; and __fish_seen_subcommand_from verify" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand audit; and __fish_seen_subcommand_from verify" -s v -l verbose -d 'Say more'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand audit; and __fish_seen_subcommand_from verify" -l no-input -d 'Never ask anything'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand audit; and __fish_seen_subcommand_from verify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand audit; and __fish_seen_subcommand_from export" -l connection -d 'Only this connection, or all of a provider\'s' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand audit; and __fish_seen_subcommand_from export" -l action -d 'Only this action, such as `hand_out`, `refresh`, `connect` or `revoke` (can be given several times)' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand audit; and __fish_seen_subcommand_from export" -l since -d 'Only since then: a date, an RFC 3339 time, or an age such as 7d' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand audit; and __fish_seen_subcommand_from export" -l until -d 'Only until then, in the same form' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand audit; and __fish_seen_subcommand_from export" -l format -d 'The form' -r -f -a "json\t'One JSON object per line'
csv\t'RFC 4180, with a heading'"
complete -c oauthctl -n "__fish_oauthctl_using_subcommand audit; and __fish_seen_subcommand_from export" -l profile -d 'Use this profile: a vault and key of its own' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand audit; and __fish_seen_subcommand_from export" -l vault -d 'Use this vault file' -r -F
complete -c oauthctl -n "__fish_oauthctl_using_subcommand audit; and __fish_seen_subcommand_from export" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c oauthctl -n "__fish_oauthctl_using_subcommand audit; and __fish_seen_subcommand_from export" -l failed -d 'Only what did not succeed'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand audit; and __fish_seen_subcommand_from export" -l json -d 'Print JSON: documents on stdout, errors on stderr'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand audit; and __fish_seen_subcommand_from export" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand audit; and __fish_seen_subcommand_from export" -s v -l verbose -d 'Say more'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand audit; and __fish_seen_subcommand_from export" -l no-input -d 'Never ask anything'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand audit; and __fish_seen_subcommand_from export" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand audit; and __fish_seen_subcommand_from prune" -l before -d 'Drop what is older: a date, an RFC 3339 time, or an age such as 90d [default: 365d]' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand audit; and __fish_seen_subcommand_from prune" -l profile -d 'Use this profile: a vault and key of its own' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand audit; and __fish_seen_subcommand_from prune" -l vault -d 'Use this vault file' -r -F
complete -c oauthctl -n "__fish_oauthctl_using_subcommand audit; and __fish_seen_subcommand_from prune" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c oauthctl -n "__fish_oauthctl_using_subcommand audit; and __fish_seen_subcommand_from prune" -s y -l yes -d 'Don\'t ask before dropping them'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand audit; and __fish_seen_subcommand_from prune" -l json -d 'Print JSON: documents on stdout, errors on stderr'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand audit; and __fish_seen_subcommand_from prune" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand audit; and __fish_seen_subcommand_from prune" -s v -l verbose -d 'Say more'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand audit; and __fish_seen_subcommand_from prune" -l no-input -d 'Never ask anything'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand audit; and __fish_seen_subcommand_from prune" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand audit; and __fish_seen_subcommand_from report" -l connection -d 'Only this connection, or all of a provider\'s' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand audit; and __fish_seen_subcommand_from report" -l action -d 'Only this action, such as `hand_out`, `refresh`, `connect` or `revoke` (can be given several times)' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand audit; and __fish_seen_subcommand_from report" -l since -d 'Only since then: a date, an RFC 3339 time, or an age such as 7d' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand audit; and __fish_seen_subcommand_from report" -l until -d 'Only until then, in the same form' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand audit; and __fish_seen_subcommand_from report" -l html -d 'Write a page with charts to this file, or to stdout where it is `-`' -r -F
complete -c oauthctl -n "__fish_oauthctl_using_subcommand audit; and __fish_seen_subcommand_from report" -l profile -d 'Use this profile: a vault and key of its own' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand audit; and __fish_seen_subcommand_from report" -l vault -d 'Use this vault file' -r -F
complete -c oauthctl -n "__fish_oauthctl_using_subcommand audit; and __fish_seen_subcommand_from report" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c oauthctl -n "__fish_oauthctl_using_subcommand audit; and __fish_seen_subcommand_from report" -l failed -d 'Only what did not succeed'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand audit; and __fish_seen_subcommand_from report" -l force -d 'Replace a file that is there'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand audit; and __fish_seen_subcommand_from report" -l json -d 'Print JSON: documents on stdout, errors on stderr'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand audit; and __fish_seen_subcommand_from report" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand audit; and __fish_seen_subcommand_from report" -s v -l verbose -d 'Say more'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand audit; and __fish_seen_subcommand_from report" -l no-input -d 'Never ask anything'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand audit; and __fish_seen_subcommand_from report" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand audit; and __fish_seen_subcommand_from help" -f -a "verify" -d 'Check that no event was edited, removed, inserted or moved'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand audit; and __fish_seen_subcommand_from help" -f -a "export" -d 'Export events as JSON lines or CSV'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand audit; and __fish_seen_subcommand_from help" -f -a "prune" -d 'Replace old events by a checkpoint'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand audit; and __fish_seen_subcommand_from help" -f -a "report" -d 'Sum up the log: use over time, by program and by connection, failures, expiries ahead'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand audit; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and not __fish_seen_subcommand_from init push pull status diff resolve log restore find version open watch undo help" -l profile -d 'Use this profile: a vault and key of its own' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and not __fish_seen_subcommand_from init push pull status diff resolve log restore find version open watch undo help" -l vault -d 'Use this vault file' -r -F
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and not __fish_seen_subcommand_from init push pull status diff resolve log restore find version open watch undo help" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and not __fish_seen_subcommand_from init push pull status diff resolve log restore find version open watch undo help" -l json -d 'Print JSON: documents on stdout, errors on stderr'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and not __fish_seen_subcommand_from init push pull status diff resolve log restore find version open watch undo help" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and not __fish_seen_subcommand_from init push pull status diff resolve log restore find version open watch undo help" -s v -l verbose -d 'Say more'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and not __fish_seen_subcommand_from init push pull status diff resolve log restore find version open watch undo help" -l no-input -d 'Never ask anything'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and not __fish_seen_subcommand_from init push pull status diff resolve log restore find version open watch undo help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and not __fish_seen_subcommand_from init push pull status diff resolve log restore find version open watch undo help" -f -a "init" -d 'Link a folder to a repository'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and not __fish_seen_subcommand_from init push pull status diff resolve log restore find version open watch undo help" -f -a "push" -d 'Save what is new in the manuscript as a version in its repository'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and not __fish_seen_subcommand_from init push pull status diff resolve log restore find version open watch undo help" -f -a "pull" -d 'Bring what was saved elsewhere into this folder'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and not __fish_seen_subcommand_from init push pull status diff resolve log restore find version open watch undo help" -f -a "status" -d 'Show what is new here since the last version'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and not __fish_seen_subcommand_from init push pull status diff resolve log restore find version open watch undo help" -f -a "diff" -d 'Show what you changed, word by word'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and not __fish_seen_subcommand_from init push pull status diff resolve log restore find version open watch undo help" -f -a "resolve" -d 'Decide what a text should be that you and somebody else changed'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and not __fish_seen_subcommand_from init push pull status diff resolve log restore find version open watch undo help" -f -a "log" -d 'Show the versions of the manuscript or of one file, newest first'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and not __fish_seen_subcommand_from init push pull status diff resolve log restore find version open watch undo help" -f -a "restore" -d 'Bring an earlier text of a file back'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and not __fish_seen_subcommand_from init push pull status diff resolve log restore find version open watch undo help" -f -a "find" -d 'Find words in all versions, for what was there once'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and not __fish_seen_subcommand_from init push pull status diff resolve log restore find version open watch undo help" -f -a "version" -d 'Give a name to a version, or list the names that were given'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and not __fish_seen_subcommand_from init push pull status diff resolve log restore find version open watch undo help" -f -a "open" -d 'Show the manuscript or one of its files on its web page'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and not __fish_seen_subcommand_from init push pull status diff resolve log restore find version open watch undo help" -f -a "watch" -d 'Save by itself while you write, until you stop it'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and not __fish_seen_subcommand_from init push pull status diff resolve log restore find version open watch undo help" -f -a "undo" -d 'Take back what the last command did to the files here'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and not __fish_seen_subcommand_from init push pull status diff resolve log restore find version open watch undo help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from init" -l repo -d 'The repository' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from init" -l branch -d 'The branch, in place of the one that people see' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from init" -l connection -d 'The account, where several can keep manuscripts' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from init" -l profile -d 'Use this profile: a vault and key of its own' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from init" -l vault -d 'Use this vault file' -r -F
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from init" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from init" -l create -d 'Make it, private, if there is none'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from init" -l yes -d 'Don\'t ask whether to make it'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from init" -l json -d 'Print JSON: documents on stdout, errors on stderr'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from init" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from init" -s v -l verbose -d 'Say more'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from init" -l no-input -d 'Never ask anything'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from init" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from push" -s m -l message -d 'What you want to remember about this version' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from push" -l allow-deletes -d 'So many files may be deleted in the repository' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from push" -l repo -d 'The repository' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from push" -l branch -d 'The branch, in place of the one that people see' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from push" -l connection -d 'The account, where several can keep manuscripts' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from push" -l profile -d 'Use this profile: a vault and key of its own' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from push" -l vault -d 'Use this vault file' -r -F
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from push" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from push" -l allow-secrets -d 'Push files although there seem to be secrets in them'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from push" -l create -d 'Make it, private, if there is none'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from push" -l yes -d 'Don\'t ask whether to make it'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from push" -l json -d 'Print JSON: documents on stdout, errors on stderr'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from push" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from push" -s v -l verbose -d 'Say more'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from push" -l no-input -d 'Never ask anything'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from push" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from pull" -l allow-deletes -d 'So many files may be deleted here' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from pull" -l profile -d 'Use this profile: a vault and key of its own' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from pull" -l vault -d 'Use this vault file' -r -F
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from pull" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from pull" -l accept-rewrite -d 'Take over what is there also where somebody rewrote what was saved'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from pull" -l json -d 'Print JSON: documents on stdout, errors on stderr'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from pull" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from pull" -s v -l verbose -d 'Say more'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from pull" -l no-input -d 'Never ask anything'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from pull" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from status" -l profile -d 'Use this profile: a vault and key of its own' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from status" -l vault -d 'Use this vault file' -r -F
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from status" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from status" -l remote -d 'Ask whether there is something to pull'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from status" -l json -d 'Print JSON: documents on stdout, errors on stderr'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from status" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from status" -s v -l verbose -d 'Say more'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from status" -l no-input -d 'Never ask anything'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from status" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from diff" -l since -d 'Compare with this version, as `oauthctl doc log` tells it' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from diff" -l html -d 'Show it as a page in the browser; with a path, write the page there' -r -F
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from diff" -l profile -d 'Use this profile: a vault and key of its own' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from diff" -l vault -d 'Use this vault file' -r -F
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from diff" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from diff" -l force -d 'Replace a file that is there'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from diff" -l json -d 'Print JSON: documents on stdout, errors on stderr'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from diff" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from diff" -s v -l verbose -d 'Say more'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from diff" -l no-input -d 'Never ask anything'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from diff" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from resolve" -l profile -d 'Use this profile: a vault and key of its own' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from resolve" -l vault -d 'Use this vault file' -r -F
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from resolve" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from resolve" -l mine -d 'Yours is right'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from resolve" -l theirs -d 'Theirs is right, be it that they deleted it'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from resolve" -l both -d 'Keep both, yours first'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from resolve" -l json -d 'Print JSON: documents on stdout, errors on stderr'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from resolve" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from resolve" -s v -l verbose -d 'Say more'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from resolve" -l no-input -d 'Never ask anything'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from resolve" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from log" -s n -l most -d 'So many at most' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from log" -l profile -d 'Use this profile: a vault and key of its own' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from log" -l vault -d 'Use this vault file' -r -F
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from log" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from log" -l json -d 'Print JSON: documents on stdout, errors on stderr'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from log" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from log" -s v -l verbose -d 'Say more'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from log" -l no-input -d 'Never ask anything'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from log" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from restore" -l profile -d 'Use this profile: a vault and key of its own' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from restore" -l vault -d 'Use this vault file' -r -F
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from restore" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from restore" -l json -d 'Print JSON: documents on stdout, errors on stderr'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from restore" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from restore" -s v -l verbose -d 'Say more'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from restore" -l no-input -d 'Never ask anything'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from restore" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from find" -l file -d 'Only in these files or folders' -r -F
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from find" -s n -l most -d 'Look through so many versions at most' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from find" -l profile -d 'Use this profile: a vault and key of its own' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from find" -l vault -d 'Use this vault file' -r -F
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from find" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from find" -l json -d 'Print JSON: documents on stdout, errors on stderr'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from find" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from find" -s v -l verbose -d 'Say more'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from find" -l no-input -d 'Never ask anything'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from find" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from version" -l at -d 'The version that is meant, as `oauthctl doc log` tells it [default: the last one seen here]' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from version" -l profile -d 'Use this profile: a vault and key of its own' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from version" -l vault -d 'Use this vault file' -r -F
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from version" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from version" -l json -d 'Print JSON: documents on stdout, errors on stderr'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from version" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from version" -s v -l verbose -d 'Say more'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from version" -l no-input -d 'Never ask anything'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from version" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from open" -l profile -d 'Use this profile: a vault and key of its own' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from open" -l vault -d 'Use this vault file' -r -F
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from open" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from open" -l json -d 'Print JSON: documents on stdout, errors on stderr'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from open" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from open" -s v -l verbose -d 'Say more'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from open" -l no-input -d 'Never ask anything'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from open" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from watch" -l after -d 'Save after a pause of so long, such as 30s' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from watch" -l every -d 'Save so often at most' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from watch" -l allow-deletes -d 'So many files may be deleted in the repository with one version' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from watch" -l profile -d 'Use this profile: a vault and key of its own' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from watch" -l vault -d 'Use this vault file' -r -F
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from watch" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from watch" -l json -d 'Print JSON: documents on stdout, errors on stderr'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from watch" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from watch" -s v -l verbose -d 'Say more'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from watch" -l no-input -d 'Never ask anything'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from watch" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from undo" -l profile -d 'Use this profile: a vault and key of its own' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from undo" -l vault -d 'Use this vault file' -r -F
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from undo" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from undo" -l json -d 'Print JSON: documents on stdout, errors on stderr'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from undo" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from undo" -s v -l verbose -d 'Say more'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from undo" -l no-input -d 'Never ask anything'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from undo" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from help" -f -a "init" -d 'Link a folder to a repository'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from help" -f -a "push" -d 'Save what is new in the manuscript as a version in its repository'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from help" -f -a "pull" -d 'Bring what was saved elsewhere into this folder'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from help" -f -a "status" -d 'Show what is new here since the last version'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from help" -f -a "diff" -d 'Show what you changed, word by word'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from help" -f -a "resolve" -d 'Decide what a text should be that you and somebody else changed'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from help" -f -a "log" -d 'Show the versions of the manuscript or of one file, newest first'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from help" -f -a "restore" -d 'Bring an earlier text of a file back'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from help" -f -a "find" -d 'Find words in all versions, for what was there once'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from help" -f -a "version" -d 'Give a name to a version, or list the names that were given'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from help" -f -a "open" -d 'Show the manuscript or one of its files on its web page'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from help" -f -a "watch" -d 'Save by itself while you write, until you stop it'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from help" -f -a "undo" -d 'Take back what the last command did to the files here'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doc; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand provider; and not __fish_seen_subcommand_from list show add remove check help" -l profile -d 'Use this profile: a vault and key of its own' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand provider; and not __fish_seen_subcommand_from list show add remove check help" -l vault -d 'Use this vault file' -r -F
complete -c oauthctl -n "__fish_oauthctl_using_subcommand provider; and not __fish_seen_subcommand_from list show add remove check help" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c oauthctl -n "__fish_oauthctl_using_subcommand provider; and not __fish_seen_subcommand_from list show add remove check help" -l json -d 'Print JSON: documents on stdout, errors on stderr'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand provider; and not __fish_seen_subcommand_from list show add remove check help" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand provider; and not __fish_seen_subcommand_from list show add remove check help" -s v -l verbose -d 'Say more'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand provider; and not __fish_seen_subcommand_from list show add remove check help" -l no-input -d 'Never ask anything'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand provider; and not __fish_seen_subcommand_from list show add remove check help" -s h -l help -d 'Print help'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand provider; and not __fish_seen_subcommand_from list show add remove check help" -f -a "list" -d 'List the providers that can be connected'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand provider; and not __fish_seen_subcommand_from list show add remove check help" -f -a "show" -d 'Show what a definition says: endpoints, redirect URI, how tokens live and end'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand provider; and not __fish_seen_subcommand_from list show add remove check help" -f -a "add" -d 'Add a provider from a definition file'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand provider; and not __fish_seen_subcommand_from list show add remove check help" -f -a "remove" -d 'Remove a definition of yours'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand provider; and not __fish_seen_subcommand_from list show add remove check help" -f -a "check" -d 'Look definitions over: what can\'t be used, what is weaker than it should be'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand provider; and not __fish_seen_subcommand_from list show add remove check help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand provider; and __fish_seen_subcommand_from list" -l profile -d 'Use this profile: a vault and key of its own' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand provider; and __fish_seen_subcommand_from list" -l vault -d 'Use this vault file' -r -F
complete -c oauthctl -n "__fish_oauthctl_using_subcommand provider; and __fish_seen_subcommand_from list" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c oauthctl -n "__fish_oauthctl_using_subcommand provider; and __fish_seen_subcommand_from list" -l json -d 'Print JSON: documents on stdout, errors on stderr'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand provider; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand provider; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Say more'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand provider; and __fish_seen_subcommand_from list" -l no-input -d 'Never ask anything'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand provider; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand provider; and __fish_seen_subcommand_from show" -l profile -d 'Use this profile: a vault and key of its own' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand provider; and __fish_seen_subcommand_from show" -l vault -d 'Use this vault file' -r -F
complete -c oauthctl -n "__fish_oauthctl_using_subcommand provider; and __fish_seen_subcommand_from show" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c oauthctl -n "__fish_oauthctl_using_subcommand provider; and __fish_seen_subcommand_from show" -l json -d 'Print JSON: documents on stdout, errors on stderr'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand provider; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand provider; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Say more'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand provider; and __fish_seen_subcommand_from show" -l no-input -d 'Never ask anything'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand provider; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand provider; and __fish_seen_subcommand_from add" -l name -d 'Call it this [default: the file\'s name]' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand provider; and __fish_seen_subcommand_from add" -l profile -d 'Use this profile: a vault and key of its own' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand provider; and __fish_seen_subcommand_from add" -l vault -d 'Use this vault file' -r -F
complete -c oauthctl -n "__fish_oauthctl_using_subcommand provider; and __fish_seen_subcommand_from add" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c oauthctl -n "__fish_oauthctl_using_subcommand provider; and __fish_seen_subcommand_from add" -l replace -d 'Replace a definition of that name'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand provider; and __fish_seen_subcommand_from add" -l json -d 'Print JSON: documents on stdout, errors on stderr'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand provider; and __fish_seen_subcommand_from add" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand provider; and __fish_seen_subcommand_from add" -s v -l verbose -d 'Say more'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand provider; and __fish_seen_subcommand_from add" -l no-input -d 'Never ask anything'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand provider; and __fish_seen_subcommand_from add" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand provider; and __fish_seen_subcommand_from remove" -l profile -d 'Use this profile: a vault and key of its own' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand provider; and __fish_seen_subcommand_from remove" -l vault -d 'Use this vault file' -r -F
complete -c oauthctl -n "__fish_oauthctl_using_subcommand provider; and __fish_seen_subcommand_from remove" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c oauthctl -n "__fish_oauthctl_using_subcommand provider; and __fish_seen_subcommand_from remove" -s y -l yes -d 'Remove it although there are connections of it'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand provider; and __fish_seen_subcommand_from remove" -l json -d 'Print JSON: documents on stdout, errors on stderr'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand provider; and __fish_seen_subcommand_from remove" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand provider; and __fish_seen_subcommand_from remove" -s v -l verbose -d 'Say more'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand provider; and __fish_seen_subcommand_from remove" -l no-input -d 'Never ask anything'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand provider; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand provider; and __fish_seen_subcommand_from check" -l profile -d 'Use this profile: a vault and key of its own' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand provider; and __fish_seen_subcommand_from check" -l vault -d 'Use this vault file' -r -F
complete -c oauthctl -n "__fish_oauthctl_using_subcommand provider; and __fish_seen_subcommand_from check" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c oauthctl -n "__fish_oauthctl_using_subcommand provider; and __fish_seen_subcommand_from check" -l json -d 'Print JSON: documents on stdout, errors on stderr'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand provider; and __fish_seen_subcommand_from check" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand provider; and __fish_seen_subcommand_from check" -s v -l verbose -d 'Say more'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand provider; and __fish_seen_subcommand_from check" -l no-input -d 'Never ask anything'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand provider; and __fish_seen_subcommand_from check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand provider; and __fish_seen_subcommand_from help" -f -a "list" -d 'List the providers that can be connected'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand provider; and __fish_seen_subcommand_from help" -f -a "show" -d 'Show what a definition says: endpoints, redirect URI, how tokens live and end'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand provider; and __fish_seen_subcommand_from help" -f -a "add" -d 'Add a provider from a definition file'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand provider; and __fish_seen_subcommand_from help" -f -a "remove" -d 'Remove a definition of yours'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand provider; and __fish_seen_subcommand_from help" -f -a "check" -d 'Look definitions over: what can\'t be used, what is weaker than it should be'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand provider; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand scopes" -l feature -d 'Only those of this feature' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand scopes" -l profile -d 'Use this profile: a vault and key of its own' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand scopes" -l vault -d 'Use this vault file' -r -F
complete -c oauthctl -n "__fish_oauthctl_using_subcommand scopes" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c oauthctl -n "__fish_oauthctl_using_subcommand scopes" -l json -d 'Print JSON: documents on stdout, errors on stderr'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand scopes" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand scopes" -s v -l verbose -d 'Say more'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand scopes" -l no-input -d 'Never ask anything'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand scopes" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand client; and not __fish_seen_subcommand_from set show remove help" -l profile -d 'Use this profile: a vault and key of its own' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand client; and not __fish_seen_subcommand_from set show remove help" -l vault -d 'Use this vault file' -r -F
complete -c oauthctl -n "__fish_oauthctl_using_subcommand client; and not __fish_seen_subcommand_from set show remove help" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c oauthctl -n "__fish_oauthctl_using_subcommand client; and not __fish_seen_subcommand_from set show remove help" -l json -d 'Print JSON: documents on stdout, errors on stderr'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand client; and not __fish_seen_subcommand_from set show remove help" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand client; and not __fish_seen_subcommand_from set show remove help" -s v -l verbose -d 'Say more'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand client; and not __fish_seen_subcommand_from set show remove help" -l no-input -d 'Never ask anything'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand client; and not __fish_seen_subcommand_from set show remove help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand client; and not __fish_seen_subcommand_from set show remove help" -f -a "set" -d 'Store an app registration for a provider'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand client; and not __fish_seen_subcommand_from set show remove help" -f -a "show" -d 'Show the app registrations of a provider, without their secrets'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand client; and not __fish_seen_subcommand_from set show remove help" -f -a "remove" -d 'Remove an app registration'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand client; and not __fish_seen_subcommand_from set show remove help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand client; and __fish_seen_subcommand_from set" -l id -d 'The client id [default: asked for]' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand client; and __fish_seen_subcommand_from set" -l secret-file -d 'Read the secret from this file' -r -F
complete -c oauthctl -n "__fish_oauthctl_using_subcommand client; and __fish_seen_subcommand_from set" -l key-file -d 'Sign with the private key in this PEM file (`-` is stdin)' -r -F
complete -c oauthctl -n "__fish_oauthctl_using_subcommand client; and __fish_seen_subcommand_from set" -l key-id -d 'The key\'s id at the provider (`kid`)' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand client; and __fish_seen_subcommand_from set" -l profile -d 'Use this profile: a vault and key of its own' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand client; and __fish_seen_subcommand_from set" -l vault -d 'Use this vault file' -r -F
complete -c oauthctl -n "__fish_oauthctl_using_subcommand client; and __fish_seen_subcommand_from set" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c oauthctl -n "__fish_oauthctl_using_subcommand client; and __fish_seen_subcommand_from set" -l no-secret -d 'This registration has no secret'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand client; and __fish_seen_subcommand_from set" -l json -d 'Print JSON: documents on stdout, errors on stderr'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand client; and __fish_seen_subcommand_from set" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand client; and __fish_seen_subcommand_from set" -s v -l verbose -d 'Say more'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand client; and __fish_seen_subcommand_from set" -l no-input -d 'Never ask anything'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand client; and __fish_seen_subcommand_from set" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand client; and __fish_seen_subcommand_from show" -l profile -d 'Use this profile: a vault and key of its own' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand client; and __fish_seen_subcommand_from show" -l vault -d 'Use this vault file' -r -F
complete -c oauthctl -n "__fish_oauthctl_using_subcommand client; and __fish_seen_subcommand_from show" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c oauthctl -n "__fish_oauthctl_using_subcommand client; and __fish_seen_subcommand_from show" -l json -d 'Print JSON: documents on stdout, errors on stderr'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand client; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand client; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Say more'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand client; and __fish_seen_subcommand_from show" -l no-input -d 'Never ask anything'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand client; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand client; and __fish_seen_subcommand_from remove" -l id -d 'Only the registration with this client id' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand client; and __fish_seen_subcommand_from remove" -l profile -d 'Use this profile: a vault and key of its own' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand client; and __fish_seen_subcommand_from remove" -l vault -d 'Use this vault file' -r -F
complete -c oauthctl -n "__fish_oauthctl_using_subcommand client; and __fish_seen_subcommand_from remove" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c oauthctl -n "__fish_oauthctl_using_subcommand client; and __fish_seen_subcommand_from remove" -s y -l yes -d 'Remove it although connections were made with it and need it to refresh and revoke'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand client; and __fish_seen_subcommand_from remove" -l json -d 'Print JSON: documents on stdout, errors on stderr'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand client; and __fish_seen_subcommand_from remove" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand client; and __fish_seen_subcommand_from remove" -s v -l verbose -d 'Say more'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand client; and __fish_seen_subcommand_from remove" -l no-input -d 'Never ask anything'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand client; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand client; and __fish_seen_subcommand_from help" -f -a "set" -d 'Store an app registration for a provider'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand client; and __fish_seen_subcommand_from help" -f -a "show" -d 'Show the app registrations of a provider, without their secrets'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand client; and __fish_seen_subcommand_from help" -f -a "remove" -d 'Remove an app registration'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand client; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand git-credential" -l profile -d 'Use this profile: a vault and key of its own' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand git-credential" -l vault -d 'Use this vault file' -r -F
complete -c oauthctl -n "__fish_oauthctl_using_subcommand git-credential" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c oauthctl -n "__fish_oauthctl_using_subcommand git-credential" -l json -d 'Print JSON: documents on stdout, errors on stderr'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand git-credential" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand git-credential" -s v -l verbose -d 'Say more'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand git-credential" -l no-input -d 'Never ask anything'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand git-credential" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand git; and not __fish_seen_subcommand_from setup help" -l profile -d 'Use this profile: a vault and key of its own' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand git; and not __fish_seen_subcommand_from setup help" -l vault -d 'Use this vault file' -r -F
complete -c oauthctl -n "__fish_oauthctl_using_subcommand git; and not __fish_seen_subcommand_from setup help" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c oauthctl -n "__fish_oauthctl_using_subcommand git; and not __fish_seen_subcommand_from setup help" -l json -d 'Print JSON: documents on stdout, errors on stderr'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand git; and not __fish_seen_subcommand_from setup help" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand git; and not __fish_seen_subcommand_from setup help" -s v -l verbose -d 'Say more'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand git; and not __fish_seen_subcommand_from setup help" -l no-input -d 'Never ask anything'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand git; and not __fish_seen_subcommand_from setup help" -s h -l help -d 'Print help'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand git; and not __fish_seen_subcommand_from setup help" -f -a "setup" -d 'Let git sign in to a host with your connections'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand git; and not __fish_seen_subcommand_from setup help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand git; and __fish_seen_subcommand_from setup" -l profile -d 'Use this profile: a vault and key of its own' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand git; and __fish_seen_subcommand_from setup" -l vault -d 'Use this vault file' -r -F
complete -c oauthctl -n "__fish_oauthctl_using_subcommand git; and __fish_seen_subcommand_from setup" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c oauthctl -n "__fish_oauthctl_using_subcommand git; and __fish_seen_subcommand_from setup" -l local -d 'For the repository of this folder only, instead of for all of yours'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand git; and __fish_seen_subcommand_from setup" -l remove -d 'Take the setting out again'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand git; and __fish_seen_subcommand_from setup" -l json -d 'Print JSON: documents on stdout, errors on stderr'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand git; and __fish_seen_subcommand_from setup" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand git; and __fish_seen_subcommand_from setup" -s v -l verbose -d 'Say more'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand git; and __fish_seen_subcommand_from setup" -l no-input -d 'Never ask anything'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand git; and __fish_seen_subcommand_from setup" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand git; and __fish_seen_subcommand_from help" -f -a "setup" -d 'Let git sign in to a host with your connections'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand git; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and not __fish_seen_subcommand_from init status check recover rekey recipients move-key export import backup restore accept-rollback help" -l profile -d 'Use this profile: a vault and key of its own' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and not __fish_seen_subcommand_from init status check recover rekey recipients move-key export import backup restore accept-rollback help" -l vault -d 'Use this vault file' -r -F
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and not __fish_seen_subcommand_from init status check recover rekey recipients move-key export import backup restore accept-rollback help" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and not __fish_seen_subcommand_from init status check recover rekey recipients move-key export import backup restore accept-rollback help" -l json -d 'Print JSON: documents on stdout, errors on stderr'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and not __fish_seen_subcommand_from init status check recover rekey recipients move-key export import backup restore accept-rollback help" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and not __fish_seen_subcommand_from init status check recover rekey recipients move-key export import backup restore accept-rollback help" -s v -l verbose -d 'Say more'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and not __fish_seen_subcommand_from init status check recover rekey recipients move-key export import backup restore accept-rollback help" -l no-input -d 'Never ask anything'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and not __fish_seen_subcommand_from init status check recover rekey recipients move-key export import backup restore accept-rollback help" -s h -l help -d 'Print help'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and not __fish_seen_subcommand_from init status check recover rekey recipients move-key export import backup restore accept-rollback help" -f -a "init" -d 'Make a vault and its key'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and not __fish_seen_subcommand_from init status check recover rekey recipients move-key export import backup restore accept-rollback help" -f -a "status" -d 'Say where the vault and its key are, and whether it is believed'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and not __fish_seen_subcommand_from init status check recover rekey recipients move-key export import backup restore accept-rollback help" -f -a "check" -d 'Look at every record, event and page of the vault'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and not __fish_seen_subcommand_from init status check recover rekey recipients move-key export import backup restore accept-rollback help" -f -a "recover" -d 'Open the vault with its recovery key and give it a new key'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and not __fish_seen_subcommand_from init status check recover rekey recipients move-key export import backup restore accept-rollback help" -f -a "rekey" -d 'Give the vault a new key and a new identity'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and not __fish_seen_subcommand_from init status check recover rekey recipients move-key export import backup restore accept-rollback help" -f -a "recipients" -d 'See and change who can open the vault'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and not __fish_seen_subcommand_from init status check recover rekey recipients move-key export import backup restore accept-rollback help" -f -a "move-key" -d 'Keep the vault\'s key in another place'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and not __fish_seen_subcommand_from init status check recover rekey recipients move-key export import backup restore accept-rollback help" -f -a "export" -d 'Send connections to a CI job, in one sealed file'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and not __fish_seen_subcommand_from init status check recover rekey recipients move-key export import backup restore accept-rollback help" -f -a "import" -d 'Take in connections that `vault export` sent'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and not __fish_seen_subcommand_from init status check recover rekey recipients move-key export import backup restore accept-rollback help" -f -a "backup" -d 'Write the whole vault to one encrypted file'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and not __fish_seen_subcommand_from init status check recover rekey recipients move-key export import backup restore accept-rollback help" -f -a "restore" -d 'Go back to a backup'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and not __fish_seen_subcommand_from init status check recover rekey recipients move-key export import backup restore accept-rollback help" -f -a "accept-rollback" -d 'Go on with a vault file that was restored or rolled back'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and not __fish_seen_subcommand_from init status check recover rekey recipients move-key export import backup restore accept-rollback help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from init" -l key -d 'Where the key is kept [default: what the environment names, else the keyring]' -r -f -a "keyring\t'The keyring of the operating system'
file\t'An age identity file with mode 0600'
passphrase\t'An age identity file protected by a passphrase'
environment\t'The environment: `OAUTHCTL_IDENTITY`'"
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from init" -l identity-file -d 'The identity file for `--key file` and `--key passphrase` [default: beside the vault]' -r -F
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from init" -l recovery-file -d 'Write a recovery key here; keep it away from this machine' -r -F
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from init" -l profile -d 'Use this profile: a vault and key of its own' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from init" -l vault -d 'Use this vault file' -r -F
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from init" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from init" -l recovery-passphrase -d 'Protect the recovery key with a passphrase of its own, asked for or from `OAUTHCTL_PASSPHRASE_FILE`'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from init" -l json -d 'Print JSON: documents on stdout, errors on stderr'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from init" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from init" -s v -l verbose -d 'Say more'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from init" -l no-input -d 'Never ask anything'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from init" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from status" -l profile -d 'Use this profile: a vault and key of its own' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from status" -l vault -d 'Use this vault file' -r -F
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from status" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from status" -l json -d 'Print JSON: documents on stdout, errors on stderr'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from status" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from status" -s v -l verbose -d 'Say more'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from status" -l no-input -d 'Never ask anything'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from status" -s h -l help -d 'Print help'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from check" -l salvage -d 'Save what still authenticates into this new file' -r -F
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from check" -l confirm -d 'Confirm that this is the fingerprint of your vault, as your recovery sheet says' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from check" -l profile -d 'Use this profile: a vault and key of its own' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from check" -l vault -d 'Use this vault file' -r -F
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from check" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from check" -l json -d 'Print JSON: documents on stdout, errors on stderr'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from check" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from check" -s v -l verbose -d 'Say more'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from check" -l no-input -d 'Never ask anything'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from recover" -l with -d 'The recovery sheet, or another age identity that opens the vault' -r -F
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from recover" -l fingerprint -d 'The vault\'s fingerprint, where the sheet doesn\'t say it' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from recover" -l key -d 'Where the new key is kept [default: as the lost one was. For a file that is the recorded place, or beside what stands there, or beside the vault where that place is not this vault\'s alone, is not there, or is not yours; for a keyring it is this machine\'s]' -r -f -a "keyring\t'The keyring of the operating system'
file\t'An age identity file with mode 0600'
passphrase\t'An age identity file protected by a passphrase'
environment\t'The environment: `OAUTHCTL_IDENTITY`'"
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from recover" -l identity-file -d 'The new identity file for `--key file` and `--key passphrase` [default: beside the vault]' -r -F
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from recover" -l profile -d 'Use this profile: a vault and key of its own' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from recover" -l vault -d 'Use this vault file' -r -F
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from recover" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from recover" -l json -d 'Print JSON: documents on stdout, errors on stderr'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from recover" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from recover" -s v -l verbose -d 'Say more'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from recover" -l no-input -d 'Never ask anything'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from recover" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from rekey" -l key -d 'Where the new key is kept [default: where the old one is]' -r -f -a "keyring\t'The keyring of the operating system'
file\t'An age identity file with mode 0600'
passphrase\t'An age identity file protected by a passphrase'
environment\t'The environment: `OAUTHCTL_IDENTITY`'"
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from rekey" -l identity-file -d 'The new identity file for `--key file` and `--key passphrase` [default: beside the vault]' -r -F
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from rekey" -l profile -d 'Use this profile: a vault and key of its own' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from rekey" -l vault -d 'Use this vault file' -r -F
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from rekey" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from rekey" -l json -d 'Print JSON: documents on stdout, errors on stderr'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from rekey" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from rekey" -s v -l verbose -d 'Say more'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from rekey" -l no-input -d 'Never ask anything'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from rekey" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from recipients" -l profile -d 'Use this profile: a vault and key of its own' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from recipients" -l vault -d 'Use this vault file' -r -F
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from recipients" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from recipients" -l json -d 'Print JSON: documents on stdout, errors on stderr'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from recipients" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from recipients" -s v -l verbose -d 'Say more'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from recipients" -l no-input -d 'Never ask anything'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from recipients" -s h -l help -d 'Print help'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from recipients; and not __fish_seen_subcommand_from list add remove help" -f -a "list" -d 'List who can open the vault'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from recipients; and not __fish_seen_subcommand_from list add remove help" -f -a "add" -d 'Let one more key open the vault'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from recipients; and not __fish_seen_subcommand_from list add remove help" -f -a "remove" -d 'Take a key\'s access to the vault away'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from recipients; and not __fish_seen_subcommand_from list add remove help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from move-key" -l to -d 'Where the key shall be kept' -r -f -a "keyring\t'The keyring of the operating system'
file\t'An age identity file with mode 0600'
passphrase\t'An age identity file protected by a passphrase'"
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from move-key" -l identity-file -d 'The identity file for `--to file` and `--to passphrase` [default: beside the vault]' -r -F
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from move-key" -l profile -d 'Use this profile: a vault and key of its own' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from move-key" -l vault -d 'Use this vault file' -r -F
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from move-key" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from move-key" -l dry-run -d 'Look whether it can be done, say what would be done, and change nothing'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from move-key" -l json -d 'Print JSON: documents on stdout, errors on stderr'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from move-key" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from move-key" -s v -l verbose -d 'Say more'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from move-key" -l no-input -d 'Never ask anything'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from move-key" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from export" -l connection -d 'A connection to send; may be given several times' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from export" -l to -d 'An age recipient (`age1…`) that can open the file; may be given several times' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from export" -l update -d 'Seal that file anew with the tokens as they are now' -r -F
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from export" -l profile -d 'Use this profile: a vault and key of its own' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from export" -l vault -d 'Use this vault file' -r -F
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from export" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from export" -l copy -d 'Leave the connections here too'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from export" -l force -d 'Replace a file that is there'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from export" -l json -d 'Print JSON: documents on stdout, errors on stderr'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from export" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from export" -s v -l verbose -d 'Say more'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from export" -l no-input -d 'Never ask anything'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from export" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from import" -l from -d 'Take in what another program keeps' -r -f -a "gh\t'`hosts.yml` of GitHub\'s command line'
git\t'The file of `git credential-store`'
rclone\t'`rclone.conf`'
oidc-agent\t'What `oidc-gen --print` shows'
pizauth\t'What `pizauth dump` writes'"
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from import" -l provider -d 'Whose tokens they are; what is not of that provider is left out' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from import" -l with -d 'An identity that opens the file, where the vault\'s own key doesn\'t: that of the job' -r -F
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from import" -l definition -d 'Take the definition of this provider too, which came with the file and says where its tokens go' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from import" -l profile -d 'Use this profile: a vault and key of its own' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from import" -l vault -d 'Use this vault file' -r -F
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from import" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from import" -l json -d 'Print JSON: documents on stdout, errors on stderr'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from import" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from import" -s v -l verbose -d 'Say more'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from import" -l no-input -d 'Never ask anything'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from import" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from backup" -l profile -d 'Use this profile: a vault and key of its own' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from backup" -l vault -d 'Use this vault file' -r -F
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from backup" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from backup" -l force -d 'Replace a file that is there'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from backup" -l json -d 'Print JSON: documents on stdout, errors on stderr'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from backup" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from backup" -s v -l verbose -d 'Say more'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from backup" -l no-input -d 'Never ask anything'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from backup" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from restore" -l with -d 'An identity that opens it: the recovery sheet, or a former identity of the vault' -r -F
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from restore" -l fingerprint -d 'The fingerprint of the vault in the backup, where the sheet doesn\'t say it' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from restore" -l profile -d 'Use this profile: a vault and key of its own' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from restore" -l vault -d 'Use this vault file' -r -F
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from restore" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from restore" -l force -d 'The vault that stands is newer; or it is damaged or was set back, and shall go aside'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from restore" -l json -d 'Print JSON: documents on stdout, errors on stderr'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from restore" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from restore" -s v -l verbose -d 'Say more'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from restore" -l no-input -d 'Never ask anything'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from restore" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from accept-rollback" -l profile -d 'Use this profile: a vault and key of its own' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from accept-rollback" -l vault -d 'Use this vault file' -r -F
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from accept-rollback" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from accept-rollback" -s y -l yes -d 'Don\'t ask'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from accept-rollback" -l json -d 'Print JSON: documents on stdout, errors on stderr'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from accept-rollback" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from accept-rollback" -s v -l verbose -d 'Say more'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from accept-rollback" -l no-input -d 'Never ask anything'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from accept-rollback" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from help" -f -a "init" -d 'Make a vault and its key'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from help" -f -a "status" -d 'Say where the vault and its key are, and whether it is believed'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from help" -f -a "check" -d 'Look at every record, event and page of the vault'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from help" -f -a "recover" -d 'Open the vault with its recovery key and give it a new key'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from help" -f -a "rekey" -d 'Give the vault a new key and a new identity'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from help" -f -a "recipients" -d 'See and change who can open the vault'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from help" -f -a "move-key" -d 'Keep the vault\'s key in another place'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from help" -f -a "export" -d 'Send connections to a CI job, in one sealed file'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from help" -f -a "import" -d 'Take in connections that `vault export` sent'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from help" -f -a "backup" -d 'Write the whole vault to one encrypted file'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from help" -f -a "restore" -d 'Go back to a backup'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from help" -f -a "accept-rollback" -d 'Go on with a vault file that was restored or rolled back'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand vault; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doctor" -l profile -d 'Use this profile: a vault and key of its own' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doctor" -l vault -d 'Use this vault file' -r -F
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doctor" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doctor" -l online -d 'Contact the providers\' hosts; nothing about you is sent'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doctor" -l report -d 'Leave out accounts, client ids, paths and hosts; read it before you paste it'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doctor" -l json -d 'Print JSON: documents on stdout, errors on stderr'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doctor" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doctor" -s v -l verbose -d 'Say more'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doctor" -l no-input -d 'Never ask anything'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand doctor" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand config; and not __fish_seen_subcommand_from get set unset list path help" -l profile -d 'Use this profile: a vault and key of its own' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand config; and not __fish_seen_subcommand_from get set unset list path help" -l vault -d 'Use this vault file' -r -F
complete -c oauthctl -n "__fish_oauthctl_using_subcommand config; and not __fish_seen_subcommand_from get set unset list path help" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c oauthctl -n "__fish_oauthctl_using_subcommand config; and not __fish_seen_subcommand_from get set unset list path help" -l json -d 'Print JSON: documents on stdout, errors on stderr'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand config; and not __fish_seen_subcommand_from get set unset list path help" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand config; and not __fish_seen_subcommand_from get set unset list path help" -s v -l verbose -d 'Say more'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand config; and not __fish_seen_subcommand_from get set unset list path help" -l no-input -d 'Never ask anything'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand config; and not __fish_seen_subcommand_from get set unset list path help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand config; and not __fish_seen_subcommand_from get set unset list path help" -f -a "get" -d 'Print a setting as it holds here and now'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand config; and not __fish_seen_subcommand_from get set unset list path help" -f -a "set" -d 'Change a setting in the file; comments and order stay as they are'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand config; and not __fish_seen_subcommand_from get set unset list path help" -f -a "unset" -d 'Take a setting out of the file, so that what is below it decides'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand config; and not __fish_seen_subcommand_from get set unset list path help" -f -a "list" -d 'List the settings as they hold here and now, and what decides each'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand config; and not __fish_seen_subcommand_from get set unset list path help" -f -a "path" -d 'Print where the settings file is, or would be'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand config; and not __fish_seen_subcommand_from get set unset list path help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand config; and __fish_seen_subcommand_from get" -l profile -d 'Use this profile: a vault and key of its own' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand config; and __fish_seen_subcommand_from get" -l vault -d 'Use this vault file' -r -F
complete -c oauthctl -n "__fish_oauthctl_using_subcommand config; and __fish_seen_subcommand_from get" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c oauthctl -n "__fish_oauthctl_using_subcommand config; and __fish_seen_subcommand_from get" -l explain -d 'Say what each layer says and which one decides'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand config; and __fish_seen_subcommand_from get" -l json -d 'Print JSON: documents on stdout, errors on stderr'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand config; and __fish_seen_subcommand_from get" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand config; and __fish_seen_subcommand_from get" -s v -l verbose -d 'Say more'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand config; and __fish_seen_subcommand_from get" -l no-input -d 'Never ask anything'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand config; and __fish_seen_subcommand_from get" -s h -l help -d 'Print help'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand config; and __fish_seen_subcommand_from set" -l folder -d 'For `account.PROVIDER`: only in this folder and below' -r -F
complete -c oauthctl -n "__fish_oauthctl_using_subcommand config; and __fish_seen_subcommand_from set" -l profile -d 'Use this profile: a vault and key of its own' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand config; and __fish_seen_subcommand_from set" -l vault -d 'Use this vault file' -r -F
complete -c oauthctl -n "__fish_oauthctl_using_subcommand config; and __fish_seen_subcommand_from set" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c oauthctl -n "__fish_oauthctl_using_subcommand config; and __fish_seen_subcommand_from set" -l json -d 'Print JSON: documents on stdout, errors on stderr'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand config; and __fish_seen_subcommand_from set" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand config; and __fish_seen_subcommand_from set" -s v -l verbose -d 'Say more'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand config; and __fish_seen_subcommand_from set" -l no-input -d 'Never ask anything'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand config; and __fish_seen_subcommand_from set" -s h -l help -d 'Print help'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand config; and __fish_seen_subcommand_from unset" -l folder -d 'For `account.PROVIDER`: the rule of this folder' -r -F
complete -c oauthctl -n "__fish_oauthctl_using_subcommand config; and __fish_seen_subcommand_from unset" -l profile -d 'Use this profile: a vault and key of its own' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand config; and __fish_seen_subcommand_from unset" -l vault -d 'Use this vault file' -r -F
complete -c oauthctl -n "__fish_oauthctl_using_subcommand config; and __fish_seen_subcommand_from unset" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c oauthctl -n "__fish_oauthctl_using_subcommand config; and __fish_seen_subcommand_from unset" -l json -d 'Print JSON: documents on stdout, errors on stderr'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand config; and __fish_seen_subcommand_from unset" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand config; and __fish_seen_subcommand_from unset" -s v -l verbose -d 'Say more'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand config; and __fish_seen_subcommand_from unset" -l no-input -d 'Never ask anything'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand config; and __fish_seen_subcommand_from unset" -s h -l help -d 'Print help'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand config; and __fish_seen_subcommand_from list" -l profile -d 'Use this profile: a vault and key of its own' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand config; and __fish_seen_subcommand_from list" -l vault -d 'Use this vault file' -r -F
complete -c oauthctl -n "__fish_oauthctl_using_subcommand config; and __fish_seen_subcommand_from list" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c oauthctl -n "__fish_oauthctl_using_subcommand config; and __fish_seen_subcommand_from list" -l json -d 'Print JSON: documents on stdout, errors on stderr'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand config; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand config; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Say more'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand config; and __fish_seen_subcommand_from list" -l no-input -d 'Never ask anything'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand config; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand config; and __fish_seen_subcommand_from path" -l profile -d 'Use this profile: a vault and key of its own' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand config; and __fish_seen_subcommand_from path" -l vault -d 'Use this vault file' -r -F
complete -c oauthctl -n "__fish_oauthctl_using_subcommand config; and __fish_seen_subcommand_from path" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c oauthctl -n "__fish_oauthctl_using_subcommand config; and __fish_seen_subcommand_from path" -l json -d 'Print JSON: documents on stdout, errors on stderr'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand config; and __fish_seen_subcommand_from path" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand config; and __fish_seen_subcommand_from path" -s v -l verbose -d 'Say more'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand config; and __fish_seen_subcommand_from path" -l no-input -d 'Never ask anything'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand config; and __fish_seen_subcommand_from path" -s h -l help -d 'Print help'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand config; and __fish_seen_subcommand_from help" -f -a "get" -d 'Print a setting as it holds here and now'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand config; and __fish_seen_subcommand_from help" -f -a "set" -d 'Change a setting in the file; comments and order stay as they are'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand config; and __fish_seen_subcommand_from help" -f -a "unset" -d 'Take a setting out of the file, so that what is below it decides'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand config; and __fish_seen_subcommand_from help" -f -a "list" -d 'List the settings as they hold here and now, and what decides each'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand config; and __fish_seen_subcommand_from help" -f -a "path" -d 'Print where the settings file is, or would be'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand config; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand demo" -l profile -d 'Use this profile: a vault and key of its own' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand demo" -l vault -d 'Use this vault file' -r -F
complete -c oauthctl -n "__fish_oauthctl_using_subcommand demo" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c oauthctl -n "__fish_oauthctl_using_subcommand demo" -l json -d 'Print JSON: documents on stdout, errors on stderr'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand demo" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand demo" -s v -l verbose -d 'Say more'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand demo" -l no-input -d 'Never ask anything'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand demo" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand sandbox" -l port -d 'The port on 127.0.0.1' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand sandbox" -l expires-in -d 'Lifetimes of access tokens in seconds, one after the other; the last repeats' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand sandbox" -l seed -d 'Make every code, token and secret a function of this text' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand sandbox" -l fault -d 'Make something go wrong (can be given several times)' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand sandbox" -l account -d 'Someone who can sign in (can be given several times) [default: writer]' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand sandbox" -l withhold -d 'Never grant this scope (can be given several times)' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand sandbox" -l latency -d 'How much later every answer comes, in milliseconds' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand sandbox" -l rate-limit -d 'The practice GitHub\'s limit of requests in an hour' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand sandbox" -l write-limit -d 'The practice GitHub\'s limit of changes in a minute' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand sandbox" -l export -d 'At the end, write every repository into this folder, as git has them' -r -F
complete -c oauthctl -n "__fish_oauthctl_using_subcommand sandbox" -l profile -d 'Use this profile: a vault and key of its own' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand sandbox" -l vault -d 'Use this vault file' -r -F
complete -c oauthctl -n "__fish_oauthctl_using_subcommand sandbox" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c oauthctl -n "__fish_oauthctl_using_subcommand sandbox" -l auto-consent -d 'Consent without a page'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand sandbox" -l no-rotation -d 'Keep refresh tokens instead of rotating them'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand sandbox" -l print-provider -d 'Print the provider definition that points here, and end'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand sandbox" -l json -d 'Print JSON: documents on stdout, errors on stderr'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand sandbox" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand sandbox" -s v -l verbose -d 'Say more'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand sandbox" -l no-input -d 'Never ask anything'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand sandbox" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand completions" -l profile -d 'Use this profile: a vault and key of its own' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand completions" -l vault -d 'Use this vault file' -r -F
complete -c oauthctl -n "__fish_oauthctl_using_subcommand completions" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c oauthctl -n "__fish_oauthctl_using_subcommand completions" -l json -d 'Print JSON: documents on stdout, errors on stderr'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand completions" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand completions" -s v -l verbose -d 'Say more'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand completions" -l no-input -d 'Never ask anything'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand completions" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand complete" -l profile -d 'Use this profile: a vault and key of its own' -r
complete -c oauthctl -n "__fish_oauthctl_using_subcommand complete" -l vault -d 'Use this vault file' -r -F
complete -c oauthctl -n "__fish_oauthctl_using_subcommand complete" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c oauthctl -n "__fish_oauthctl_using_subcommand complete" -l json -d 'Print JSON: documents on stdout, errors on stderr'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand complete" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand complete" -s v -l verbose -d 'Say more'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand complete" -l no-input -d 'Never ask anything'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand complete" -s h -l help -d 'Print help'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand help; and not __fish_seen_subcommand_from connect list show token exec api refresh revoke consents audit doc provider scopes client git-credential git vault doctor config demo sandbox completions complete help" -f -a "connect" -d 'Authorise an account in your browser and store it'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand help; and not __fish_seen_subcommand_from connect list show token exec api refresh revoke consents audit doc provider scopes client git-credential git vault doctor config demo sandbox completions complete help" -f -a "list" -d 'List the connections, with state, expiry and scopes'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand help; and not __fish_seen_subcommand_from connect list show token exec api refresh revoke consents audit doc provider scopes client git-credential git vault doctor config demo sandbox completions complete help" -f -a "show" -d 'Show one connection: state, expiry, scopes, client; never a secret'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand help; and not __fish_seen_subcommand_from connect list show token exec api refresh revoke consents audit doc provider scopes client git-credential git vault doctor config demo sandbox completions complete help" -f -a "token" -d 'Print a fresh access token'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand help; and not __fish_seen_subcommand_from connect list show token exec api refresh revoke consents audit doc provider scopes client git-credential git vault doctor config demo sandbox completions complete help" -f -a "exec" -d 'Run a command with fresh tokens in its environment'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand help; and not __fish_seen_subcommand_from connect list show token exec api refresh revoke consents audit doc provider scopes client git-credential git vault doctor config demo sandbox completions complete help" -f -a "api" -d 'Send an authorised request to a provider\'s API'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand help; and not __fish_seen_subcommand_from connect list show token exec api refresh revoke consents audit doc provider scopes client git-credential git vault doctor config demo sandbox completions complete help" -f -a "refresh" -d 'Refresh tokens now'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand help; and not __fish_seen_subcommand_from connect list show token exec api refresh revoke consents audit doc provider scopes client git-credential git vault doctor config demo sandbox completions complete help" -f -a "revoke" -d 'End access at the provider, then erase it here'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand help; and not __fish_seen_subcommand_from connect list show token exec api refresh revoke consents audit doc provider scopes client git-credential git vault doctor config demo sandbox completions complete help" -f -a "consents" -d 'Show what was consented to, and when'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand help; and not __fish_seen_subcommand_from connect list show token exec api refresh revoke consents audit doc provider scopes client git-credential git vault doctor config demo sandbox completions complete help" -f -a "audit" -d 'Show who did what with which connection, and verify, export, sum up or prune that log'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand help; and not __fish_seen_subcommand_from connect list show token exec api refresh revoke consents audit doc provider scopes client git-credential git vault doctor config demo sandbox completions complete help" -f -a "doc" -d 'Keep a manuscript in a repository, with every version of it'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand help; and not __fish_seen_subcommand_from connect list show token exec api refresh revoke consents audit doc provider scopes client git-credential git vault doctor config demo sandbox completions complete help" -f -a "provider" -d 'Look after provider definitions'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand help; and not __fish_seen_subcommand_from connect list show token exec api refresh revoke consents audit doc provider scopes client git-credential git vault doctor config demo sandbox completions complete help" -f -a "scopes" -d 'List the scopes that a provider has, by feature and by how far they reach'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand help; and not __fish_seen_subcommand_from connect list show token exec api refresh revoke consents audit doc provider scopes client git-credential git vault doctor config demo sandbox completions complete help" -f -a "client" -d 'Look after app registrations: client id and secret'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand help; and not __fish_seen_subcommand_from connect list show token exec api refresh revoke consents audit doc provider scopes client git-credential git vault doctor config demo sandbox completions complete help" -f -a "git-credential" -d 'Answer git\'s questions for credentials'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand help; and not __fish_seen_subcommand_from connect list show token exec api refresh revoke consents audit doc provider scopes client git-credential git vault doctor config demo sandbox completions complete help" -f -a "git" -d 'Make git use the connections'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand help; and not __fish_seen_subcommand_from connect list show token exec api refresh revoke consents audit doc provider scopes client git-credential git vault doctor config demo sandbox completions complete help" -f -a "vault" -d 'Look after the vault and its key'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand help; and not __fish_seen_subcommand_from connect list show token exec api refresh revoke consents audit doc provider scopes client git-credential git vault doctor config demo sandbox completions complete help" -f -a "doctor" -d 'Look for what is wrong, and say the way out'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand help; and not __fish_seen_subcommand_from connect list show token exec api refresh revoke consents audit doc provider scopes client git-credential git vault doctor config demo sandbox completions complete help" -f -a "config" -d 'Settings: audit, profile, and which account a provider\'s name means, in which folder'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand help; and not __fish_seen_subcommand_from connect list show token exec api refresh revoke consents audit doc provider scopes client git-credential git vault doctor config demo sandbox completions complete help" -f -a "demo" -d 'Show what this program does, in a few seconds'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand help; and not __fish_seen_subcommand_from connect list show token exec api refresh revoke consents audit doc provider scopes client git-credential git vault doctor config demo sandbox completions complete help" -f -a "sandbox" -d 'Run a strict practice provider on this machine'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand help; and not __fish_seen_subcommand_from connect list show token exec api refresh revoke consents audit doc provider scopes client git-credential git vault doctor config demo sandbox completions complete help" -f -a "completions" -d 'Print the completion script of a shell'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand help; and not __fish_seen_subcommand_from connect list show token exec api refresh revoke consents audit doc provider scopes client git-credential git vault doctor config demo sandbox completions complete help" -f -a "complete" -d 'Print what the last word may become, one per line'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand help; and not __fish_seen_subcommand_from connect list show token exec api refresh revoke consents audit doc provider scopes client git-credential git vault doctor config demo sandbox completions complete help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand help; and __fish_seen_subcommand_from audit" -f -a "verify" -d 'Check that no event was edited, removed, inserted or moved'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand help; and __fish_seen_subcommand_from audit" -f -a "export" -d 'Export events as JSON lines or CSV'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand help; and __fish_seen_subcommand_from audit" -f -a "prune" -d 'Replace old events by a checkpoint'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand help; and __fish_seen_subcommand_from audit" -f -a "report" -d 'Sum up the log: use over time, by program and by connection, failures, expiries ahead'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand help; and __fish_seen_subcommand_from doc" -f -a "init" -d 'Link a folder to a repository'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand help; and __fish_seen_subcommand_from doc" -f -a "push" -d 'Save what is new in the manuscript as a version in its repository'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand help; and __fish_seen_subcommand_from doc" -f -a "pull" -d 'Bring what was saved elsewhere into this folder'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand help; and __fish_seen_subcommand_from doc" -f -a "status" -d 'Show what is new here since the last version'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand help; and __fish_seen_subcommand_from doc" -f -a "diff" -d 'Show what you changed, word by word'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand help; and __fish_seen_subcommand_from doc" -f -a "resolve" -d 'Decide what a text should be that you and somebody else changed'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand help; and __fish_seen_subcommand_from doc" -f -a "log" -d 'Show the versions of the manuscript or of one file, newest first'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand help; and __fish_seen_subcommand_from doc" -f -a "restore" -d 'Bring an earlier text of a file back'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand help; and __fish_seen_subcommand_from doc" -f -a "find" -d 'Find words in all versions, for what was there once'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand help; and __fish_seen_subcommand_from doc" -f -a "version" -d 'Give a name to a version, or list the names that were given'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand help; and __fish_seen_subcommand_from doc" -f -a "open" -d 'Show the manuscript or one of its files on its web page'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand help; and __fish_seen_subcommand_from doc" -f -a "watch" -d 'Save by itself while you write, until you stop it'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand help; and __fish_seen_subcommand_from doc" -f -a "undo" -d 'Take back what the last command did to the files here'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand help; and __fish_seen_subcommand_from provider" -f -a "list" -d 'List the providers that can be connected'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand help; and __fish_seen_subcommand_from provider" -f -a "show" -d 'Show what a definition says: endpoints, redirect URI, how tokens live and end'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand help; and __fish_seen_subcommand_from provider" -f -a "add" -d 'Add a provider from a definition file'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand help; and __fish_seen_subcommand_from provider" -f -a "remove" -d 'Remove a definition of yours'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand help; and __fish_seen_subcommand_from provider" -f -a "check" -d 'Look definitions over: what can\'t be used, what is weaker than it should be'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand help; and __fish_seen_subcommand_from client" -f -a "set" -d 'Store an app registration for a provider'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand help; and __fish_seen_subcommand_from client" -f -a "show" -d 'Show the app registrations of a provider, without their secrets'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand help; and __fish_seen_subcommand_from client" -f -a "remove" -d 'Remove an app registration'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand help; and __fish_seen_subcommand_from git" -f -a "setup" -d 'Let git sign in to a host with your connections'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand help; and __fish_seen_subcommand_from vault" -f -a "init" -d 'Make a vault and its key'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand help; and __fish_seen_subcommand_from vault" -f -a "status" -d 'Say where the vault and its key are, and whether it is believed'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand help; and __fish_seen_subcommand_from vault" -f -a "check" -d 'Look at every record, event and page of the vault'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand help; and __fish_seen_subcommand_from vault" -f -a "recover" -d 'Open the vault with its recovery key and give it a new key'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand help; and __fish_seen_subcommand_from vault" -f -a "rekey" -d 'Give the vault a new key and a new identity'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand help; and __fish_seen_subcommand_from vault" -f -a "recipients" -d 'See and change who can open the vault'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand help; and __fish_seen_subcommand_from vault" -f -a "move-key" -d 'Keep the vault\'s key in another place'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand help; and __fish_seen_subcommand_from vault" -f -a "export" -d 'Send connections to a CI job, in one sealed file'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand help; and __fish_seen_subcommand_from vault" -f -a "import" -d 'Take in connections that `vault export` sent'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand help; and __fish_seen_subcommand_from vault" -f -a "backup" -d 'Write the whole vault to one encrypted file'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand help; and __fish_seen_subcommand_from vault" -f -a "restore" -d 'Go back to a backup'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand help; and __fish_seen_subcommand_from vault" -f -a "accept-rollback" -d 'Go on with a vault file that was restored or rolled back'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand help; and __fish_seen_subcommand_from config" -f -a "get" -d 'Print a setting as it holds here and now'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand help; and __fish_seen_subcommand_from config" -f -a "set" -d 'Change a setting in the file; comments and order stay as they are'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand help; and __fish_seen_subcommand_from config" -f -a "unset" -d 'Take a setting out of the file, so that what is below it decides'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand help; and __fish_seen_subcommand_from config" -f -a "list" -d 'List the settings as they hold here and now, and what decides each'
complete -c oauthctl -n "__fish_oauthctl_using_subcommand help; and __fish_seen_subcommand_from config" -f -a "path" -d 'Print where the settings file is, or would be'
# Names of connections, providers and scopes, which only the program knows.
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
