
using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'oauthctl' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commandElements = $commandAst.CommandElements
    $command = @(
        'oauthctl'
        for ($i = 1; $i -lt $commandElements.Count; $i++) {
            $element = $commandElements[$i]
            if ($element -isnot [StringConstantExpressionAst] -or
                $element.StringConstantType -ne [StringConstantType]::BareWord -or
                $element.Value.StartsWith('-') -or
                $element.Value -eq $wordToComplete) {
                break
        }
        $element.Value
    }) -join ';'

    $completions = @(switch ($command) {
        'oauthctl' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile: a vault and key of its own')
            [CompletionResult]::new('--vault', '--vault', [CompletionResultType]::ParameterName, 'Use this vault file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: documents on stdout, errors on stderr')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask anything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('connect', 'connect', [CompletionResultType]::ParameterValue, 'Authorise an account in your browser and store it')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the connections, with state, expiry and scopes')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show one connection: state, expiry, scopes, client; never a secret')
            [CompletionResult]::new('token', 'token', [CompletionResultType]::ParameterValue, 'Print a fresh access token')
            [CompletionResult]::new('exec', 'exec', [CompletionResultType]::ParameterValue, 'Run a command with fresh tokens in its environment')
            [CompletionResult]::new('api', 'api', [CompletionResultType]::ParameterValue, 'Send an authorised request to a provider''s API')
            [CompletionResult]::new('refresh', 'refresh', [CompletionResultType]::ParameterValue, 'Refresh tokens now')
            [CompletionResult]::new('revoke', 'revoke', [CompletionResultType]::ParameterValue, 'End access at the provider, then erase it here')
            [CompletionResult]::new('consents', 'consents', [CompletionResultType]::ParameterValue, 'Show what was consented to, and when')
            [CompletionResult]::new('audit', 'audit', [CompletionResultType]::ParameterValue, 'Show who did what with which connection, and verify, export, sum up or prune that log')
            [CompletionResult]::new('doc', 'doc', [CompletionResultType]::ParameterValue, 'Keep a manuscript in a repository, with every version of it')
            [CompletionResult]::new('provider', 'provider', [CompletionResultType]::ParameterValue, 'Look after provider definitions')
            [CompletionResult]::new('scopes', 'scopes', [CompletionResultType]::ParameterValue, 'List the scopes that a provider has, by feature and by how far they reach')
            [CompletionResult]::new('client', 'client', [CompletionResultType]::ParameterValue, 'Look after app registrations: client id and secret')
            [CompletionResult]::new('git-credential', 'git-credential', [CompletionResultType]::ParameterValue, 'Answer git''s questions for credentials')
            [CompletionResult]::new('git', 'git', [CompletionResultType]::ParameterValue, 'Make git use the connections')
            [CompletionResult]::new('vault', 'vault', [CompletionResultType]::ParameterValue, 'Look after the vault and its key')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'Look for what is wrong, and say the way out')
            [CompletionResult]::new('config', 'config', [CompletionResultType]::ParameterValue, 'Settings: audit, profile, and which account a provider''s name means, in which folder')
            [CompletionResult]::new('demo', 'demo', [CompletionResultType]::ParameterValue, 'Show what this program does, in a few seconds')
            [CompletionResult]::new('sandbox', 'sandbox', [CompletionResultType]::ParameterValue, 'Run a strict practice provider on this machine')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print the completion script of a shell')
            [CompletionResult]::new('complete', 'complete', [CompletionResultType]::ParameterValue, 'Print what the last word may become, one per line')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'oauthctl;connect' {
            [CompletionResult]::new('--account', '--account', [CompletionResultType]::ParameterName, 'Store it under this label instead of the provider''s own')
            [CompletionResult]::new('--scope', '--scope', [CompletionResultType]::ParameterName, 'Ask for this scope (can be given several times)')
            [CompletionResult]::new('--feature', '--feature', [CompletionResultType]::ParameterName, 'Ask for what these features need: `calendar`, or `drive:read`, `drive:write`, `drive:admin`')
            [CompletionResult]::new('--add', '--add', [CompletionResultType]::ParameterName, 'Ask for these scopes or features too, beside those that the connection has')
            [CompletionResult]::new('--client-id', '--client-id', [CompletionResultType]::ParameterName, 'Use this client id instead of the stored one')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Call a discovered provider this')
            [CompletionResult]::new('--resume', '--resume', [CompletionResultType]::ParameterName, 'Wait for the answer to a connect that was begun with `--start`; with `--paste`, read the address that the browser ended at')
            [CompletionResult]::new('--token-exchange', '--token-exchange', [CompletionResultType]::ParameterName, 'Exchange a job''s own token, from `file:/PATH` or `env:NAME` (RFC 8693)')
            [CompletionResult]::new('--subject-token-type', '--subject-token-type', [CompletionResultType]::ParameterName, 'What the exchanged token is')
            [CompletionResult]::new('--audience', '--audience', [CompletionResultType]::ParameterName, 'Which service the token is for, where the provider asks')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for the answer, such as 90s or 10m [default: 5m, with `--device` as long as the code lives]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile: a vault and key of its own')
            [CompletionResult]::new('--vault', '--vault', [CompletionResultType]::ParameterName, 'Use this vault file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Ask for dangerous scopes without a second question')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Ask for dangerous scopes without a second question')
            [CompletionResult]::new('--strict', '--strict', [CompletionResultType]::ParameterName, 'Fail with exit code 4 when fewer scopes are granted than were asked for')
            [CompletionResult]::new('--no-browser', '--no-browser', [CompletionResultType]::ParameterName, 'Print the URL and open nothing')
            [CompletionResult]::new('--device', '--device', [CompletionResultType]::ParameterName, 'Sign in on another device, with a code (RFC 8628)')
            [CompletionResult]::new('--start', '--start', [CompletionResultType]::ParameterName, 'Print the URL and an id, and end; `--resume ID` has to run while one signs in, or takes the answer with `--paste`')
            [CompletionResult]::new('--client-credentials', '--client-credentials', [CompletionResultType]::ParameterName, 'Sign in as the client itself, with its secret or key (RFC 6749 section 4.4)')
            [CompletionResult]::new('--dpop', '--dpop', [CompletionResultType]::ParameterName, 'Bind the tokens to a key that never leaves the vault (RFC 9449)')
            [CompletionResult]::new('--paste', '--paste', [CompletionResultType]::ParameterName, 'Don''t listen: read the address that the browser ends at from a prompt or stdin')
            [CompletionResult]::new('--qr', '--qr', [CompletionResultType]::ParameterName, 'Print the URL as a QR code too')
            [CompletionResult]::new('--with-token', '--with-token', [CompletionResultType]::ParameterName, 'Store a token read from stdin, such as a personal access token')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: documents on stdout, errors on stderr')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask anything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'oauthctl;list' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile: a vault and key of its own')
            [CompletionResult]::new('--vault', '--vault', [CompletionResultType]::ParameterName, 'Use this vault file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: documents on stdout, errors on stderr')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask anything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'oauthctl;show' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile: a vault and key of its own')
            [CompletionResult]::new('--vault', '--vault', [CompletionResultType]::ParameterName, 'Use this vault file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: documents on stdout, errors on stderr')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask anything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'oauthctl;token' {
            [CompletionResult]::new('--min-ttl', '--min-ttl', [CompletionResultType]::ParameterName, 'How long the token must still live, such as 90s, 10m or 1h [default: 60s or a tenth of its lifetime, the smaller]')
            [CompletionResult]::new('--scope', '--scope', [CompletionResultType]::ParameterName, 'Fail unless this scope is granted (can be given several times)')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How to print it')
            [CompletionResult]::new('--method', '--method', [CompletionResultType]::ParameterName, 'The method of the request that the proof is for')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'The URL of the request that the proof is for')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'The mailbox that `--format xoauth2` is for [default: the account, where it is an address]')
            [CompletionResult]::new('--nonce', '--nonce', [CompletionResultType]::ParameterName, 'The nonce that the server gave, for the proof')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile: a vault and key of its own')
            [CompletionResult]::new('--vault', '--vault', [CompletionResultType]::ParameterName, 'Use this vault file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--copy', '--copy', [CompletionResultType]::ParameterName, 'Put it on the clipboard for a minute instead of printing it')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: documents on stdout, errors on stderr')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask anything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'oauthctl;exec' {
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'The variable for the token; given several times, one for each connection in their order')
            [CompletionResult]::new('--min-ttl', '--min-ttl', [CompletionResultType]::ParameterName, 'How long the tokens must still live, such as 90s, 10m or 1h')
            [CompletionResult]::new('--scope', '--scope', [CompletionResultType]::ParameterName, 'Fail unless this scope is granted (can be given several times)')
            [CompletionResult]::new('--refresh-file', '--refresh-file', [CompletionResultType]::ParameterName, 'Keep the token in this new file, mode 0600, fresh for as long as the command runs')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile: a vault and key of its own')
            [CompletionResult]::new('--vault', '--vault', [CompletionResultType]::ParameterName, 'Use this vault file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: documents on stdout, errors on stderr')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask anything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'oauthctl;api' {
            [CompletionResult]::new('-X', '-X ', [CompletionResultType]::ParameterName, 'The method [default: GET, or POST where there is a body]')
            [CompletionResult]::new('--method', '--method', [CompletionResultType]::ParameterName, 'The method [default: GET, or POST where there is a body]')
            [CompletionResult]::new('-H', '-H ', [CompletionResultType]::ParameterName, 'A header (can be given several times)')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'A header (can be given several times)')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'A text member of the JSON body, or a parameter of the URL for GET')
            [CompletionResult]::new('--field', '--field', [CompletionResultType]::ParameterName, 'A text member of the JSON body, or a parameter of the URL for GET')
            [CompletionResult]::new('-F', '-F ', [CompletionResultType]::ParameterName, 'As `--field`, but the value is JSON, such as `true` or `5`')
            [CompletionResult]::new('--json-field', '--json-field', [CompletionResultType]::ParameterName, 'As `--field`, but the value is JSON, such as `true` or `5`')
            [CompletionResult]::new('--input', '--input', [CompletionResultType]::ParameterName, 'Send this file as the body; `-` is stdin')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Print what this filter makes of the answer, by the program `jq`; strings without quotes')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long one request may take, such as 90s or 10m')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile: a vault and key of its own')
            [CompletionResult]::new('--vault', '--vault', [CompletionResultType]::ParameterName, 'Use this vault file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Print status and headers before the body')
            [CompletionResult]::new('--include', '--include', [CompletionResultType]::ParameterName, 'Print status and headers before the body')
            [CompletionResult]::new('--paginate', '--paginate', [CompletionResultType]::ParameterName, 'Follow `Link: …; rel="next"` on the same host, and print one page after the other')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: documents on stdout, errors on stderr')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask anything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'oauthctl;refresh' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile: a vault and key of its own')
            [CompletionResult]::new('--vault', '--vault', [CompletionResultType]::ParameterName, 'Use this vault file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Refresh all connections')
            [CompletionResult]::new('--due', '--due', [CompletionResultType]::ParameterName, 'Refresh those whose token is over or nearly so')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: documents on stdout, errors on stderr')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask anything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'oauthctl;revoke' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile: a vault and key of its own')
            [CompletionResult]::new('--vault', '--vault', [CompletionResultType]::ParameterName, 'Use this vault file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Revoke all connections')
            [CompletionResult]::new('--local-only', '--local-only', [CompletionResultType]::ParameterName, 'Erase here only, without telling the provider')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Don''t ask before revoking all')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Don''t ask before revoking all')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: documents on stdout, errors on stderr')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask anything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'oauthctl;consents' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile: a vault and key of its own')
            [CompletionResult]::new('--vault', '--vault', [CompletionResultType]::ParameterName, 'Use this vault file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: documents on stdout, errors on stderr')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask anything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'oauthctl;audit' {
            [CompletionResult]::new('--connection', '--connection', [CompletionResultType]::ParameterName, 'Only this connection, or all of a provider''s')
            [CompletionResult]::new('--action', '--action', [CompletionResultType]::ParameterName, 'Only this action, such as `hand_out`, `refresh`, `connect` or `revoke` (can be given several times)')
            [CompletionResult]::new('--since', '--since', [CompletionResultType]::ParameterName, 'Only since then: a date, an RFC 3339 time, or an age such as 7d')
            [CompletionResult]::new('--until', '--until', [CompletionResultType]::ParameterName, 'Only until then, in the same form')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile: a vault and key of its own')
            [CompletionResult]::new('--vault', '--vault', [CompletionResultType]::ParameterName, 'Use this vault file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--failed', '--failed', [CompletionResultType]::ParameterName, 'Only what did not succeed')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: documents on stdout, errors on stderr')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask anything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('verify', 'verify', [CompletionResultType]::ParameterValue, 'Check that no event was edited, removed, inserted or moved')
            [CompletionResult]::new('export', 'export', [CompletionResultType]::ParameterValue, 'Export events as JSON lines or CSV')
            [CompletionResult]::new('prune', 'prune', [CompletionResultType]::ParameterValue, 'Replace old events by a checkpoint')
            [CompletionResult]::new('report', 'report', [CompletionResultType]::ParameterValue, 'Sum up the log: use over time, by program and by connection, failures, expiries ahead')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'oauthctl;audit;verify' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile: a vault and key of its own')
            [CompletionResult]::new('--vault', '--vault', [CompletionResultType]::ParameterName, 'Use this vault file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: documents on stdout, errors on stderr')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask anything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'oauthctl;audit;export' {
            [CompletionResult]::new('--connection', '--connection', [CompletionResultType]::ParameterName, 'Only this connection, or all of a provider''s')
            [CompletionResult]::new('--action', '--action', [CompletionResultType]::ParameterName, 'Only this action, such as `hand_out`, `refresh`, `connect` or `revoke` (can be given several times)')
            [CompletionResult]::new('--since', '--since', [CompletionResultType]::ParameterName, 'Only since then: a date, an RFC 3339 time, or an age such as 7d')
            [CompletionResult]::new('--until', '--until', [CompletionResultType]::ParameterName, 'Only until then, in the same form')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'The form')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile: a vault and key of its own')
            [CompletionResult]::new('--vault', '--vault', [CompletionResultType]::ParameterName, 'Use this vault file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--failed', '--failed', [CompletionResultType]::ParameterName, 'Only what did not succeed')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: documents on stdout, errors on stderr')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask anything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'oauthctl;audit;prune' {
            [CompletionResult]::new('--before', '--before', [CompletionResultType]::ParameterName, 'Drop what is older: a date, an RFC 3339 time, or an age such as 90d [default: 365d]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile: a vault and key of its own')
            [CompletionResult]::new('--vault', '--vault', [CompletionResultType]::ParameterName, 'Use this vault file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Don''t ask before dropping them')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Don''t ask before dropping them')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: documents on stdout, errors on stderr')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask anything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'oauthctl;audit;report' {
            [CompletionResult]::new('--connection', '--connection', [CompletionResultType]::ParameterName, 'Only this connection, or all of a provider''s')
            [CompletionResult]::new('--action', '--action', [CompletionResultType]::ParameterName, 'Only this action, such as `hand_out`, `refresh`, `connect` or `revoke` (can be given several times)')
            [CompletionResult]::new('--since', '--since', [CompletionResultType]::ParameterName, 'Only since then: a date, an RFC 3339 time, or an age such as 7d')
            [CompletionResult]::new('--until', '--until', [CompletionResultType]::ParameterName, 'Only until then, in the same form')
            [CompletionResult]::new('--html', '--html', [CompletionResultType]::ParameterName, 'Write a page with charts to this file, or to stdout where it is `-`')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile: a vault and key of its own')
            [CompletionResult]::new('--vault', '--vault', [CompletionResultType]::ParameterName, 'Use this vault file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--failed', '--failed', [CompletionResultType]::ParameterName, 'Only what did not succeed')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Replace a file that is there')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: documents on stdout, errors on stderr')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask anything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'oauthctl;audit;help' {
            [CompletionResult]::new('verify', 'verify', [CompletionResultType]::ParameterValue, 'Check that no event was edited, removed, inserted or moved')
            [CompletionResult]::new('export', 'export', [CompletionResultType]::ParameterValue, 'Export events as JSON lines or CSV')
            [CompletionResult]::new('prune', 'prune', [CompletionResultType]::ParameterValue, 'Replace old events by a checkpoint')
            [CompletionResult]::new('report', 'report', [CompletionResultType]::ParameterValue, 'Sum up the log: use over time, by program and by connection, failures, expiries ahead')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'oauthctl;audit;help;verify' {
            break
        }
        'oauthctl;audit;help;export' {
            break
        }
        'oauthctl;audit;help;prune' {
            break
        }
        'oauthctl;audit;help;report' {
            break
        }
        'oauthctl;audit;help;help' {
            break
        }
        'oauthctl;doc' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile: a vault and key of its own')
            [CompletionResult]::new('--vault', '--vault', [CompletionResultType]::ParameterName, 'Use this vault file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: documents on stdout, errors on stderr')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask anything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('init', 'init', [CompletionResultType]::ParameterValue, 'Link a folder to a repository')
            [CompletionResult]::new('push', 'push', [CompletionResultType]::ParameterValue, 'Save what is new in the manuscript as a version in its repository')
            [CompletionResult]::new('pull', 'pull', [CompletionResultType]::ParameterValue, 'Bring what was saved elsewhere into this folder')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Show what is new here since the last version')
            [CompletionResult]::new('diff', 'diff', [CompletionResultType]::ParameterValue, 'Show what you changed, word by word')
            [CompletionResult]::new('resolve', 'resolve', [CompletionResultType]::ParameterValue, 'Decide what a text should be that you and somebody else changed')
            [CompletionResult]::new('log', 'log', [CompletionResultType]::ParameterValue, 'Show the versions of the manuscript or of one file, newest first')
            [CompletionResult]::new('restore', 'restore', [CompletionResultType]::ParameterValue, 'Bring an earlier text of a file back')
            [CompletionResult]::new('find', 'find', [CompletionResultType]::ParameterValue, 'Find words in all versions, for what was there once')
            [CompletionResult]::new('version', 'version', [CompletionResultType]::ParameterValue, 'Give a name to a version, or list the names that were given')
            [CompletionResult]::new('open', 'open', [CompletionResultType]::ParameterValue, 'Show the manuscript or one of its files on its web page')
            [CompletionResult]::new('watch', 'watch', [CompletionResultType]::ParameterValue, 'Save by itself while you write, until you stop it')
            [CompletionResult]::new('undo', 'undo', [CompletionResultType]::ParameterValue, 'Take back what the last command did to the files here')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'oauthctl;doc;init' {
            [CompletionResult]::new('--repo', '--repo', [CompletionResultType]::ParameterName, 'The repository')
            [CompletionResult]::new('--branch', '--branch', [CompletionResultType]::ParameterName, 'The branch, in place of the one that people see')
            [CompletionResult]::new('--connection', '--connection', [CompletionResultType]::ParameterName, 'The account, where several can keep manuscripts')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile: a vault and key of its own')
            [CompletionResult]::new('--vault', '--vault', [CompletionResultType]::ParameterName, 'Use this vault file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--create', '--create', [CompletionResultType]::ParameterName, 'Make it, private, if there is none')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Don''t ask whether to make it')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: documents on stdout, errors on stderr')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask anything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'oauthctl;doc;push' {
            [CompletionResult]::new('-m', '-m', [CompletionResultType]::ParameterName, 'What you want to remember about this version')
            [CompletionResult]::new('--message', '--message', [CompletionResultType]::ParameterName, 'What you want to remember about this version')
            [CompletionResult]::new('--allow-deletes', '--allow-deletes', [CompletionResultType]::ParameterName, 'So many files may be deleted in the repository')
            [CompletionResult]::new('--repo', '--repo', [CompletionResultType]::ParameterName, 'The repository')
            [CompletionResult]::new('--branch', '--branch', [CompletionResultType]::ParameterName, 'The branch, in place of the one that people see')
            [CompletionResult]::new('--connection', '--connection', [CompletionResultType]::ParameterName, 'The account, where several can keep manuscripts')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile: a vault and key of its own')
            [CompletionResult]::new('--vault', '--vault', [CompletionResultType]::ParameterName, 'Use this vault file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--allow-secrets', '--allow-secrets', [CompletionResultType]::ParameterName, 'Push files although there seem to be secrets in them')
            [CompletionResult]::new('--create', '--create', [CompletionResultType]::ParameterName, 'Make it, private, if there is none')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Don''t ask whether to make it')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: documents on stdout, errors on stderr')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask anything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'oauthctl;doc;pull' {
            [CompletionResult]::new('--allow-deletes', '--allow-deletes', [CompletionResultType]::ParameterName, 'So many files may be deleted here')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile: a vault and key of its own')
            [CompletionResult]::new('--vault', '--vault', [CompletionResultType]::ParameterName, 'Use this vault file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--accept-rewrite', '--accept-rewrite', [CompletionResultType]::ParameterName, 'Take over what is there also where somebody rewrote what was saved')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: documents on stdout, errors on stderr')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask anything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'oauthctl;doc;status' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile: a vault and key of its own')
            [CompletionResult]::new('--vault', '--vault', [CompletionResultType]::ParameterName, 'Use this vault file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--remote', '--remote', [CompletionResultType]::ParameterName, 'Ask whether there is something to pull')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: documents on stdout, errors on stderr')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask anything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'oauthctl;doc;diff' {
            [CompletionResult]::new('--since', '--since', [CompletionResultType]::ParameterName, 'Compare with this version, as `oauthctl doc log` tells it')
            [CompletionResult]::new('--html', '--html', [CompletionResultType]::ParameterName, 'Show it as a page in the browser; with a path, write the page there')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile: a vault and key of its own')
            [CompletionResult]::new('--vault', '--vault', [CompletionResultType]::ParameterName, 'Use this vault file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Replace a file that is there')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: documents on stdout, errors on stderr')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask anything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'oauthctl;doc;resolve' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile: a vault and key of its own')
            [CompletionResult]::new('--vault', '--vault', [CompletionResultType]::ParameterName, 'Use this vault file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--mine', '--mine', [CompletionResultType]::ParameterName, 'Yours is right')
            [CompletionResult]::new('--theirs', '--theirs', [CompletionResultType]::ParameterName, 'Theirs is right, be it that they deleted it')
            [CompletionResult]::new('--both', '--both', [CompletionResultType]::ParameterName, 'Keep both, yours first')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: documents on stdout, errors on stderr')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask anything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'oauthctl;doc;log' {
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'So many at most')
            [CompletionResult]::new('--most', '--most', [CompletionResultType]::ParameterName, 'So many at most')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile: a vault and key of its own')
            [CompletionResult]::new('--vault', '--vault', [CompletionResultType]::ParameterName, 'Use this vault file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: documents on stdout, errors on stderr')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask anything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'oauthctl;doc;restore' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile: a vault and key of its own')
            [CompletionResult]::new('--vault', '--vault', [CompletionResultType]::ParameterName, 'Use this vault file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: documents on stdout, errors on stderr')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask anything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'oauthctl;doc;find' {
            [CompletionResult]::new('--file', '--file', [CompletionResultType]::ParameterName, 'Only in these files or folders')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Look through so many versions at most')
            [CompletionResult]::new('--most', '--most', [CompletionResultType]::ParameterName, 'Look through so many versions at most')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile: a vault and key of its own')
            [CompletionResult]::new('--vault', '--vault', [CompletionResultType]::ParameterName, 'Use this vault file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: documents on stdout, errors on stderr')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask anything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'oauthctl;doc;version' {
            [CompletionResult]::new('--at', '--at', [CompletionResultType]::ParameterName, 'The version that is meant, as `oauthctl doc log` tells it [default: the last one seen here]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile: a vault and key of its own')
            [CompletionResult]::new('--vault', '--vault', [CompletionResultType]::ParameterName, 'Use this vault file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: documents on stdout, errors on stderr')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask anything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'oauthctl;doc;open' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile: a vault and key of its own')
            [CompletionResult]::new('--vault', '--vault', [CompletionResultType]::ParameterName, 'Use this vault file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: documents on stdout, errors on stderr')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask anything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'oauthctl;doc;watch' {
            [CompletionResult]::new('--after', '--after', [CompletionResultType]::ParameterName, 'Save after a pause of so long, such as 30s')
            [CompletionResult]::new('--every', '--every', [CompletionResultType]::ParameterName, 'Save so often at most')
            [CompletionResult]::new('--allow-deletes', '--allow-deletes', [CompletionResultType]::ParameterName, 'So many files may be deleted in the repository with one version')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile: a vault and key of its own')
            [CompletionResult]::new('--vault', '--vault', [CompletionResultType]::ParameterName, 'Use this vault file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: documents on stdout, errors on stderr')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask anything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'oauthctl;doc;undo' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile: a vault and key of its own')
            [CompletionResult]::new('--vault', '--vault', [CompletionResultType]::ParameterName, 'Use this vault file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: documents on stdout, errors on stderr')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask anything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'oauthctl;doc;help' {
            [CompletionResult]::new('init', 'init', [CompletionResultType]::ParameterValue, 'Link a folder to a repository')
            [CompletionResult]::new('push', 'push', [CompletionResultType]::ParameterValue, 'Save what is new in the manuscript as a version in its repository')
            [CompletionResult]::new('pull', 'pull', [CompletionResultType]::ParameterValue, 'Bring what was saved elsewhere into this folder')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Show what is new here since the last version')
            [CompletionResult]::new('diff', 'diff', [CompletionResultType]::ParameterValue, 'Show what you changed, word by word')
            [CompletionResult]::new('resolve', 'resolve', [CompletionResultType]::ParameterValue, 'Decide what a text should be that you and somebody else changed')
            [CompletionResult]::new('log', 'log', [CompletionResultType]::ParameterValue, 'Show the versions of the manuscript or of one file, newest first')
            [CompletionResult]::new('restore', 'restore', [CompletionResultType]::ParameterValue, 'Bring an earlier text of a file back')
            [CompletionResult]::new('find', 'find', [CompletionResultType]::ParameterValue, 'Find words in all versions, for what was there once')
            [CompletionResult]::new('version', 'version', [CompletionResultType]::ParameterValue, 'Give a name to a version, or list the names that were given')
            [CompletionResult]::new('open', 'open', [CompletionResultType]::ParameterValue, 'Show the manuscript or one of its files on its web page')
            [CompletionResult]::new('watch', 'watch', [CompletionResultType]::ParameterValue, 'Save by itself while you write, until you stop it')
            [CompletionResult]::new('undo', 'undo', [CompletionResultType]::ParameterValue, 'Take back what the last command did to the files here')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'oauthctl;doc;help;init' {
            break
        }
        'oauthctl;doc;help;push' {
            break
        }
        'oauthctl;doc;help;pull' {
            break
        }
        'oauthctl;doc;help;status' {
            break
        }
        'oauthctl;doc;help;diff' {
            break
        }
        'oauthctl;doc;help;resolve' {
            break
        }
        'oauthctl;doc;help;log' {
            break
        }
        'oauthctl;doc;help;restore' {
            break
        }
        'oauthctl;doc;help;find' {
            break
        }
        'oauthctl;doc;help;version' {
            break
        }
        'oauthctl;doc;help;open' {
            break
        }
        'oauthctl;doc;help;watch' {
            break
        }
        'oauthctl;doc;help;undo' {
            break
        }
        'oauthctl;doc;help;help' {
            break
        }
        'oauthctl;provider' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile: a vault and key of its own')
            [CompletionResult]::new('--vault', '--vault', [CompletionResultType]::ParameterName, 'Use this vault file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: documents on stdout, errors on stderr')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask anything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the providers that can be connected')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show what a definition says: endpoints, redirect URI, how tokens live and end')
            [CompletionResult]::new('add', 'add', [CompletionResultType]::ParameterValue, 'Add a provider from a definition file')
            [CompletionResult]::new('remove', 'remove', [CompletionResultType]::ParameterValue, 'Remove a definition of yours')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Look definitions over: what can''t be used, what is weaker than it should be')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'oauthctl;provider;list' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile: a vault and key of its own')
            [CompletionResult]::new('--vault', '--vault', [CompletionResultType]::ParameterName, 'Use this vault file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: documents on stdout, errors on stderr')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask anything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'oauthctl;provider;show' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile: a vault and key of its own')
            [CompletionResult]::new('--vault', '--vault', [CompletionResultType]::ParameterName, 'Use this vault file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: documents on stdout, errors on stderr')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask anything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'oauthctl;provider;add' {
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Call it this [default: the file''s name]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile: a vault and key of its own')
            [CompletionResult]::new('--vault', '--vault', [CompletionResultType]::ParameterName, 'Use this vault file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--replace', '--replace', [CompletionResultType]::ParameterName, 'Replace a definition of that name')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: documents on stdout, errors on stderr')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask anything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'oauthctl;provider;remove' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile: a vault and key of its own')
            [CompletionResult]::new('--vault', '--vault', [CompletionResultType]::ParameterName, 'Use this vault file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Remove it although there are connections of it')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Remove it although there are connections of it')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: documents on stdout, errors on stderr')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask anything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'oauthctl;provider;check' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile: a vault and key of its own')
            [CompletionResult]::new('--vault', '--vault', [CompletionResultType]::ParameterName, 'Use this vault file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: documents on stdout, errors on stderr')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask anything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'oauthctl;provider;help' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the providers that can be connected')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show what a definition says: endpoints, redirect URI, how tokens live and end')
            [CompletionResult]::new('add', 'add', [CompletionResultType]::ParameterValue, 'Add a provider from a definition file')
            [CompletionResult]::new('remove', 'remove', [CompletionResultType]::ParameterValue, 'Remove a definition of yours')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Look definitions over: what can''t be used, what is weaker than it should be')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'oauthctl;provider;help;list' {
            break
        }
        'oauthctl;provider;help;show' {
            break
        }
        'oauthctl;provider;help;add' {
            break
        }
        'oauthctl;provider;help;remove' {
            break
        }
        'oauthctl;provider;help;check' {
            break
        }
        'oauthctl;provider;help;help' {
            break
        }
        'oauthctl;scopes' {
            [CompletionResult]::new('--feature', '--feature', [CompletionResultType]::ParameterName, 'Only those of this feature')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile: a vault and key of its own')
            [CompletionResult]::new('--vault', '--vault', [CompletionResultType]::ParameterName, 'Use this vault file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: documents on stdout, errors on stderr')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask anything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'oauthctl;client' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile: a vault and key of its own')
            [CompletionResult]::new('--vault', '--vault', [CompletionResultType]::ParameterName, 'Use this vault file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: documents on stdout, errors on stderr')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask anything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('set', 'set', [CompletionResultType]::ParameterValue, 'Store an app registration for a provider')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show the app registrations of a provider, without their secrets')
            [CompletionResult]::new('remove', 'remove', [CompletionResultType]::ParameterValue, 'Remove an app registration')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'oauthctl;client;set' {
            [CompletionResult]::new('--id', '--id', [CompletionResultType]::ParameterName, 'The client id [default: asked for]')
            [CompletionResult]::new('--secret-file', '--secret-file', [CompletionResultType]::ParameterName, 'Read the secret from this file')
            [CompletionResult]::new('--key-file', '--key-file', [CompletionResultType]::ParameterName, 'Sign with the private key in this PEM file (`-` is stdin)')
            [CompletionResult]::new('--key-id', '--key-id', [CompletionResultType]::ParameterName, 'The key''s id at the provider (`kid`)')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile: a vault and key of its own')
            [CompletionResult]::new('--vault', '--vault', [CompletionResultType]::ParameterName, 'Use this vault file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--no-secret', '--no-secret', [CompletionResultType]::ParameterName, 'This registration has no secret')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: documents on stdout, errors on stderr')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask anything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'oauthctl;client;show' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile: a vault and key of its own')
            [CompletionResult]::new('--vault', '--vault', [CompletionResultType]::ParameterName, 'Use this vault file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: documents on stdout, errors on stderr')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask anything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'oauthctl;client;remove' {
            [CompletionResult]::new('--id', '--id', [CompletionResultType]::ParameterName, 'Only the registration with this client id')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile: a vault and key of its own')
            [CompletionResult]::new('--vault', '--vault', [CompletionResultType]::ParameterName, 'Use this vault file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Remove it although connections were made with it and need it to refresh and revoke')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Remove it although connections were made with it and need it to refresh and revoke')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: documents on stdout, errors on stderr')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask anything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'oauthctl;client;help' {
            [CompletionResult]::new('set', 'set', [CompletionResultType]::ParameterValue, 'Store an app registration for a provider')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show the app registrations of a provider, without their secrets')
            [CompletionResult]::new('remove', 'remove', [CompletionResultType]::ParameterValue, 'Remove an app registration')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'oauthctl;client;help;set' {
            break
        }
        'oauthctl;client;help;show' {
            break
        }
        'oauthctl;client;help;remove' {
            break
        }
        'oauthctl;client;help;help' {
            break
        }
        'oauthctl;git-credential' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile: a vault and key of its own')
            [CompletionResult]::new('--vault', '--vault', [CompletionResultType]::ParameterName, 'Use this vault file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: documents on stdout, errors on stderr')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask anything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'oauthctl;git' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile: a vault and key of its own')
            [CompletionResult]::new('--vault', '--vault', [CompletionResultType]::ParameterName, 'Use this vault file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: documents on stdout, errors on stderr')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask anything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('setup', 'setup', [CompletionResultType]::ParameterValue, 'Let git sign in to a host with your connections')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'oauthctl;git;setup' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile: a vault and key of its own')
            [CompletionResult]::new('--vault', '--vault', [CompletionResultType]::ParameterName, 'Use this vault file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--local', '--local', [CompletionResultType]::ParameterName, 'For the repository of this folder only, instead of for all of yours')
            [CompletionResult]::new('--remove', '--remove', [CompletionResultType]::ParameterName, 'Take the setting out again')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: documents on stdout, errors on stderr')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask anything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'oauthctl;git;help' {
            [CompletionResult]::new('setup', 'setup', [CompletionResultType]::ParameterValue, 'Let git sign in to a host with your connections')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'oauthctl;git;help;setup' {
            break
        }
        'oauthctl;git;help;help' {
            break
        }
        'oauthctl;vault' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile: a vault and key of its own')
            [CompletionResult]::new('--vault', '--vault', [CompletionResultType]::ParameterName, 'Use this vault file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: documents on stdout, errors on stderr')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask anything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('init', 'init', [CompletionResultType]::ParameterValue, 'Make a vault and its key')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Say where the vault and its key are, and whether it is believed')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Look at every record, event and page of the vault')
            [CompletionResult]::new('recover', 'recover', [CompletionResultType]::ParameterValue, 'Open the vault with its recovery key and give it a new key')
            [CompletionResult]::new('rekey', 'rekey', [CompletionResultType]::ParameterValue, 'Give the vault a new key and a new identity')
            [CompletionResult]::new('recipients', 'recipients', [CompletionResultType]::ParameterValue, 'See and change who can open the vault')
            [CompletionResult]::new('move-key', 'move-key', [CompletionResultType]::ParameterValue, 'Keep the vault''s key in another place')
            [CompletionResult]::new('export', 'export', [CompletionResultType]::ParameterValue, 'Send connections to a CI job, in one sealed file')
            [CompletionResult]::new('import', 'import', [CompletionResultType]::ParameterValue, 'Take in connections that `vault export` sent')
            [CompletionResult]::new('backup', 'backup', [CompletionResultType]::ParameterValue, 'Write the whole vault to one encrypted file')
            [CompletionResult]::new('restore', 'restore', [CompletionResultType]::ParameterValue, 'Go back to a backup')
            [CompletionResult]::new('accept-rollback', 'accept-rollback', [CompletionResultType]::ParameterValue, 'Go on with a vault file that was restored or rolled back')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'oauthctl;vault;init' {
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'Where the key is kept [default: what the environment names, else the keyring]')
            [CompletionResult]::new('--identity-file', '--identity-file', [CompletionResultType]::ParameterName, 'The identity file for `--key file` and `--key passphrase` [default: beside the vault]')
            [CompletionResult]::new('--recovery-file', '--recovery-file', [CompletionResultType]::ParameterName, 'Write a recovery key here; keep it away from this machine')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile: a vault and key of its own')
            [CompletionResult]::new('--vault', '--vault', [CompletionResultType]::ParameterName, 'Use this vault file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--recovery-passphrase', '--recovery-passphrase', [CompletionResultType]::ParameterName, 'Protect the recovery key with a passphrase of its own, asked for or from `OAUTHCTL_PASSPHRASE_FILE`')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: documents on stdout, errors on stderr')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask anything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'oauthctl;vault;status' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile: a vault and key of its own')
            [CompletionResult]::new('--vault', '--vault', [CompletionResultType]::ParameterName, 'Use this vault file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: documents on stdout, errors on stderr')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask anything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'oauthctl;vault;check' {
            [CompletionResult]::new('--salvage', '--salvage', [CompletionResultType]::ParameterName, 'Save what still authenticates into this new file')
            [CompletionResult]::new('--confirm', '--confirm', [CompletionResultType]::ParameterName, 'Confirm that this is the fingerprint of your vault, as your recovery sheet says')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile: a vault and key of its own')
            [CompletionResult]::new('--vault', '--vault', [CompletionResultType]::ParameterName, 'Use this vault file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: documents on stdout, errors on stderr')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask anything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'oauthctl;vault;recover' {
            [CompletionResult]::new('--with', '--with', [CompletionResultType]::ParameterName, 'The recovery sheet, or another age identity that opens the vault')
            [CompletionResult]::new('--fingerprint', '--fingerprint', [CompletionResultType]::ParameterName, 'The vault''s fingerprint, where the sheet doesn''t say it')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'Where the new key is kept [default: as the lost one was. For a file that is the recorded place, or beside what stands there, or beside the vault where that place is not this vault''s alone, is not there, or is not yours; for a keyring it is this machine''s]')
            [CompletionResult]::new('--identity-file', '--identity-file', [CompletionResultType]::ParameterName, 'The new identity file for `--key file` and `--key passphrase` [default: beside the vault]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile: a vault and key of its own')
            [CompletionResult]::new('--vault', '--vault', [CompletionResultType]::ParameterName, 'Use this vault file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: documents on stdout, errors on stderr')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask anything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'oauthctl;vault;rekey' {
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'Where the new key is kept [default: where the old one is]')
            [CompletionResult]::new('--identity-file', '--identity-file', [CompletionResultType]::ParameterName, 'The new identity file for `--key file` and `--key passphrase` [default: beside the vault]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile: a vault and key of its own')
            [CompletionResult]::new('--vault', '--vault', [CompletionResultType]::ParameterName, 'Use this vault file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: documents on stdout, errors on stderr')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask anything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'oauthctl;vault;recipients' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile: a vault and key of its own')
            [CompletionResult]::new('--vault', '--vault', [CompletionResultType]::ParameterName, 'Use this vault file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: documents on stdout, errors on stderr')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask anything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List who can open the vault')
            [CompletionResult]::new('add', 'add', [CompletionResultType]::ParameterValue, 'Let one more key open the vault')
            [CompletionResult]::new('remove', 'remove', [CompletionResultType]::ParameterValue, 'Take a key''s access to the vault away')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'oauthctl;vault;recipients;list' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile: a vault and key of its own')
            [CompletionResult]::new('--vault', '--vault', [CompletionResultType]::ParameterName, 'Use this vault file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: documents on stdout, errors on stderr')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask anything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'oauthctl;vault;recipients;add' {
            [CompletionResult]::new('--recovery-file', '--recovery-file', [CompletionResultType]::ParameterName, 'Make a recovery key, and write its sheet to this new file')
            [CompletionResult]::new('--label', '--label', [CompletionResultType]::ParameterName, 'What it is for')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile: a vault and key of its own')
            [CompletionResult]::new('--vault', '--vault', [CompletionResultType]::ParameterName, 'Use this vault file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--passphrase', '--passphrase', [CompletionResultType]::ParameterName, 'Protect the recovery key with a passphrase, asked for or from `OAUTHCTL_PASSPHRASE_FILE`')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: documents on stdout, errors on stderr')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask anything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'oauthctl;vault;recipients;remove' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile: a vault and key of its own')
            [CompletionResult]::new('--vault', '--vault', [CompletionResultType]::ParameterName, 'Use this vault file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: documents on stdout, errors on stderr')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask anything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'oauthctl;vault;recipients;help' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List who can open the vault')
            [CompletionResult]::new('add', 'add', [CompletionResultType]::ParameterValue, 'Let one more key open the vault')
            [CompletionResult]::new('remove', 'remove', [CompletionResultType]::ParameterValue, 'Take a key''s access to the vault away')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'oauthctl;vault;recipients;help;list' {
            break
        }
        'oauthctl;vault;recipients;help;add' {
            break
        }
        'oauthctl;vault;recipients;help;remove' {
            break
        }
        'oauthctl;vault;recipients;help;help' {
            break
        }
        'oauthctl;vault;move-key' {
            [CompletionResult]::new('--to', '--to', [CompletionResultType]::ParameterName, 'Where the key shall be kept')
            [CompletionResult]::new('--identity-file', '--identity-file', [CompletionResultType]::ParameterName, 'The identity file for `--to file` and `--to passphrase` [default: beside the vault]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile: a vault and key of its own')
            [CompletionResult]::new('--vault', '--vault', [CompletionResultType]::ParameterName, 'Use this vault file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Look whether it can be done, say what would be done, and change nothing')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: documents on stdout, errors on stderr')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask anything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'oauthctl;vault;export' {
            [CompletionResult]::new('--connection', '--connection', [CompletionResultType]::ParameterName, 'A connection to send; may be given several times')
            [CompletionResult]::new('--to', '--to', [CompletionResultType]::ParameterName, 'An age recipient (`age1…`) that can open the file; may be given several times')
            [CompletionResult]::new('--update', '--update', [CompletionResultType]::ParameterName, 'Seal that file anew with the tokens as they are now')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile: a vault and key of its own')
            [CompletionResult]::new('--vault', '--vault', [CompletionResultType]::ParameterName, 'Use this vault file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--copy', '--copy', [CompletionResultType]::ParameterName, 'Leave the connections here too')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Replace a file that is there')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: documents on stdout, errors on stderr')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask anything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'oauthctl;vault;import' {
            [CompletionResult]::new('--from', '--from', [CompletionResultType]::ParameterName, 'Take in what another program keeps')
            [CompletionResult]::new('--provider', '--provider', [CompletionResultType]::ParameterName, 'Whose tokens they are; what is not of that provider is left out')
            [CompletionResult]::new('--with', '--with', [CompletionResultType]::ParameterName, 'An identity that opens the file, where the vault''s own key doesn''t: that of the job')
            [CompletionResult]::new('--definition', '--definition', [CompletionResultType]::ParameterName, 'Take the definition of this provider too, which came with the file and says where its tokens go')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile: a vault and key of its own')
            [CompletionResult]::new('--vault', '--vault', [CompletionResultType]::ParameterName, 'Use this vault file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: documents on stdout, errors on stderr')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask anything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'oauthctl;vault;backup' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile: a vault and key of its own')
            [CompletionResult]::new('--vault', '--vault', [CompletionResultType]::ParameterName, 'Use this vault file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Replace a file that is there')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: documents on stdout, errors on stderr')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask anything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'oauthctl;vault;restore' {
            [CompletionResult]::new('--with', '--with', [CompletionResultType]::ParameterName, 'An identity that opens it: the recovery sheet, or a former identity of the vault')
            [CompletionResult]::new('--fingerprint', '--fingerprint', [CompletionResultType]::ParameterName, 'The fingerprint of the vault in the backup, where the sheet doesn''t say it')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile: a vault and key of its own')
            [CompletionResult]::new('--vault', '--vault', [CompletionResultType]::ParameterName, 'Use this vault file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'The vault that stands is newer; or it is damaged or was set back, and shall go aside')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: documents on stdout, errors on stderr')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask anything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'oauthctl;vault;accept-rollback' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile: a vault and key of its own')
            [CompletionResult]::new('--vault', '--vault', [CompletionResultType]::ParameterName, 'Use this vault file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Don''t ask')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Don''t ask')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: documents on stdout, errors on stderr')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask anything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'oauthctl;vault;help' {
            [CompletionResult]::new('init', 'init', [CompletionResultType]::ParameterValue, 'Make a vault and its key')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Say where the vault and its key are, and whether it is believed')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Look at every record, event and page of the vault')
            [CompletionResult]::new('recover', 'recover', [CompletionResultType]::ParameterValue, 'Open the vault with its recovery key and give it a new key')
            [CompletionResult]::new('rekey', 'rekey', [CompletionResultType]::ParameterValue, 'Give the vault a new key and a new identity')
            [CompletionResult]::new('recipients', 'recipients', [CompletionResultType]::ParameterValue, 'See and change who can open the vault')
            [CompletionResult]::new('move-key', 'move-key', [CompletionResultType]::ParameterValue, 'Keep the vault''s key in another place')
            [CompletionResult]::new('export', 'export', [CompletionResultType]::ParameterValue, 'Send connections to a CI job, in one sealed file')
            [CompletionResult]::new('import', 'import', [CompletionResultType]::ParameterValue, 'Take in connections that `vault export` sent')
            [CompletionResult]::new('backup', 'backup', [CompletionResultType]::ParameterValue, 'Write the whole vault to one encrypted file')
            [CompletionResult]::new('restore', 'restore', [CompletionResultType]::ParameterValue, 'Go back to a backup')
            [CompletionResult]::new('accept-rollback', 'accept-rollback', [CompletionResultType]::ParameterValue, 'Go on with a vault file that was restored or rolled back')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'oauthctl;vault;help;init' {
            break
        }
        'oauthctl;vault;help;status' {
            break
        }
        'oauthctl;vault;help;check' {
            break
        }
        'oauthctl;vault;help;recover' {
            break
        }
        'oauthctl;vault;help;rekey' {
            break
        }
        'oauthctl;vault;help;recipients' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List who can open the vault')
            [CompletionResult]::new('add', 'add', [CompletionResultType]::ParameterValue, 'Let one more key open the vault')
            [CompletionResult]::new('remove', 'remove', [CompletionResultType]::ParameterValue, 'Take a key''s access to the vault away')
            break
        }
        'oauthctl;vault;help;recipients;list' {
            break
        }
        'oauthctl;vault;help;recipients;add' {
            break
        }
        'oauthctl;vault;help;recipients;remove' {
            break
        }
        'oauthctl;vault;help;move-key' {
            break
        }
        'oauthctl;vault;help;export' {
            break
        }
        'oauthctl;vault;help;import' {
            break
        }
        'oauthctl;vault;help;backup' {
            break
        }
        'oauthctl;vault;help;restore' {
            break
        }
        'oauthctl;vault;help;accept-rollback' {
            break
        }
        'oauthctl;vault;help;help' {
            break
        }
        'oauthctl;doctor' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile: a vault and key of its own')
            [CompletionResult]::new('--vault', '--vault', [CompletionResultType]::ParameterName, 'Use this vault file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--online', '--online', [CompletionResultType]::ParameterName, 'Contact the providers'' hosts; nothing about you is sent')
            [CompletionResult]::new('--report', '--report', [CompletionResultType]::ParameterName, 'Leave out accounts, client ids, paths and hosts; read it before you paste it')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: documents on stdout, errors on stderr')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask anything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'oauthctl;config' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile: a vault and key of its own')
            [CompletionResult]::new('--vault', '--vault', [CompletionResultType]::ParameterName, 'Use this vault file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: documents on stdout, errors on stderr')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask anything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('get', 'get', [CompletionResultType]::ParameterValue, 'Print a setting as it holds here and now')
            [CompletionResult]::new('set', 'set', [CompletionResultType]::ParameterValue, 'Change a setting in the file; comments and order stay as they are')
            [CompletionResult]::new('unset', 'unset', [CompletionResultType]::ParameterValue, 'Take a setting out of the file, so that what is below it decides')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the settings as they hold here and now, and what decides each')
            [CompletionResult]::new('path', 'path', [CompletionResultType]::ParameterValue, 'Print where the settings file is, or would be')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'oauthctl;config;get' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile: a vault and key of its own')
            [CompletionResult]::new('--vault', '--vault', [CompletionResultType]::ParameterName, 'Use this vault file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--explain', '--explain', [CompletionResultType]::ParameterName, 'Say what each layer says and which one decides')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: documents on stdout, errors on stderr')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask anything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'oauthctl;config;set' {
            [CompletionResult]::new('--folder', '--folder', [CompletionResultType]::ParameterName, 'For `account.PROVIDER`: only in this folder and below')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile: a vault and key of its own')
            [CompletionResult]::new('--vault', '--vault', [CompletionResultType]::ParameterName, 'Use this vault file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: documents on stdout, errors on stderr')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask anything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'oauthctl;config;unset' {
            [CompletionResult]::new('--folder', '--folder', [CompletionResultType]::ParameterName, 'For `account.PROVIDER`: the rule of this folder')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile: a vault and key of its own')
            [CompletionResult]::new('--vault', '--vault', [CompletionResultType]::ParameterName, 'Use this vault file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: documents on stdout, errors on stderr')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask anything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'oauthctl;config;list' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile: a vault and key of its own')
            [CompletionResult]::new('--vault', '--vault', [CompletionResultType]::ParameterName, 'Use this vault file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: documents on stdout, errors on stderr')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask anything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'oauthctl;config;path' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile: a vault and key of its own')
            [CompletionResult]::new('--vault', '--vault', [CompletionResultType]::ParameterName, 'Use this vault file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: documents on stdout, errors on stderr')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask anything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'oauthctl;config;help' {
            [CompletionResult]::new('get', 'get', [CompletionResultType]::ParameterValue, 'Print a setting as it holds here and now')
            [CompletionResult]::new('set', 'set', [CompletionResultType]::ParameterValue, 'Change a setting in the file; comments and order stay as they are')
            [CompletionResult]::new('unset', 'unset', [CompletionResultType]::ParameterValue, 'Take a setting out of the file, so that what is below it decides')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the settings as they hold here and now, and what decides each')
            [CompletionResult]::new('path', 'path', [CompletionResultType]::ParameterValue, 'Print where the settings file is, or would be')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'oauthctl;config;help;get' {
            break
        }
        'oauthctl;config;help;set' {
            break
        }
        'oauthctl;config;help;unset' {
            break
        }
        'oauthctl;config;help;list' {
            break
        }
        'oauthctl;config;help;path' {
            break
        }
        'oauthctl;config;help;help' {
            break
        }
        'oauthctl;demo' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile: a vault and key of its own')
            [CompletionResult]::new('--vault', '--vault', [CompletionResultType]::ParameterName, 'Use this vault file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: documents on stdout, errors on stderr')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask anything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'oauthctl;sandbox' {
            [CompletionResult]::new('--port', '--port', [CompletionResultType]::ParameterName, 'The port on 127.0.0.1')
            [CompletionResult]::new('--expires-in', '--expires-in', [CompletionResultType]::ParameterName, 'Lifetimes of access tokens in seconds, one after the other; the last repeats')
            [CompletionResult]::new('--seed', '--seed', [CompletionResultType]::ParameterName, 'Make every code, token and secret a function of this text')
            [CompletionResult]::new('--fault', '--fault', [CompletionResultType]::ParameterName, 'Make something go wrong (can be given several times)')
            [CompletionResult]::new('--account', '--account', [CompletionResultType]::ParameterName, 'Someone who can sign in (can be given several times) [default: writer]')
            [CompletionResult]::new('--withhold', '--withhold', [CompletionResultType]::ParameterName, 'Never grant this scope (can be given several times)')
            [CompletionResult]::new('--latency', '--latency', [CompletionResultType]::ParameterName, 'How much later every answer comes, in milliseconds')
            [CompletionResult]::new('--rate-limit', '--rate-limit', [CompletionResultType]::ParameterName, 'The practice GitHub''s limit of requests in an hour')
            [CompletionResult]::new('--write-limit', '--write-limit', [CompletionResultType]::ParameterName, 'The practice GitHub''s limit of changes in a minute')
            [CompletionResult]::new('--export', '--export', [CompletionResultType]::ParameterName, 'At the end, write every repository into this folder, as git has them')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile: a vault and key of its own')
            [CompletionResult]::new('--vault', '--vault', [CompletionResultType]::ParameterName, 'Use this vault file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--auto-consent', '--auto-consent', [CompletionResultType]::ParameterName, 'Consent without a page')
            [CompletionResult]::new('--no-rotation', '--no-rotation', [CompletionResultType]::ParameterName, 'Keep refresh tokens instead of rotating them')
            [CompletionResult]::new('--print-provider', '--print-provider', [CompletionResultType]::ParameterName, 'Print the provider definition that points here, and end')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: documents on stdout, errors on stderr')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask anything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'oauthctl;completions' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile: a vault and key of its own')
            [CompletionResult]::new('--vault', '--vault', [CompletionResultType]::ParameterName, 'Use this vault file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: documents on stdout, errors on stderr')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask anything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'oauthctl;complete' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile: a vault and key of its own')
            [CompletionResult]::new('--vault', '--vault', [CompletionResultType]::ParameterName, 'Use this vault file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: documents on stdout, errors on stderr')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask anything')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'oauthctl;help' {
            [CompletionResult]::new('connect', 'connect', [CompletionResultType]::ParameterValue, 'Authorise an account in your browser and store it')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the connections, with state, expiry and scopes')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show one connection: state, expiry, scopes, client; never a secret')
            [CompletionResult]::new('token', 'token', [CompletionResultType]::ParameterValue, 'Print a fresh access token')
            [CompletionResult]::new('exec', 'exec', [CompletionResultType]::ParameterValue, 'Run a command with fresh tokens in its environment')
            [CompletionResult]::new('api', 'api', [CompletionResultType]::ParameterValue, 'Send an authorised request to a provider''s API')
            [CompletionResult]::new('refresh', 'refresh', [CompletionResultType]::ParameterValue, 'Refresh tokens now')
            [CompletionResult]::new('revoke', 'revoke', [CompletionResultType]::ParameterValue, 'End access at the provider, then erase it here')
            [CompletionResult]::new('consents', 'consents', [CompletionResultType]::ParameterValue, 'Show what was consented to, and when')
            [CompletionResult]::new('audit', 'audit', [CompletionResultType]::ParameterValue, 'Show who did what with which connection, and verify, export, sum up or prune that log')
            [CompletionResult]::new('doc', 'doc', [CompletionResultType]::ParameterValue, 'Keep a manuscript in a repository, with every version of it')
            [CompletionResult]::new('provider', 'provider', [CompletionResultType]::ParameterValue, 'Look after provider definitions')
            [CompletionResult]::new('scopes', 'scopes', [CompletionResultType]::ParameterValue, 'List the scopes that a provider has, by feature and by how far they reach')
            [CompletionResult]::new('client', 'client', [CompletionResultType]::ParameterValue, 'Look after app registrations: client id and secret')
            [CompletionResult]::new('git-credential', 'git-credential', [CompletionResultType]::ParameterValue, 'Answer git''s questions for credentials')
            [CompletionResult]::new('git', 'git', [CompletionResultType]::ParameterValue, 'Make git use the connections')
            [CompletionResult]::new('vault', 'vault', [CompletionResultType]::ParameterValue, 'Look after the vault and its key')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'Look for what is wrong, and say the way out')
            [CompletionResult]::new('config', 'config', [CompletionResultType]::ParameterValue, 'Settings: audit, profile, and which account a provider''s name means, in which folder')
            [CompletionResult]::new('demo', 'demo', [CompletionResultType]::ParameterValue, 'Show what this program does, in a few seconds')
            [CompletionResult]::new('sandbox', 'sandbox', [CompletionResultType]::ParameterValue, 'Run a strict practice provider on this machine')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print the completion script of a shell')
            [CompletionResult]::new('complete', 'complete', [CompletionResultType]::ParameterValue, 'Print what the last word may become, one per line')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'oauthctl;help;connect' {
            break
        }
        'oauthctl;help;list' {
            break
        }
        'oauthctl;help;show' {
            break
        }
        'oauthctl;help;token' {
            break
        }
        'oauthctl;help;exec' {
            break
        }
        'oauthctl;help;api' {
            break
        }
        'oauthctl;help;refresh' {
            break
        }
        'oauthctl;help;revoke' {
            break
        }
        'oauthctl;help;consents' {
            break
        }
        'oauthctl;help;audit' {
            [CompletionResult]::new('verify', 'verify', [CompletionResultType]::ParameterValue, 'Check that no event was edited, removed, inserted or moved')
            [CompletionResult]::new('export', 'export', [CompletionResultType]::ParameterValue, 'Export events as JSON lines or CSV')
            [CompletionResult]::new('prune', 'prune', [CompletionResultType]::ParameterValue, 'Replace old events by a checkpoint')
            [CompletionResult]::new('report', 'report', [CompletionResultType]::ParameterValue, 'Sum up the log: use over time, by program and by connection, failures, expiries ahead')
            break
        }
        'oauthctl;help;audit;verify' {
            break
        }
        'oauthctl;help;audit;export' {
            break
        }
        'oauthctl;help;audit;prune' {
            break
        }
        'oauthctl;help;audit;report' {
            break
        }
        'oauthctl;help;doc' {
            [CompletionResult]::new('init', 'init', [CompletionResultType]::ParameterValue, 'Link a folder to a repository')
            [CompletionResult]::new('push', 'push', [CompletionResultType]::ParameterValue, 'Save what is new in the manuscript as a version in its repository')
            [CompletionResult]::new('pull', 'pull', [CompletionResultType]::ParameterValue, 'Bring what was saved elsewhere into this folder')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Show what is new here since the last version')
            [CompletionResult]::new('diff', 'diff', [CompletionResultType]::ParameterValue, 'Show what you changed, word by word')
            [CompletionResult]::new('resolve', 'resolve', [CompletionResultType]::ParameterValue, 'Decide what a text should be that you and somebody else changed')
            [CompletionResult]::new('log', 'log', [CompletionResultType]::ParameterValue, 'Show the versions of the manuscript or of one file, newest first')
            [CompletionResult]::new('restore', 'restore', [CompletionResultType]::ParameterValue, 'Bring an earlier text of a file back')
            [CompletionResult]::new('find', 'find', [CompletionResultType]::ParameterValue, 'Find words in all versions, for what was there once')
            [CompletionResult]::new('version', 'version', [CompletionResultType]::ParameterValue, 'Give a name to a version, or list the names that were given')
            [CompletionResult]::new('open', 'open', [CompletionResultType]::ParameterValue, 'Show the manuscript or one of its files on its web page')
            [CompletionResult]::new('watch', 'watch', [CompletionResultType]::ParameterValue, 'Save by itself while you write, until you stop it')
            [CompletionResult]::new('undo', 'undo', [CompletionResultType]::ParameterValue, 'Take back what the last command did to the files here')
            break
        }
        'oauthctl;help;doc;init' {
            break
        }
        'oauthctl;help;doc;push' {
            break
        }
        'oauthctl;help;doc;pull' {
            break
        }
        'oauthctl;help;doc;status' {
            break
        }
        'oauthctl;help;doc;diff' {
            break
        }
        'oauthctl;help;doc;resolve' {
            break
        }
        'oauthctl;help;doc;log' {
            break
        }
        'oauthctl;help;doc;restore' {
            break
        }
        'oauthctl;help;doc;find' {
            break
        }
        'oauthctl;help;doc;version' {
            break
        }
        'oauthctl;help;doc;open' {
            break
        }
        'oauthctl;help;doc;watch' {
            break
        }
        'oauthctl;help;doc;undo' {
            break
        }
        'oauthctl;help;provider' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the providers that can be connected')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show what a definition says: endpoints, redirect URI, how tokens live and end')
            [CompletionResult]::new('add', 'add', [CompletionResultType]::ParameterValue, 'Add a provider from a definition file')
            [CompletionResult]::new('remove', 'remove', [CompletionResultType]::ParameterValue, 'Remove a definition of yours')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Look definitions over: what can''t be used, what is weaker than it should be')
            break
        }
        'oauthctl;help;provider;list' {
            break
        }
        'oauthctl;help;provider;show' {
            break
        }
        'oauthctl;help;provider;add' {
            break
        }
        'oauthctl;help;provider;remove' {
            break
        }
        'oauthctl;help;provider;check' {
            break
        }
        'oauthctl;help;scopes' {
            break
        }
        'oauthctl;help;client' {
            [CompletionResult]::new('set', 'set', [CompletionResultType]::ParameterValue, 'Store an app registration for a provider')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show the app registrations of a provider, without their secrets')
            [CompletionResult]::new('remove', 'remove', [CompletionResultType]::ParameterValue, 'Remove an app registration')
            break
        }
        'oauthctl;help;client;set' {
            break
        }
        'oauthctl;help;client;show' {
            break
        }
        'oauthctl;help;client;remove' {
            break
        }
        'oauthctl;help;git-credential' {
            break
        }
        'oauthctl;help;git' {
            [CompletionResult]::new('setup', 'setup', [CompletionResultType]::ParameterValue, 'Let git sign in to a host with your connections')
            break
        }
        'oauthctl;help;git;setup' {
            break
        }
        'oauthctl;help;vault' {
            [CompletionResult]::new('init', 'init', [CompletionResultType]::ParameterValue, 'Make a vault and its key')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Say where the vault and its key are, and whether it is believed')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Look at every record, event and page of the vault')
            [CompletionResult]::new('recover', 'recover', [CompletionResultType]::ParameterValue, 'Open the vault with its recovery key and give it a new key')
            [CompletionResult]::new('rekey', 'rekey', [CompletionResultType]::ParameterValue, 'Give the vault a new key and a new identity')
            [CompletionResult]::new('recipients', 'recipients', [CompletionResultType]::ParameterValue, 'See and change who can open the vault')
            [CompletionResult]::new('move-key', 'move-key', [CompletionResultType]::ParameterValue, 'Keep the vault''s key in another place')
            [CompletionResult]::new('export', 'export', [CompletionResultType]::ParameterValue, 'Send connections to a CI job, in one sealed file')
            [CompletionResult]::new('import', 'import', [CompletionResultType]::ParameterValue, 'Take in connections that `vault export` sent')
            [CompletionResult]::new('backup', 'backup', [CompletionResultType]::ParameterValue, 'Write the whole vault to one encrypted file')
            [CompletionResult]::new('restore', 'restore', [CompletionResultType]::ParameterValue, 'Go back to a backup')
            [CompletionResult]::new('accept-rollback', 'accept-rollback', [CompletionResultType]::ParameterValue, 'Go on with a vault file that was restored or rolled back')
            break
        }
        'oauthctl;help;vault;init' {
            break
        }
        'oauthctl;help;vault;status' {
            break
        }
        'oauthctl;help;vault;check' {
            break
        }
        'oauthctl;help;vault;recover' {
            break
        }
        'oauthctl;help;vault;rekey' {
            break
        }
        'oauthctl;help;vault;recipients' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List who can open the vault')
            [CompletionResult]::new('add', 'add', [CompletionResultType]::ParameterValue, 'Let one more key open the vault')
            [CompletionResult]::new('remove', 'remove', [CompletionResultType]::ParameterValue, 'Take a key''s access to the vault away')
            break
        }
        'oauthctl;help;vault;recipients;list' {
            break
        }
        'oauthctl;help;vault;recipients;add' {
            break
        }
        'oauthctl;help;vault;recipients;remove' {
            break
        }
        'oauthctl;help;vault;move-key' {
            break
        }
        'oauthctl;help;vault;export' {
            break
        }
        'oauthctl;help;vault;import' {
            break
        }
        'oauthctl;help;vault;backup' {
            break
        }
        'oauthctl;help;vault;restore' {
            break
        }
        'oauthctl;help;vault;accept-rollback' {
            break
        }
        'oauthctl;help;doctor' {
            break
        }
        'oauthctl;help;config' {
            [CompletionResult]::new('get', 'get', [CompletionResultType]::ParameterValue, 'Print a setting as it holds here and now')
            [CompletionResult]::new('set', 'set', [CompletionResultType]::ParameterValue, 'Change a setting in the file; comments and order stay as they are')
            [CompletionResult]::new('unset', 'unset', [CompletionResultType]::ParameterValue, 'Take a setting out of the file, so that what is below it decides')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the settings as they hold here and now, and what decides each')
            [CompletionResult]::new('path', 'path', [CompletionResultType]::ParameterValue, 'Print where the settings file is, or would be')
            break
        }
        'oauthctl;help;config;get' {
            break
        }
        'oauthctl;help;config;set' {
            break
        }
        'oauthctl;help;config;unset' {
            break
        }
        'oauthctl;help;config;list' {
            break
        }
        'oauthctl;help;config;path' {
            break
        }
        'oauthctl;help;demo' {
            break
        }
        'oauthctl;help;sandbox' {
            break
        }
        'oauthctl;help;completions' {
            break
        }
        'oauthctl;help;complete' {
            break
        }
        'oauthctl;help;help' {
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
