//! Other programs' rooms beside Salon's.

use crate::{prerequisites, shell, web};

/// Builds what is needed and measures; `SALON_BINARY` names a program that is built already.
pub(crate) fn run(arguments: &[String]) -> anyhow::Result<()> {
    let root = shell::root();
    let built = std::env::var("SALON_BINARY").ok();
    if built.is_none() && wants_salon(arguments) {
        prerequisites::compiler()?;
        web::build()?;
        let build = [
            "build",
            "--release",
            "--locked",
            "--package",
            "salon-server",
        ];
        shell::run(&root, "cargo", &build)?;
    }
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), Into::into);
    let binary = built.unwrap_or_else(|| target.join("release/salon").display().to_string());
    let mut cargo = vec!["run", "--quiet", "--locked", "--release", "--package"];
    cargo.extend(["salon-peers", "--"]);
    cargo.extend(arguments.iter().map(String::as_str));
    shell::run_with(&root, "cargo", &cargo, &[("SALON_BINARY", &binary)])
}

/// Salon itself is measured unless only others are named.
fn wants_salon(arguments: &[String]) -> bool {
    let is_help = |argument: &String| matches!(argument.as_str(), "--help" | "-h");
    let only = arguments.iter().position(|argument| argument == "--only");
    let names = only.map(|at| arguments.get(at + 1).map_or("", String::as_str));
    !arguments.iter().any(is_help)
        && names.is_none_or(|names| names.split(',').any(|name| name.trim() == "salon"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn salon_is_built_where_it_is_measured() {
        let wants = |line: &str| {
            let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
            wants_salon(&words)
        };
        assert!(wants("--runs 1"));
        assert!(wants("--only ws,salon"));
        assert!(!wants("--only ws,ngircd --runs 1"));
        assert!(!wants("--help"));
    }
}
