//! Packages of the web client, and of the tool servers that tests speak with, as their lock files
//! have them.

use super::Library;
use crate::shell;
use anyhow::Context;
use serde_json::Value;
use std::{collections::BTreeSet, fmt::Write};

/// What the build only reads, and writes into the client: to npm a tool like others, and shipped all
/// the same.
const WRITTEN_IN: [&str; 1] = ["emojibase-data"];

pub(super) struct Packages {
    /// Named by the client, for its tests and its building too, by the tests of tools, and by what is
    /// measured beside us.
    pub(super) direct: BTreeSet<String>,
    /// Everything in the client's lock file.
    pub(super) all: BTreeSet<Library>,
    /// What is bundled into the client.
    pub(super) bundled: BTreeSet<Library>,
    /// What of it the client names itself.
    pub(super) roots: BTreeSet<String>,
}

impl Packages {
    pub(super) fn read() -> anyhow::Result<Self> {
        let mut client = Self::of(&lock("web")?);
        // What tests start, and what is measured beside us, is in no release: a reason is asked of
        // it, and no licence.
        for folder in ["crates/agents/tests/mcp", "crates/peers/servers/node"] {
            client.direct.extend(Self::of(&lock(folder)?).direct);
        }
        Ok(client)
    }

    fn of(lock: &Value) -> Self {
        let packages = lock["packages"].as_object();
        let own = &lock["packages"][""];
        let names = |kind: &str| {
            own[kind]
                .as_object()
                .into_iter()
                .flat_map(|them| them.keys())
        };
        let direct = names("dependencies").chain(names("devDependencies"));
        let mut all = BTreeSet::new();
        let mut bundled = BTreeSet::new();
        for (path, package) in packages.into_iter().flatten() {
            let Some((_, name)) = path.rsplit_once("node_modules/") else {
                continue;
            };
            let uses = package["dependencies"].as_object().into_iter();
            let library = Library {
                name: name.to_owned(),
                version: package["version"].as_str().unwrap_or_default().to_owned(),
                licence: package["license"].as_str().unwrap_or_default().to_owned(),
                purl: purl(name, &package["version"]),
                digest: digest(package["integrity"].as_str().unwrap_or_default()),
                uses: uses
                    .flat_map(|them| them.keys())
                    .map(|used| purl(used, &installed(lock, path, used)["version"]))
                    .collect(),
            };
            if package["dev"] != true || WRITTEN_IN.contains(&name) {
                bundled.insert(library.clone());
            }
            all.insert(library);
        }
        let written_in =
            names("devDependencies").filter(|name| WRITTEN_IN.contains(&name.as_str()));
        let roots = names("dependencies")
            .chain(written_in)
            .map(|name| purl(name, &installed(lock, "", name)["version"]));
        Self {
            direct: direct.cloned().collect(),
            roots: roots.collect(),
            all,
            bundled,
        }
    }
}

fn lock(folder: &str) -> anyhow::Result<Value> {
    let path = shell::root().join(folder).join("package-lock.json");
    let lock = std::fs::read_to_string(&path);
    let lock = lock.with_context(|| format!("cannot read {}", path.display()))?;
    Ok(serde_json::from_str(&lock)?)
}

/// The package that another finds under a name: its own one, or one of a folder above.
fn installed<'a>(lock: &'a Value, from: &str, name: &str) -> &'a Value {
    let mut from = from.to_owned();
    loop {
        let here = match from.is_empty() {
            true => format!("node_modules/{name}"),
            false => format!("{from}/node_modules/{name}"),
        };
        if let Some(found) = lock["packages"].get(&here) {
            return found;
        }
        match from.rsplit_once("node_modules/") {
            Some((above, _)) => from = above.trim_end_matches('/').to_owned(),
            None => return &Value::Null,
        }
    }
}

fn purl(name: &str, version: &Value) -> String {
    let version = version.as_str().unwrap_or_default();
    format!("pkg:npm/{}@{version}", name.replace('@', "%40"))
}

/// `sha512-` and base64, as hexadecimal digits.
fn digest(integrity: &str) -> Option<(&'static str, String)> {
    let encoded = integrity.strip_prefix("sha512-")?.trim_end_matches('=');
    let (mut bits, mut count, mut digits) = (0u32, 0u32, String::new());
    for sign in encoded.bytes() {
        let value = match sign {
            b'A'..=b'Z' => sign - b'A',
            b'a'..=b'z' => sign - b'a' + 26,
            b'0'..=b'9' => sign - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            write!(digits, "{:02x}", (bits >> count) & 0xff).ok()?;
        }
    }
    (digits.len() == 128).then_some(("SHA-512", digits))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_package_is_found_where_node_finds_it() {
        let lock = json!({ "packages": {
            "": { "dependencies": { "a": "1" }, "devDependencies": { "t": "1" } },
            "node_modules/a": { "version": "1.0.0", "license": "MIT", "dependencies": { "b": "*", "c": "*" } },
            "node_modules/a/node_modules/b": { "version": "2.0.0", "license": "MIT" },
            "node_modules/b": { "version": "1.0.0", "license": "ISC", "dev": true },
            "node_modules/@x/c": { "version": "3.0.0", "license": "MIT" },
            "node_modules/c": { "version": "3.1.0", "license": "MIT" },
            "node_modules/t": { "version": "1.0.0", "license": "MIT", "dev": true },
        } });
        let packages = Packages::of(&lock);
        assert_eq!(packages.direct, ["a", "t"].map(str::to_owned).into());
        assert_eq!(packages.roots, ["pkg:npm/a@1.0.0".to_owned()].into());
        let a = packages.bundled.iter().find(|one| one.name == "a");
        let uses = ["pkg:npm/b@2.0.0", "pkg:npm/c@3.1.0"].map(str::to_owned);
        assert_eq!(a.map(|a| a.uses.clone()), Some(uses.into()));
        assert_eq!(packages.bundled.len(), 4);
        assert!(
            packages
                .all
                .iter()
                .any(|one| one.purl == "pkg:npm/%40x/c@3.0.0")
        );
    }

    #[test]
    fn an_integrity_is_a_digest() {
        let zeroes = format!("sha512-{}==", "A".repeat(86));
        assert_eq!(digest(&zeroes), Some(("SHA-512", "0".repeat(128))));
        assert_eq!(digest("sha1-AAAA"), None);
    }
}
