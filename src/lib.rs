//! `oauthctl` owns a person's, or a CI job's, OAuth connections: it signs them in, keeps the tokens
//! in an encrypted vault, hands scripts fresh ones, ends access, and logs who used what.
//!
//! This page is for who wants to change the program: where things are, what must hold, and what is
//! deliberately absent. What the program does for its users is in `README.md`.
//!
//! # Bird's-eye view
//!
//! There is no daemon. Every command is a process that opens the vault, does one thing and ends;
//! what processes must agree on is settled by SQLite transactions and kernel locks beside the
//! vault.
//!
//! ```text
//!         argv, environment, terminal
//!                    |
//!    commands  parse, ask, show          error  kinds, hints, exit codes
//!                    |
//!       app    paths, clock, key, vault come together
//!        |                |                  |
//!      flow          connection           sandbox        (a provider to practise on)
//!   browser, loopback  life of a token
//!        |                |
//!      http  --reply-->  oauth (pure)    vault (SQLite)      provider (data)    key (custody)
//! ```
//!
//! **`token CONN`**. `commands::token` asks [`app`] to open the vault: the header says where the
//! identity is, [`key`] fetches it, age opens the header, the vault key is compared with the pin
//! and the head with the anchor. [`connection::fresh`] then runs one transaction that reads the
//! state, decides, logs the hand-out and commits without waiting for the disk; only after the
//! commit is the token printed. No async runtime, no TLS, no certificate is touched on this path.
//! If the token is too old, the command refreshes and asks again.
//!
//! **`refresh`** ([`connection::refresh`]) is a flight. *Begin*: take the vault's lock shared and
//! the connection's lock, read **again** (whoever waited usually finds a newer set and is done),
//! build the request, commit an *intent*, take disk space for the answer in a rescue file. *Send*:
//! once, never retried. *Finish*: commit the new set and clear the intent in one fsynced
//! transaction, and only then let anyone see the token. If the vault can't be written by then, the
//! sealed rescue file can. A crash in between leaves the intent, and whoever next holds the lock
//! knows that the old refresh token may be spent: it adopts the rescue file, or tries the old token
//! once where the provider's definition says that this is safe, or says that a person must sign in,
//! and why.
//!
//! **`connect`** has the key in hand before anything is asked of the person. [`flow::code`] binds
//! the loopback listener, makes state, verifier and nonce, gives the URL through the one browser
//! gate, and waits until a fully valid answer comes; nothing else ends the wait. The code is
//! redeemed once, under a committed pending record, with a rescue file. [`connection::connect`]
//! finds the account's place, writes tokens, consent and audit event in one transaction, and then
//! tells the waiting [`flow::landing`] that it may say success: a page that says "connected" while
//! the tokens are not on disk would be a lie. What a person pastes is judged as what the listener
//! hears. `--device` ([`flow::device`]) asks until the person consented; `--start`
//! ([`connection::start`]) seals the one-time secrets for a `--resume` within ten minutes.
//!
//! **A signal** ends a process at once, unless a request that spends something is in the air
//! ([`stop`]): then its answer is stored first, nothing new is begun, and a second signal insists. The
//! first one is answered at once with a line that says so, and what was done is told before the end.
//!
//! **`revoke`** ([`connection::revoke`]) marks the connection `Revoking` before anything else, tells
//! the provider in the way that its definition names, and erases only after the provider confirmed. What was not
//! confirmed stays, is never handed out, and is tried again by `refresh --due` or the next
//! `revoke`. A later consent of the same account ends nothing at most providers, so the grant that it
//! takes the place of is kept ([`connection::replaced`]), and put back into the row to be ended when the
//! newer one is.
//!
//! **`vault restore`** ([`app`], [`connection::restore`]). Into a vault that stands only what it lacks comes
//! back, in one transaction; where none stands the backup is unpacked beside its place, made ready there
//! ([`connection::rollback`]: what may have been spent since becomes `suspect`), and appears by one rename.
//! **`vault export`** ([`connection::portable`]) sets a connection `suspect` before it writes the file and
//! `moved` when the file is there, so that whatever cuts it off nothing is refreshed from two places. The
//! ticket in the file brings it home from either state, with newer tokens.
//!
//! **Completions** ask the program itself while somebody types: `complete` walks the command tree to the
//! word in question and prints names; the shell scripts hold none and expand none.
//!
//! **`doc push`** and **`doc pull`** ([`document`]). Each file has three versions: what both sides had
//! (noted in `.oauthctl/`), what is here, what is there; [`document::plan`] says what becomes of it.
//! A push is one request that names the version its edits are based on, so it lands there or not at
//! all; a note that was written before it, and a mark in the version's message, tell after a lost answer
//! whether it did. A pull writes down what it will do to the folder before it does it, keeps what it
//! replaces, and finishes after a crash ([`document::journal`]). [`document::merge`] and
//! [`document::diff`] are pure, and compare what [`document::reading`] makes of a file; what is written
//! is always the file's own bytes.
//!
//! # Modules and layers
//!
//! Each row uses lower rows only, never its neighbours. `tests/house/layers.rs` holds this table,
//! what a module must not know although it lies lower, and which module may use which outside
//! crate.
//!
//! | layer | what is there |
//! |---|---|
//! | `main` | returns the exit code, so that destructors run and wipe secrets |
//! | [`generate`] | completions and man pages from the command tree |
//! | [`commands`] | one file per command; the folder tree is the command tree; parse, ask, show |
//! | [`app`] | the composition root: environment, paths, clock, key and vault |
//! | [`error`] | what failed, why, the way out; the exit codes |
//! | [`connection`], [`flow`], [`sandbox`] | the life of a token; a grant run against the world; the practice provider |
//! | [`exchange`] | an HTTP response as the protocol reads it |
//! | [`document`], [`oauth`], [`vault`] | manuscripts and their repository; the protocol, pure; the sealed file |
//! | [`provider`], [`key`], [`http`], [`ui`], [`token`], [`config`] | definitions, custody, the one HTTP client, the one printer, token sets, settings |
//! | [`plugin`] | hardware keys and other keys that age plugins have |
//! | [`lock`] | kernel locks, and waiting within bounds |
//! | [`private_file`], [`env`](mod@env), [`stop`], [`child`] | the owners of files, of the environment, of signals and of programs that may hang |
//! | [`names`], [`endpoint`], [`signing`] | values that can't be wrong once parsed, keys that sign |
//! | [`moment`], [`escape`], [`secret`], [`harden`], [`inflate`], [`ordered`], [`json`], [`beside`] | time as a value, text made harmless, secrets with one door, a process that can't be dumped, deflate within bounds, sorted maps, documents, threads |
//!
//! # What is deliberately absent
//!
//! - **No clock below [`app`].** Everything takes a [`moment::Moment`], or asks the `fn` in
//!   [`connection::World`]. Expiry is computed, never stored.
//! - **No I/O and no randomness in [`oauth`].** Requests leave as values and answers come in as
//!   values; whoever tests it needs no server.
//! - **No vault transaction across the network.** What spans a request is a lock and a committed
//!   intent.
//! - **No retry of a request** that a server may have seen. [`http::SendError`] tells the two
//!   apart.
//! - **No redirect is followed**, no cookie kept, no compression accepted, no answer read without a
//!   bound on its time and size.
//! - **No name of a provider in code.** A quirk is a value of a closed enum in
//!   [`provider::definition`]; `src/provider/builtin/*.toml` are the only places that know who has
//!   it.
//! - **No `Display` and no `Serialize` for a secret.** [`secret::Secret::expose`] is the only door;
//!   search for that word to review every place where one leaves.
//! - **Nothing prints but [`ui`]** (clap prints help and usage), and nothing that came from a
//!   server or a file reaches a terminal unescaped.
//! - **No error text quotes a response's body, a query or a secret.** Parsers' own error texts do;
//!   they are not passed on.
//! - **No secret on a command line**, in either direction: they come from stdin, a file or a
//!   prompt. The authorization URL is on the browser's: it carries a state and a challenge, neither
//!   of which opens anything without the verifier, which only the token endpoint ever sees.
//! - **No key is made, deleted or replaced because of an error**, and there is no plaintext
//!   fall-back. [`key::unlock`] only reads.
//! - **No `exit`.** `main` returns; no `unsafe`; no panic outside tests.
//! - **No mocks and no trait for the network, the clock or a provider.** Tests run the real binary
//!   against [`sandbox`] and against servers that others wrote. The sandbox shares none of the
//!   client's parsers, because a server that did would agree with its mistakes. The two seams that
//!   tests need exist only with `--cfg oauthctl_test`.
//!
//! # Invariants
//!
//! - *Read again under the lock*: a decision made before a lock was had is only a guess.
//! - *Durable before visible*: a token that came from the network is shown after it was fsynced; a
//!   hand-out is printed after its event was committed.
//! - *Only `invalid_grant`* (and what a definition says means the same) ends a connection, and even
//!   then nothing is deleted. Everything else that goes wrong is temporary and keeps everything.
//! - *A provider in trouble is left alone*: `Retry-After` and failures in a row are stored with the
//!   connection; only a person who names it goes ahead.
//! - *A grant stays with whom it was made with*: token endpoint, issuer, revocation endpoint and
//!   client id are stamped on a connection; a definition that says otherwise later gets nothing
//!   sent. A client's secret stays with the token endpoint that it was stored for.
//! - *A file is believed as a whole*: header, pin, head, directory and log prove each other
//!   ([`vault`] says how).
//! - *A sealed file proves nothing about who wrote it*: what an import brings takes the place of
//!   what is here only with a ticket that an export of ours put into its file, reads nothing of this
//!   machine, and is sealed again only for whom it was sealed for when it came.
//! - *Locks lie beside the vault and are never unlinked*; where one can't be had nothing is sent.
//!
//! # Where the contract left it open
//!
//! - `vault restore` into a vault that stands replaces nothing: it fills. `vault export` moves, also what
//!   does not rotate, unless told to `--copy`; it brings definitions along, but none over a shipped one.
//! - Signing in to a connection again (`connect PROVIDER/ACCOUNT`, or `--account`) asks for what it asked
//!   for and has. `connect PROVIDER` does so only where its one connection is over: else a second
//!   account may be meant, which gets no more than the default.
//! - `vault move-key` keeps the identity, and leaves an identity file where it is: others may use it.
//! - The environment's vault (`OAUTHCTL_VAULT`) gives way to `--profile`: a flag beats a variable.
//! - `refresh` of a connection that has no refresh token and does not expire is nothing to do, exit
//!   0.
//! - A connection named on the command line may be refreshed although it is `suspect`; `--all` and
//!   `token` don't refresh it, because an old refresh token may end the live grant.
//! - After a lost answer the old refresh token is tried once or never, as the definition says
//!   (`lost_answer`): where reuse ends the grant, trying would.
//! - A provider that can't be told of a revocation: erased here, reported as *not* revoked, exit 1. A
//!   connection that another vault has: the same, but it stays listed as moved, so that it can come home
//!   to be ended; `--local-only` forgets it.
//! - A discovered provider is pinned at first use as a file in `providers/`, written when it is about
//!   to grant something and never taken away again; other metadata later
//!   needs a person's yes, and is stopped (exit 9) where nobody is there to give it.
//! - Of several authorization servers of a resource the first is taken, and said.
//! - Authorization requests are pushed wherever the definition has the endpoint, with no way back to
//!   a plain one; tokens are bound to a key where the definition says `required`, or `--dpop`.
//! - What a client gets for itself is named after it; a job's exchanged token is `default`.
//! - `doctor` contacts nobody without `--online`, and then asks hosts for headers, with no id, token or
//!   path. It exits with the code of the most pressing failure, as the others do for many connections;
//!   a warning is no failure. It opens the vault without migrating it or writing an anchor; whether there
//!   is room is seen by a small file of its own, which it removes.
//! - Scopes are compared as sets, with the definition's aliases, implications and letter case. An
//!   answer without `scope` means what was asked for (RFC 6749 section 5.1).
//! - A malformed answer of a token endpoint is temporary (exit 5): nothing is concluded from it.
//! - An environment identity is never written anywhere; pin and anchor then lie in the state
//!   folder.
//! - A vault without a pin beside its key is read only until a person confirmed its fingerprint;
//!   hand-outs work meanwhile, with a warning, because they can't be logged.
//! - A token that somebody brought (`--with-token`) is not told to the provider as revoked: what a
//!   provider says about a token that it did not issue to our client means nothing.
//! - Where only access tokens can be revoked, "I don't know it" is believed when the grant gives no
//!   other access token; else one is fetched and told, and the connection is kept until confirmed.
//! - Reconnecting an account whose revocation was never confirmed drops the promised retry, which
//!   could end the new grant; it is said.
//! - A rekey puts the new identity at a place of its own (another keyring item, another file), so that
//!   the header, which names the place, decides at its commit which identity opens the vault. The old
//!   keyring item and notes are removed when the vault was next opened; an old identity file stays,
//!   because other vaults and older backups may need it. Audit marks of tokens begin anew.
//! - A missing anchor is written anew and stops nobody: it is a witness, not a key.
//! - An anchor has a keyed hash of `/etc/machine-id`; where nothing names the machine, or the vault is
//!   on a network share, that says nothing.
//!
//! # Who can do what
//!
//! **With the files** (a stolen disk or backup, no key) one sees, in `vault.db`: the vault's id,
//! the schema's version, how often the vault key was changed, the key source as text (for a key
//! file its path), the age file and so how many recipients it has and of which type; how many
//! records there are (clients, connections, consents and pending connects are not told apart) and
//! how many log events; each one's size in steps of 64 bytes; each record's version, and so the
//! order and number of changes. Beside it: the times of the files, a lock file per connection that
//! was ever connected, refreshed or revoked, the size of rescue files. Record names are keyed
//! hashes. `config.toml` and `providers/*.toml` are plain text, and tell which providers of one's
//! own were defined.
//!
//! **Who can write the files** can destroy them. Forged, moved, replayed, duplicated, hidden and
//! truncated parts are detected at the next read and stop it; a header made for the public
//! recipient is caught by the pin. A whole vault set back is caught by the anchor: valid tokens are
//! still handed out, with a warning, and nothing is refreshed or changed until `vault
//! accept-rollback`. Deleting the anchor removes that witness; where the key is in a file, the
//! anchor lies beside it and no better guarded. A whole vault of somebody's own in the place of
//! ours brings key and pin along, since its header says where they are; a note in the state folder
//! of which vault was at that path, and where its key was, makes it read only until a person
//! confirms it ([`app::App::known`]). Who can write that folder too is not kept out.
//!
//! **Who restores the vault and the anchor together is not detected.** That brings back connections
//! that were revoked since (their tokens are dead at the provider), old refresh tokens (using a
//! rotated one may end the live grant), and hides the log events since. A copy of everything, key
//! included, that is used on two machines is the same case, unless their ids differ.
//!
//! **Who has the key** and the files has every token and client secret, now and from older copies,
//! and can write a new log from the last anchor or head that somebody noted elsewhere. `vault
//! recover` is for a lost key, not for a stolen one: then `vault rekey`, revoke everything and connect
//! anew. A rekey ends what the old key opens from then on; older copies and backups stay readable to it.
//!
//! **Another user of the machine** gets nothing: files are 0600 in 0700 folders and refused
//! otherwise, the listener is exact about method, path, Host and `Sec-Fetch-*`, the process can't
//! be dumped.
//!
//! **Out of scope**: malware that runs as the same user, root, a hostile keyring, a hostile
//! browser. They can ask for tokens as the person can.
//!
//! **Not in our hands**: what SSDs, snapshots, backups and swap keep of what was deleted; memory is
//! wiped and core files are off, but pages are not locked. A log that is cut at its end and a vault
//! that was set back are invisible where no anchor is kept. When a provider forgets the old refresh
//! token at the moment it acts (rotation with no grace), whatever ends the process or the way to us from
//! then until our commit or rescue file loses the grant: a kill, a power cut, a second signal, a
//! connection that breaks. That is the time of the answer on the network and some milliseconds here;
//! it is reported in words and the person signs in again.
//!
//! # Platforms
//!
//! Linux is tested. On macOS and Windows the keyring stores are compiled in by target and files and
//! locks use the standard library's ways, but nothing has been verified there: owner and mode
//! checks, process hardening, the boot clock and the parent's name in the log are Linux (or Unix)
//! only.

pub mod app;
pub mod beside;
pub mod child;
pub mod commands;
pub mod config;
pub mod connection;
pub mod document;
pub mod endpoint;
pub mod env;
pub mod error;
pub mod escape;
pub mod exchange;
pub mod flow;
pub mod generate;
pub mod harden;
pub mod http;
pub mod inflate;
pub mod json;
pub mod key;
pub mod lock;
pub mod moment;
pub mod names;
pub mod oauth;
pub mod ordered;
pub mod plugin;
pub mod private_file;
pub mod provider;
pub mod sandbox;
pub mod secret;
pub mod signing;
pub mod stop;
pub mod token;
pub mod ui;
pub mod vault;
