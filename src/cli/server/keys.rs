//! The table of what can be set: arguments of `serve`, variables, keys of the file and the lines of
//! `highwater config` all follow from it.

use clap::{Arg, ArgMatches, Args, Command, FromArgMatches};

/// A setting.
#[derive(Debug)]
pub struct Key {
    /// Table and name in the file: `server.listen`.
    pub path: &'static str,
    /// What its values are.
    pub kind: Kind,
    /// What is in force when nobody sets it.
    pub unset: Unset,
    /// What it sets.
    pub meaning: &'static str,
}

/// What is in force when nobody sets something.
#[derive(Clone, Copy, Debug)]
pub enum Unset {
    /// This value.
    Is(&'static str),
    /// What these words say.
    Follows(&'static str),
}

/// What the values of a setting are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A text.
    Text,
    /// A whole number.
    Number,
    /// A time such as `500ms`.
    Time,
    /// Several texts.
    List,
    /// A text that is shown to nobody.
    Secret,
    /// Several of them.
    Secrets,
    /// An address that may have a password in it.
    Address,
}

impl Kind {
    /// Whether there can be several values.
    pub fn is_list(self) -> bool {
        matches!(self, Kind::List | Kind::Secrets)
    }

    /// Whether a message may repeat the value.
    pub fn is_shown(self) -> bool {
        !matches!(self, Kind::Secret | Kind::Secrets | Kind::Address)
    }

    /// What stands for a value in help.
    fn placeholder(self) -> &'static str {
        match self {
            Kind::Text | Kind::Secret => "VALUE",
            Kind::Number => "N",
            Kind::Time => "TIME",
            Kind::List | Kind::Secrets => "LIST",
            Kind::Address => "URL",
        }
    }
}

impl Key {
    /// Its name within its table.
    pub fn name(&self) -> &'static str {
        self.path
            .split_once('.')
            .map_or(self.path, |(_, name)| name)
    }

    /// The table of the file that it stands in.
    pub fn table(&self) -> &'static str {
        self.path.split_once('.').map_or("", |(table, _)| table)
    }

    /// The variable of the environment that sets it.
    pub fn variable(&self) -> String {
        match self.path {
            // The name that everybody's databases have.
            "server.database_url" => "DATABASE_URL".to_owned(),
            _ => {
                let path = self.path.trim_start_matches("server.");
                format!("HIGHWATER_{}", path.replace('.', "_").to_uppercase())
            }
        }
    }

    /// The argument of `serve` that sets it. What GitHub gave has none: secrets on a command line
    /// are seen by everybody on the machine.
    pub fn flag(&self) -> Option<String> {
        let is_ours = self.table() == "server";
        is_ours.then(|| self.name().replace('_', "-"))
    }
}

use Kind::{Address, List, Number, Secret, Secrets, Text, Time};
use Unset::{Follows, Is};

const fn key(path: &'static str, kind: Kind, unset: Unset, meaning: &'static str) -> Key {
    Key {
        path,
        kind,
        unset,
        meaning,
    }
}

/// All of them, in the order in which they are shown.
pub const KEYS: [Key; 32] = [
    key(
        "server.listen",
        Text,
        Is("127.0.0.1:8080"),
        "where to listen",
    ),
    key(
        "server.public_url",
        Text,
        Follows("where it listens"),
        "the site's address for others, such as `https://highwater.example.com`",
    ),
    key(
        "server.database_url",
        Address,
        Follows("`highwater.db` in the data directory"),
        "database: `postgres://…`, `sqlite://FILE`, or `sqlite::memory:` to keep nothing for longer than the process lives",
    ),
    key(
        "server.data_dir",
        Text,
        Is("."),
        "directory of the database",
    ),
    key(
        "server.proxies",
        List,
        Follows("none"),
        "proxies that are believed when they say for whom they ask, such as `10.0.0.0/8`",
    ),
    key(
        "server.body_bytes",
        Number,
        Is("524288"),
        "largest request, in bytes",
    ),
    key(
        "server.analyses",
        Number,
        Follows("as many as there are processors"),
        "analyses at the same time",
    ),
    key(
        "server.wait",
        Time,
        Is("500ms"),
        "how long a request waits for its turn",
    ),
    key(
        "server.deadline",
        Time,
        Is("5s"),
        "how long an analysis may take",
    ),
    key(
        "server.per_minute",
        Number,
        Is("240"),
        "analyses that one client may ask for in a minute; a sixth of them at once",
    ),
    key(
        "server.keep_days",
        Number,
        Is("30"),
        "days for which a result is kept when somebody asks for that",
    ),
    key(
        "server.keep_results",
        Number,
        Is("10000"),
        "results that are kept at the same time",
    ),
    key(
        "server.keep_bytes",
        Number,
        Is("268435456"),
        "bytes of all that is kept",
    ),
    key(
        "server.log",
        Text,
        Is("text"),
        "form of the log: `text` or `json`",
    ),
    key(
        "server.log_level",
        Text,
        Is("warn,highwater=info"),
        "what is logged, such as `warn` or `warn,highwater=debug`",
    ),
    key(
        "github.app_id",
        Number,
        Follows("without it there is no bot"),
        "number of the GitHub App",
    ),
    key(
        "github.private_key",
        Secret,
        Follows("read from `private_key_file`"),
        "private key of the App, as PEM",
    ),
    key(
        "github.private_key_file",
        Text,
        Follows("none"),
        "file with the private key of the App",
    ),
    key(
        "github.webhook_secrets",
        Secrets,
        Follows("none"),
        "secrets of the App's webhook; several while one replaces another",
    ),
    key(
        "github.api_url",
        Text,
        Is("https://api.github.com"),
        "GitHub's API; on a server of your own `https://HOST/api/v3`",
    ),
    key(
        "github.html_url",
        Text,
        Follows("what belongs to `api_url`"),
        "GitHub's pages",
    ),
    key(
        "github.client_id",
        Text,
        Follows("nobody can sign in"),
        "client id of the App, for signing in",
    ),
    key(
        "github.client_secret",
        Secret,
        Follows("none"),
        "client secret of the App",
    ),
    key(
        "github.max_comments",
        Number,
        Is("15"),
        "comments that a review has at most; the rest stand in the check run",
    ),
    key(
        "github.fail_on",
        Text,
        Is("high"),
        "which findings make a check run fail: `high`, `medium` (and high) or `never`",
    ),
    key(
        "github.workers",
        Number,
        Is("4"),
        "pull requests that are worked on at the same time",
    ),
    key(
        "github.queue",
        Number,
        Is("10000"),
        "jobs that may wait; beyond, webhooks are answered 503",
    ),
    key(
        "github.read_calls",
        Number,
        Is("600"),
        "requests that reading one pull request may cost",
    ),
    key(
        "github.read_bytes",
        Number,
        Is("67108864"),
        "bytes of files that are read for one pull request",
    ),
    key(
        "github.retention",
        Time,
        Is("30d"),
        "how long reviews and what was read for them are kept",
    ),
    key(
        "reviews.administrators",
        List,
        Follows("nobody but whoever sits at the machine"),
        "who may see and do everything once signed in: names on GitHub, or `#` and the number of an account",
    ),
    key(
        "reviews.token",
        Secret,
        Follows("the pages of reviews answer on this machine alone"),
        "what opens the pages of reviews from elsewhere, 16 characters or more",
    ),
];

/// What was set by arguments of `serve`: path and value.
#[derive(Clone, Debug, Default)]
pub struct Flags(pub Vec<(&'static str, String)>);

impl Args for Flags {
    fn augment_args(mut command: Command) -> Command {
        for key in &KEYS {
            let Some(flag) = key.flag() else { continue };
            let mut help = first_upper(key.meaning);
            let (Is(default) | Follows(default)) = key.unset;
            help += &format!(" [default: {default}] [env: {}]", key.variable());
            let placeholder = key.kind.placeholder();
            let argument = Arg::new(key.path).long(flag).value_name(placeholder);
            command = command.arg(argument.help(help));
        }
        command
    }

    fn augment_args_for_update(command: Command) -> Command {
        Flags::augment_args(command)
    }
}

impl FromArgMatches for Flags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Flags, clap::Error> {
        let mut flags = Flags::default();
        flags.update_from_arg_matches(matches)?;
        Ok(flags)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        for key in KEYS.iter().filter(|key| key.flag().is_some()) {
            let value: Option<&String> = matches.get_one(key.path);
            self.0.extend(value.map(|value| (key.path, value.clone())));
        }
        Ok(())
    }
}

fn first_upper(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters.clone()).collect()
}
