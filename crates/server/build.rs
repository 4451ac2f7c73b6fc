//! Rebuilds the server when the web client inside it changes.

fn main() {
    println!("cargo:rerun-if-changed=../../web/dist");
}
