//! Who goes before whom, what is refused and how, and that no secret is shown.

use std::ffi::OsString;
use std::time::Duration;

use super::*;
use crate::cli::server::keys::{KEYS, Unset};
use secrecy::ExposeSecret;

const PEM: &str = "-----BEGIN RSA PRIVATE KEY-----\\nc2VjcmV0\\n-----END RSA PRIVATE KEY-----";

/// What follows from arguments, variables and a file: the settings, their lines, and what is wrong.
fn set(
    flags: &[(&'static str, &str)],
    variables: &[(&str, &str)],
    file: &str,
) -> (Option<Server>, String, Vec<String>) {
    let flags = flags
        .iter()
        .map(|(path, value)| (*path, (*value).to_owned()));
    let environment = |name: &str| {
        let mut variables = variables.iter();
        let found = variables.find(|(variable, _)| *variable == name);
        found.map(|(_, value)| OsString::from(value))
    };
    let file = given::File {
        path: "etc/highwater.toml",
        text: file,
    };
    let mut all = All::gather(&Flags(flags.collect()), &environment, Some(file));
    let server = understood(&mut all);
    let lines = shown::lines(&all);
    (server, lines, all.errors)
}

fn understood_all(variables: &[(&str, &str)], file: &str) -> Server {
    let (server, _, errors) = set(&[], variables, file);
    assert_eq!(errors, [""; 0]);
    server.unwrap()
}

/// What is said of one value.
fn refused(variables: &[(&str, &str)], file: &str) -> String {
    set(&[], variables, file).2.join("\n")
}

#[test]
fn the_defaults_are_those_of_the_site() {
    let server = understood_all(&[], "");
    assert_eq!(
        format!("{:?}", server.web),
        format!("{:?}", web::Settings::default())
    );
    let bot = understood_all(
        &[
            ("HIGHWATER_GITHUB_APP_ID", "1"),
            ("HIGHWATER_GITHUB_PRIVATE_KEY", PEM),
        ],
        "",
    );
    let own = github::Settings::new(1, SecretString::from(""));
    assert_eq!(format!("{:?}", bot.github.unwrap()), format!("{own:?}"));
    assert!(server.github.is_none() && server.public_url.is_none());
    assert_eq!(server.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(
        (server.log, server.data_dir),
        (Log::Text, PathBuf::from("."))
    );
}

#[test]
fn arguments_go_before_the_environment_and_that_before_the_file() {
    let file = "[server]\nkeep_days = 3\nper_minute = 7\nanalyses = 9\ndata_dir = \"data\"\n";
    let variables = [
        ("HIGHWATER_KEEP_DAYS", "2"),
        ("HIGHWATER_PER_MINUTE", "6"),
        ("HIGHWATER_ANALYSES", ""),
    ];
    let (server, lines, errors) = set(&[("server.keep_days", "1")], &variables, file);
    assert_eq!(errors, [""; 0]);
    let server = server.unwrap();
    assert_eq!(
        (
            server.web.keep_days,
            server.web.per_minute,
            server.web.analyses
        ),
        (1, 6, 9)
    );
    assert_eq!(
        server.data_dir,
        PathBuf::from("etc/data"),
        "from where the file is"
    );
    for line in [
        "# keep_days = 1  # --keep-days",
        "# per_minute = 6  # HIGHWATER_PER_MINUTE",
        "# analyses = 9  # etc/highwater.toml:4",
        "# wait = \"500ms\"  # default",
        "# public_url is not set  # where it listens",
    ] {
        assert!(
            lines.lines().any(|shown| shown == line),
            "{line} in {lines}"
        );
    }
}

#[test]
fn every_key_can_be_set_by_its_variable_and_in_the_file() {
    for key in &KEYS {
        let Unset::Is(value) = key.unset else {
            continue;
        };
        let variable = key.variable();
        let (_, lines, errors) = set(&[], &[(&variable, value)], "");
        assert_eq!(errors, [""; 0], "{}", key.path);
        assert!(lines.contains(&format!("  # {variable}\n")), "{lines}");
        let file = format!("[{}]\n{} = \"{value}\"\n", key.table(), key.name());
        let (_, lines, errors) = set(&[], &[], &file);
        assert_eq!(errors, [""; 0], "{}", key.path);
        assert!(lines.contains("  # etc/highwater.toml:2\n"), "{lines}");
    }
}

#[test]
fn a_bot_is_all_of_its_parts() {
    let variables = [
        ("HIGHWATER_GITHUB_APP_ID", "17"),
        ("HIGHWATER_GITHUB_PRIVATE_KEY", PEM),
        ("HIGHWATER_GITHUB_WEBHOOK_SECRETS", "new one, old one"),
        ("HIGHWATER_GITHUB_CLIENT_ID", "Iv1.a"),
        ("HIGHWATER_GITHUB_CLIENT_SECRET", "hush"),
        (
            "HIGHWATER_GITHUB_API_URL",
            "https://ghe.example.com/api/v3/",
        ),
    ];
    let file = "[github]\nfail_on = \"medium\"\nretention = \"7d\"\nmax_comments = 3\n";
    let server = understood_all(&variables, file);
    let bot = server.github.unwrap();
    assert_eq!(
        (bot.app_id, bot.max_comments, bot.fail_on),
        (17, 3, FailOn::Medium)
    );
    assert_eq!(bot.private_key.expose_secret().lines().count(), 3);
    let secrets: Vec<&str> = bot
        .webhook_secrets
        .iter()
        .map(ExposeSecret::expose_secret)
        .collect();
    assert_eq!(secrets, ["new one", "old one"]);
    assert_eq!(
        (bot.api_url.as_str(), bot.html_url.as_str()),
        ("https://ghe.example.com/api/v3", "https://ghe.example.com")
    );
    assert_eq!(server.retention, Duration::from_secs(7 * 24 * 3600));
    assert!(!format!("{bot:?}").contains("hush"));
    let said = refused(&variables[1..2], "");
    assert_eq!(
        said,
        "HIGHWATER_GITHUB_APP_ID (or `app_id` in `[github]`) is missing: give the number of the GitHub App, which its page of settings shows"
    );
    let said = refused(&variables[..1], "");
    assert!(
        said.starts_with("HIGHWATER_GITHUB_PRIVATE_KEY_FILE (or"),
        "{said}"
    );
    let said =
        refused(&variables[..5], "") + &refused(&[variables[0], variables[1], variables[3]], "");
    assert!(
        said.starts_with("HIGHWATER_GITHUB_CLIENT_SECRET (or"),
        "{said}"
    );
}

#[test]
fn the_key_may_stand_in_a_file() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("app.pem");
    std::fs::write(&file, PEM.replace("\\n", "\n")).unwrap();
    let file = file.to_str().unwrap();
    let app = ("HIGHWATER_GITHUB_APP_ID", "17");
    let named = ("HIGHWATER_GITHUB_PRIVATE_KEY_FILE", file);
    let bot = understood_all(&[app, named], "").github.unwrap();
    assert!(bot.private_key.expose_secret().contains("c2VjcmV0"));
    // The environment goes before the file of settings, whichever of the two keys it has.
    let other = "[github]\nprivate_key = \"no key\"\n";
    assert!(understood_all(&[app, named], other).github.is_some());
    let said = refused(&[app, named, ("HIGHWATER_GITHUB_PRIVATE_KEY", PEM)], "");
    assert!(said.contains("one of the two is enough"), "{said}");
    let said = refused(&[app], "[github]\nprivate_key_file = \"nowhere.pem\"\n");
    assert!(said.starts_with("etc/highwater.toml:2: `private_key_file` must be the name of a file with the App's private key (No such file"), "{said}");
    let said = refused(&[app, ("HIGHWATER_GITHUB_PRIVATE_KEY", "c2VjcmV0")], "");
    assert!(
        said.contains("as PEM") && !said.contains("c2VjcmV0"),
        "{said}"
    );
}

/// Files that make no sense, and what is said of them.
const WRONG: [(&str, &str); 14] = [
    (
        "[server]\nkeep_days = 0\n",
        "2: `keep_days` must be a whole number from 1 to 3650, not `0`",
    ),
    (
        "[server]\nkeep_days = 99999\n",
        "2: `keep_days` must be a whole number from 1 to 3650, not `99999`",
    ),
    (
        "[server]\nlisen = \"x\"\n",
        "2: unknown key `lisen` in `[server]`; did you mean `listen`?",
    ),
    (
        "[server]\nwhatever = 1\n",
        "2: unknown key `whatever` in `[server]`; `highwater config` shows all keys",
    ),
    (
        "listen = \"x\"\n",
        "1: `listen` stands in the table `[server]`",
    ),
    (
        "[sever]\n",
        "1: unknown key `sever`; there are the tables `[server]`, `[github]` and `[reviews]`",
    ),
    (
        "[server]\nproxies = \"10.0.0.0/8\"\n",
        "2: `proxies` must be a list of texts, such as [\"…\"]",
    ),
    (
        "[server]\nproxies = [\"me\"]\n",
        "2: `proxies` must be a list of networks such as 10.0.0.0/8, not `me`",
    ),
    ("[server]\nwait = 3.5\n", "2: `wait` must be one value"),
    (
        "[server]\nwait = 3\n",
        "2: `wait` must be a time from 0s to 1m, with its unit, not `3`",
    ),
    (
        "[server]\ndeadline = \"1h\"\n",
        "2: `deadline` must be a time from 10ms to 10m, with its unit, not `1h`",
    ),
    (
        "[server]\npublic_url = \"example.com\"\n",
        "2: `public_url` must be an address such as `https://highwater.example.com`, without a path, not `example.com`",
    ),
    (
        "[server]\nlog = \"xml\"\n",
        "2: `log` must be `text` or `json`, not `xml`",
    ),
    (
        "[github]\napi_url = \"http://ghe.example.com\"\n",
        "2: `api_url` must be an address that begins with `https://`; `http://` is for this machine alone, not `http://ghe.example.com`",
    ),
];

#[test]
fn what_makes_no_sense_is_refused_with_its_place_and_the_way_out() {
    for (file, said) in WRONG {
        assert_eq!(refused(&[], file), format!("etc/highwater.toml:{said}"));
    }
    let said = refused(&[("HIGHWATER_LISTEN", "here")], "");
    assert_eq!(
        said,
        "HIGHWATER_LISTEN: `listen` must be an address with a port, such as 127.0.0.1:8080, not `here`"
    );
    let said = refused(&[("DATABASE_URL", "mysql://me:canary@host/db")], "");
    assert_eq!(
        said,
        "DATABASE_URL: `database_url` must be an address that begins with `postgres://` or `sqlite:`"
    );
    let said = refused(&[], "[github]\nclient_secret = \"canary\" oops\n");
    assert!(!said.is_empty() && !said.contains("canary"), "{said}");
    let said = refused(&[("HIGHWATER_REVIEWS_TOKEN", "canary")], "");
    assert_eq!(
        said,
        "HIGHWATER_REVIEWS_TOKEN: `token` must be 16 characters or more, so that nobody guesses it"
    );
    let said = refused(&[("HIGHWATER_GITHUB_WEBHOOK_SECRETS", "canary,")], "");
    assert!(
        said.contains("none of them empty") && !said.contains("canary"),
        "{said}"
    );
}

#[test]
fn no_secret_is_shown() {
    let variables = [
        (
            "DATABASE_URL",
            "postgres://me:can@ary@host/db?sslmode=require&password=canary",
        ),
        ("HIGHWATER_GITHUB_APP_ID", "17"),
        ("HIGHWATER_GITHUB_PRIVATE_KEY", PEM),
        ("HIGHWATER_GITHUB_WEBHOOK_SECRETS", "canary,canary"),
        ("HIGHWATER_GITHUB_CLIENT_ID", "Iv1.a"),
        ("HIGHWATER_GITHUB_CLIENT_SECRET", "canary"),
        ("HIGHWATER_REVIEWS_TOKEN", "canary canary canary"),
    ];
    let (server, lines, errors) = set(&[], &variables, "");
    assert_eq!(errors, [""; 0]);
    for secret in ["canary", "ary@", "c2VjcmV0"] {
        assert!(!lines.contains(secret), "{lines}");
        assert!(!format!("{server:?}").contains(secret));
    }
    for line in [
        "# database_url = \"postgres://me:***@host/db?sslmode=require&password=***\"  # DATABASE_URL",
        "# webhook_secrets = [\"***\",\"***\"]  # HIGHWATER_GITHUB_WEBHOOK_SECRETS",
        "# private_key = \"***\"  # HIGHWATER_GITHUB_PRIVATE_KEY",
    ] {
        assert!(
            lines.lines().any(|shown| shown == line),
            "{line} in {lines}"
        );
    }
}

#[test]
fn administrators_are_names_or_numbers() {
    use web::settings::Administrator;
    let file = "[reviews]\nadministrators = [\"octocat\", \"#583231\"]\n";
    let server = understood_all(&[], file);
    let named = [
        Administrator::Login("octocat".to_owned()),
        Administrator::Number(583_231),
    ];
    assert_eq!(server.web.administrators, named);
    assert!(named[0].is(1, "OctoCat") && !named[0].is(583_231, "hubot"));
    assert!(named[1].is(583_231, "whoever") && !named[1].is(1, "#583231"));
    for wrong in ["a b", "#", "#-1", "@octocat", "", "octo,#x"] {
        let said = refused(
            &[("HIGHWATER_REVIEWS_ADMINISTRATORS", wrong)],
            if wrong.is_empty() {
                "[reviews]\nadministrators = [\"\"]\n"
            } else {
                ""
            },
        );
        let must = "`administrators` must be names on GitHub such as `octocat`, or `#`";
        assert!(said.contains(must), "{wrong}: {said}");
    }
}
