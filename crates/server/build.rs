//! Rebuilds the server when the web client inside it changes, and has its addresses packed where the
//! system can unpack them.

use std::{env, process::Command};

/// The first C library that unpacks them. Under an older one such a program does not start.
const PACKED_SINCE: (u32, u32) = (2, 36);

/// Set where the program is built to be brought elsewhere: `cargo xtask dist`.
const FOR_OTHERS: &str = "SALON_BUILD_FOR_OTHERS";

fn main() {
    println!("cargo:rerun-if-changed=../../web/dist");
    println!("cargo:rerun-if-changed=build.rs");
    // A megabyte of addresses, all of which are written at the start, becomes 17 KB. What is built
    // for another machine, as a release is, is left as it is: nothing here tells what that one has.
    println!("cargo:rerun-if-env-changed={FOR_OTHERS}");
    let is_for_here = env::var("HOST") == env::var("TARGET") && env::var_os(FOR_OTHERS).is_none();
    if is_for_here && library().is_some_and(|version| version >= PACKED_SINCE) {
        println!("cargo:rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
}

/// The version of this system's C library, where it is glibc.
fn library() -> Option<(u32, u32)> {
    let told = Command::new("getconf")
        .arg("GNU_LIBC_VERSION")
        .output()
        .ok()?;
    let told = String::from_utf8(told.stdout).ok()?;
    let (major, minor) = told.trim().strip_prefix("glibc ")?.split_once('.')?;
    Some((major.parse().ok()?, minor.split('.').next()?.parse().ok()?))
}
