//! What the product is made of that others have written: why each library is there, under which
//! licences, which are there twice, and the list of all of them that goes with a release.
//!
//! All of that asks nothing of any network, so it holds for everybody who builds; `known` alone,
//! which is `cargo xtask supply`, asks what the world knows.

mod bill;
mod crates;
mod known;
mod licence;
mod packages;
mod page;

pub(crate) use bill::write;
pub(crate) use known::run;

use crates::Crates;
use packages::Packages;
use std::collections::BTreeSet;

/// Names every library without a reason, every reason without its library, every licence that is
/// not allowed, and every library that is there twice without a word of why.
pub(crate) fn check() -> anyhow::Result<Vec<String>> {
    let (crates, packages) = (Crates::read()?, Packages::read()?);
    let allowed = licence::allowed()?;
    let page = page::read()?;
    let mut breaches = Vec::new();
    let mut compare = |what: &str, there: &BTreeSet<String>, said: &BTreeSet<String>| {
        for name in there.difference(said) {
            breaches.push(format!("{what} {name} has no row in {}", page::NAME));
        }
        for name in said.difference(there) {
            breaches.push(format!(
                "{} tells of {what} {name}, which is not there",
                page::NAME
            ));
        }
    };
    compare("the library", &crates.direct, &page.crates);
    compare("the package", &packages.direct, &page.packages);
    compare("the doubled library", &crates.doubled(), &page.doubled);
    for name in &crates.unused {
        breaches.push(format!(
            "no crate uses {name} of the workspace's dependencies"
        ));
    }
    let all = crates.all.iter().chain(&packages.all);
    for one in all.filter(|one| !licence::is_allowed(&one.licence, &allowed)) {
        breaches.push(format!(
            "{} {} has a licence that deny.toml does not allow: {}",
            one.name, one.version, one.licence
        ));
    }
    Ok(breaches)
}

/// Somebody else's work in one version.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Library {
    name: String,
    version: String,
    /// An SPDX expression.
    licence: String,
    /// What its registry calls it.
    purl: String,
    /// The algorithm and the hexadecimal digest of what was downloaded.
    digest: Option<(&'static str, String)>,
    /// The `purl`s of what it is built with.
    uses: BTreeSet<String>,
}
