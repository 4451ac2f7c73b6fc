//! What the product weighs.

use crate::shell;
use anyhow::Context;
use std::{fs, path::Path};

/// Prints the release binary's size and the web client's, as it travels.
pub(crate) fn print() -> anyhow::Result<()> {
    let root = shell::root();
    if let Ok(binary) = fs::metadata(root.join("target/release/salon")) {
        shell::say(&format!("binary            {:>9} bytes", binary.len()));
    }
    let dist = root.join("web/dist");
    let page =
        fs::read_to_string(dist.join("index.html")).context("run `cargo xtask web` first")?;
    let languages = languages(&root)?;
    let (mut initial_js, mut initial_css, mut words, mut all) = (0, 0, 0, 0);
    for file in fs::read_dir(dist.join("assets"))? {
        let path = file?.path();
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default()
            .to_owned();
        let Some(plain) = name.strip_suffix(".gz") else {
            continue;
        };
        let bytes = fs::metadata(&path)?.len();
        all += bytes;
        if languages.iter().any(|language| plain.starts_with(language)) {
            words = words.max(bytes);
        }
        if page.contains(plain) {
            match Path::new(plain)
                .extension()
                .and_then(|extension| extension.to_str())
            {
                Some("js") => initial_js += bytes,
                Some("css") => initial_css += bytes,
                _ => {}
            }
        }
    }
    // The page fetches its own language before it draws anything.
    initial_js += words;
    shell::say(&format!(
        "initial scripts   {initial_js:>9} bytes gzip, of these one language {words}"
    ));
    shell::say(&format!("initial styles    {initial_css:>9} bytes gzip"));
    shell::say(&format!("all of the client {all:>9} bytes gzip"));
    Ok(())
}

/// How the files of the client's languages begin: each is a chunk of its own.
fn languages(root: &Path) -> anyhow::Result<Vec<String>> {
    let mut found = Vec::new();
    for file in fs::read_dir(root.join("web/src/words"))? {
        if let Some(tag) = file?.path().file_stem().and_then(|stem| stem.to_str()) {
            found.push(format!("{tag}-"));
        }
    }
    Ok(found)
}
