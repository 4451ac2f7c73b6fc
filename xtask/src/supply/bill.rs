//! The bill of materials of a release: CycloneDX 1.6, the same to the byte for the same lock files.

use super::{Library, crates::Crates, packages::Packages};
use crate::shell;
use anyhow::Context;
use serde_json::{Value, json};
use std::{collections::BTreeSet, path::Path};

const PROGRAM: &str = "pkg:generic/salon";

/// Writes what the program and the client inside it are built of.
pub(crate) fn write(file: &Path) -> anyhow::Result<()> {
    let (crates, packages) = (Crates::read()?, Packages::read()?);
    let bill = bill(&crates, &packages);
    let text = serde_json::to_string_pretty(&bill)? + "\n";
    std::fs::write(file, text).with_context(|| format!("cannot write {}", file.display()))?;
    shell::say(&format!(
        "{}: {} libraries in Rust, {} packages of the web client",
        file.display(),
        crates.program.len(),
        packages.bundled.len()
    ));
    Ok(())
}

fn bill(crates: &Crates, packages: &Packages) -> Value {
    let version = env!("CARGO_PKG_VERSION");
    let all = || crates.program.iter().chain(&packages.bundled);
    let there: BTreeSet<&str> = all().map(|one| one.purl.as_str()).collect();
    let roots = crates.roots.union(&packages.roots);
    let mut dependencies = vec![json!({
        "ref": PROGRAM,
        "dependsOn": roots.filter(|purl| there.contains(purl.as_str())).collect::<Vec<_>>(),
    })];
    dependencies.extend(all().map(|one| {
        let uses = one.uses.iter().filter(|purl| there.contains(purl.as_str()));
        json!({ "ref": one.purl, "dependsOn": uses.collect::<Vec<_>>() })
    }));
    json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": { "component": {
            "type": "application",
            "bom-ref": PROGRAM,
            "name": "salon",
            "version": version,
            "licenses": [{ "expression": "Apache-2.0 OR MIT" }],
        } },
        "components": all().map(component).collect::<Vec<_>>(),
        "dependencies": dependencies,
    })
}

fn component(of: &Library) -> Value {
    let digest = of.digest.iter();
    let hashes = digest.map(|(algorithm, content)| json!({ "alg": algorithm, "content": content }));
    json!({
        "type": "library",
        "bom-ref": of.purl,
        "name": of.name,
        "version": of.version,
        "purl": of.purl,
        // As SPDX writes it, also where the library has the older manner.
        "licenses": [{ "expression": of.licence.replace(" / ", " OR ").replace('/', " OR ") }],
        "hashes": hashes.collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bill_names_what_is_shipped_with_its_digest_and_nothing_of_the_tests() {
        let bill = bill(&Crates::read().unwrap(), &Packages::read().unwrap());
        let components = bill["components"].as_array().unwrap();
        let mut refs = BTreeSet::from([PROGRAM]);
        for component in components {
            let purl = component["purl"].as_str().unwrap();
            assert!(refs.insert(purl), "{purl} is there once");
            assert_eq!(component["hashes"].as_array().unwrap().len(), 1, "{purl}");
            assert_ne!(component["licenses"][0]["expression"], "", "{purl}");
        }
        let has = |prefix: &str| refs.iter().any(|purl| purl.starts_with(prefix));
        for shipped in ["tokio@", "rusqlite@", "rustls@", "argon2@"] {
            assert!(has(&format!("pkg:cargo/{shipped}")), "{shipped}");
        }
        for shipped in ["dompurify@", "emojibase-data@", "marked@", "svelte@"] {
            assert!(has(&format!("pkg:npm/{shipped}")), "{shipped}");
        }
        for kept in [
            "cargo/insta@",
            "cargo/proptest@",
            "cargo/salon-",
            "npm/vitest@",
        ] {
            assert!(!has(&format!("pkg:{kept}")), "{kept}");
        }
        for edge in bill["dependencies"].as_array().unwrap() {
            for name in edge["dependsOn"]
                .as_array()
                .unwrap()
                .iter()
                .chain([&edge["ref"]])
            {
                assert!(refs.contains(name.as_str().unwrap()), "{name}");
            }
        }
    }
}
