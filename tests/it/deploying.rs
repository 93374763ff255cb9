//! The files in deploy/ say what is true: each setting is one that the program has, each path one
//! that it answers, each port the right one, and there is time enough to stop.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use axum::body::Body;
use axum::http::Request;
use highwater::web::{Settings, Site, router};
use serde_json::Value;
use tower::ServiceExt;

use super::world::World;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap()
}

/// The documents of a YAML file.
fn documents(path: &str) -> Vec<Value> {
    let read: Result<Vec<Value>, _> = serde_saphyr::from_multiple(&read(path));
    read.unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The names of the files of a folder that end so.
fn files(folder: &str, ending: &str) -> Vec<String> {
    let found = std::fs::read_dir(root().join(folder)).unwrap();
    let names = found.map(|one| one.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.filter(|name| name.ends_with(ending)).collect();
    names.sort();
    names
        .iter()
        .map(|name| format!("{folder}/{name}"))
        .collect()
}

fn all_yaml() -> Vec<String> {
    let mut all = files("deploy", ".yaml");
    all.extend(files("deploy/kubernetes", ".yaml"));
    assert!(all.len() >= 8, "{all:?}");
    all
}

fn deployment() -> Value {
    documents("deploy/kubernetes/deployment.yaml").remove(0)
}

fn at<'v>(value: &'v Value, path: &str) -> &'v Value {
    value
        .pointer(path)
        .unwrap_or_else(|| panic!("{path} is missing in {value}"))
}

/// The variables that the program reads, by what it says of itself.
fn known() -> (BTreeSet<String>, String) {
    let world = World::new(&[]);
    let help = world.run(&["serve", "--help"]).out;
    let mut known: BTreeSet<String> = help
        .split("[env: ")
        .skip(1)
        .filter_map(|rest| rest.split([']', '=']).next())
        .map(str::to_owned)
        .collect();
    let (mut table, config) = (String::new(), world.run(&["config"]).out);
    for line in config.lines().filter_map(|line| line.strip_prefix("# ")) {
        if let Some(name) = line.strip_prefix('[') {
            table = name.trim_end_matches(']').to_uppercase();
        } else if let Some(name) = line.split(' ').next().filter(|_| table != "SERVER") {
            known.insert(format!("HIGHWATER_{table}_{}", name.to_uppercase()));
        }
    }
    assert!(known.contains("HIGHWATER_LISTEN") && known.contains("HIGHWATER_GITHUB_APP_ID"));
    (known, help)
}

/// The words of a text that are names of our variables.
fn named(text: &str) -> BTreeSet<String> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let words = text.split(|c: char| !is_part(c));
    let ours = |word: &&str| word.starts_with("HIGHWATER_") || *word == "DATABASE_URL";
    words.filter(ours).map(str::to_owned).collect()
}

#[test]
fn every_setting_is_one_that_the_program_has() {
    let (known, help) = known();
    let mut all = all_yaml();
    all.extend(
        ["Dockerfile", "highwater.service", "README.md"].map(|name| format!("deploy/{name}")),
    );
    let mut seen = 0;
    for path in &all {
        let text = read(path);
        for name in named(&text) {
            assert!(known.contains(&name), "{path} sets {name}");
            seen += 1;
        }
    }
    assert!(seen >= 10, "{seen}");
    let compose = documents("deploy/compose.yaml").remove(0);
    let deployment = deployment();
    let arguments = [
        at(&compose, "/services/highwater/command"),
        at(&deployment, "/spec/template/spec/containers/0/args"),
    ];
    for arguments in arguments {
        let words: Vec<&str> = arguments
            .as_array()
            .unwrap()
            .iter()
            .filter_map(Value::as_str)
            .collect();
        assert_eq!(words[0], "serve");
        for flag in words.iter().filter(|word| word.starts_with("--")) {
            assert!(help.contains(&format!("{flag} ")), "{flag} of {words:?}");
        }
    }
}

/// The TOML in a text, without its indentation, and what it is from.
fn tomls() -> Vec<(&'static str, String)> {
    let secret = documents("deploy/kubernetes/secret.example.yaml").remove(0);
    let example = at(&secret, "/stringData/highwater.toml")
        .as_str()
        .unwrap()
        .to_owned();
    let readme = read("deploy/README.md");
    let block = readme.split("```toml\n").nth(1).unwrap();
    let block = block.split("```").next().unwrap().replace("     ", "");
    vec![("secret.example.yaml", example), ("README.md", block)]
}

#[test]
fn the_settings_that_are_shown_are_understood() {
    let pem = "-----BEGIN RSA PRIVATE KEY-----\nc2VjcmV0\n-----END RSA PRIVATE KEY-----\n";
    for (name, toml) in tomls() {
        let world = World::new(&[("highwater.toml", &toml), ("app.pem", pem)]);
        let said = world.run(&["config", "--server", "highwater.toml"]);
        assert_eq!(said.status, 0, "{name}: {said:?}");
        assert!(
            said.out.contains("# app_id = 123456  # highwater.toml:5"),
            "{name}: {said:?}"
        );
    }
}

#[tokio::test]
async fn every_path_is_answered_and_every_port_the_right_one() {
    let deployment = deployment();
    let container = at(&deployment, "/spec/template/spec/containers/0");
    let port = &at(container, "/ports/0");
    assert_eq!(at(port, "/containerPort"), 8080);
    let mut paths = BTreeSet::new();
    for probe in ["startupProbe", "livenessProbe", "readinessProbe"] {
        let asked = at(container, &format!("/{probe}/httpGet"));
        assert_eq!(at(asked, "/port"), at(port, "/name"), "{probe}");
        paths.insert(at(asked, "/path").as_str().unwrap().to_owned());
    }
    let compose = documents("deploy/compose.yaml").remove(0);
    let test = at(&compose, "/services/highwater/healthcheck/test/3")
        .as_str()
        .unwrap();
    assert!(test.contains("/dev/tcp/127.0.0.1/8080"));
    paths.insert(
        test.split("GET ")
            .nth(1)
            .unwrap()
            .split(' ')
            .next()
            .unwrap()
            .to_owned(),
    );
    for ingress in documents("deploy/kubernetes/ingress.example.yaml") {
        let path = at(&ingress, "/spec/rules/0/http/paths/0/path");
        paths.insert(path.as_str().unwrap().to_owned());
        let named = at(
            &ingress,
            "/spec/rules/0/http/paths/0/backend/service/port/name",
        );
        assert_eq!(named, at(port, "/name"));
    }
    assert!(paths.len() >= 4, "{paths:?}");
    for path in &paths {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let answer = router(Site::new(Settings::default()))
            .oneshot(request)
            .await;
        assert_eq!(answer.unwrap().status(), 200, "{path}");
    }
    let variables = at(container, "/env").as_array().unwrap();
    let listen = variables
        .iter()
        .find(|one| one["name"] == "HIGHWATER_LISTEN")
        .unwrap();
    assert_eq!(listen["value"], "0.0.0.0:8080");
    let dockerfile = read("deploy/Dockerfile");
    assert!(
        dockerfile.contains("HIGHWATER_LISTEN=0.0.0.0:8080") && dockerfile.contains("EXPOSE 8080")
    );
    let service = documents("deploy/kubernetes/service.yaml").remove(0);
    assert_eq!(at(&service, "/spec/ports/0/targetPort"), at(port, "/name"));
    assert_eq!(at(&service, "/spec/ports/0/name"), at(port, "/name"));
    let policy = documents("deploy/kubernetes/networkpolicy.yaml").remove(0);
    assert_eq!(at(&policy, "/spec/ingress/0/ports/0/port"), 8080);
    assert_eq!(
        at(&compose, "/services/highwater/ports/0"),
        "127.0.0.1:8080:8080"
    );
}

/// Seconds of a constant of ours.
fn seconds(path: &str, name: &str) -> u64 {
    let text = read(path);
    let value = text
        .split(&format!("const {name}: Duration = Duration::from_secs("))
        .nth(1);
    value.unwrap().split(')').next().unwrap().parse().unwrap()
}

#[test]
fn there_is_time_enough_to_stop() {
    let work = seconds("src/cli/serve.rs", "LAST_WORK");
    let threads = seconds("src/cli/serve.rs", "LAST_THREADS");
    let answers = seconds("src/web/mod.rs", "LAST_ANSWERS");
    let database = seconds("src/store/mod.rs", "PATIENCE");
    let longest = work.max(answers) + database + threads;
    let deployment = deployment();
    let given = at(
        &deployment,
        "/spec/template/spec/terminationGracePeriodSeconds",
    )
    .as_u64();
    let before = at(
        &deployment,
        "/spec/template/spec/containers/0/lifecycle/preStop/exec/command/1",
    );
    let before: u64 = before.as_str().unwrap().parse().unwrap();
    assert!(given.unwrap() > before + longest, "{given:?} {longest}");
    let compose = documents("deploy/compose.yaml").remove(0);
    let given = at(&compose, "/services/highwater/stop_grace_period").as_str();
    let given: u64 = given.unwrap().trim_end_matches('s').parse().unwrap();
    assert!(given > longest, "{given} {longest}");
    let unit = read("deploy/highwater.service");
    let given = unit
        .split("TimeoutStopSec=")
        .nth(1)
        .unwrap()
        .lines()
        .next()
        .unwrap();
    assert!(given.parse::<u64>().unwrap() > longest, "{given} {longest}");
    // A database that does not answer is told late; a probe waits for that.
    let patience = at(
        &deployment,
        "/spec/template/spec/containers/0/readinessProbe/timeoutSeconds",
    );
    assert!(patience.as_u64().unwrap() > database);
}

#[test]
fn whatever_belongs_together_is_selected_together() {
    let deployment = deployment();
    let labels = at(&deployment, "/spec/template/metadata/labels");
    let mut selectors = vec![at(&deployment, "/spec/selector/matchLabels").clone()];
    for (name, path) in [
        ("service", "/spec/selector"),
        ("poddisruptionbudget", "/spec/selector/matchLabels"),
        ("networkpolicy", "/spec/podSelector/matchLabels"),
    ] {
        let found = documents(&format!("deploy/kubernetes/{name}.yaml")).remove(0);
        selectors.push(at(&found, path).clone());
    }
    for selector in &selectors {
        assert_eq!(selector, labels);
    }
    let budget = documents("deploy/kubernetes/poddisruptionbudget.yaml").remove(0);
    let replicas = at(&deployment, "/spec/replicas").as_u64();
    assert!(at(&budget, "/spec/minAvailable").as_u64() < replicas);
    let kustomization = documents("deploy/kubernetes/kustomization.yaml").remove(0);
    for resource in at(&kustomization, "/resources").as_array().unwrap() {
        let file = root()
            .join("deploy/kubernetes")
            .join(resource.as_str().unwrap());
        assert!(file.exists(), "{}", file.display());
    }
    let mounts = at(&deployment, "/spec/template/spec/containers/0/volumeMounts")
        .as_array()
        .unwrap();
    let volumes = at(&deployment, "/spec/template/spec/volumes")
        .as_array()
        .unwrap();
    let names = |all: &[Value]| -> BTreeSet<String> {
        let name = |one: &Value| one["name"].as_str().unwrap().to_owned();
        all.iter().map(name).collect()
    };
    assert_eq!(names(mounts), names(volumes));
    let secret = documents("deploy/kubernetes/secret.example.yaml").remove(0);
    assert_eq!(
        volumes[0]["secret"]["secretName"],
        *at(&secret, "/metadata/name")
    );
}

#[test]
fn the_server_has_no_rights_that_it_does_not_need() {
    let deployment = deployment();
    let pod = at(&deployment, "/spec/template/spec");
    let container = at(pod, "/containers/0/securityContext");
    assert_eq!(at(pod, "/securityContext/runAsNonRoot"), true);
    assert_eq!(at(pod, "/automountServiceAccountToken"), false);
    assert_eq!(at(container, "/readOnlyRootFilesystem"), true);
    assert_eq!(at(container, "/allowPrivilegeEscalation"), false);
    assert_eq!(at(container, "/capabilities/drop/0"), "ALL");
    let user = at(pod, "/securityContext/runAsUser").to_string();
    assert!(read("deploy/Dockerfile").contains(&format!("USER {user}:{user}")));
    let compose = documents("deploy/compose.yaml").remove(0);
    let service = at(&compose, "/services/highwater");
    assert_eq!(at(service, "/read_only"), true);
    assert_eq!(at(service, "/cap_drop/0"), "ALL");
    // What is secret comes as a file that is there, and never as a variable.
    for secret in at(service, "/secrets").as_array().unwrap() {
        assert!(compose["secrets"].get(secret.as_str().unwrap()).is_some());
    }
    let secret = ["DATABASE_URL", "PRIVATE_KEY", "SECRET", "TOKEN"];
    for name in at(service, "/environment").as_object().unwrap().keys() {
        assert!(!secret.iter().any(|word| name.contains(word)), "{name}");
    }
}

/// Held against Kubernetes' own description, where its checker is installed.
#[test]
fn kubernetes_takes_the_manifests() {
    let Some(validate) = super::tools::tool("python/bin/kubernetes-validate") else {
        return;
    };
    let paths: Vec<PathBuf> = files("deploy/kubernetes", ".yaml")
        .iter()
        .filter(|path| !path.ends_with("kustomization.yaml"))
        .map(|path| root().join(path))
        .collect();
    assert!(paths.len() >= 6);
    super::tools::run(
        std::process::Command::new(validate)
            .arg("--strict")
            .args(paths),
    );
}
