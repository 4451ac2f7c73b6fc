//! The developer's commands: `cargo xtask run`, `web`, `test`, `types`, `tidy`, `evaluate`,
//! `adversary`, `fuzz`, `bench-client`, `peers`, `costs`, `sim`, `teeth`, `sizes`, `supply`, `dist`.

mod bench_client;
mod costs;
mod dist;
mod fuzz;
mod named;
mod peers;
mod prerequisites;
mod run;
mod shell;
mod sim;
mod sizes;
mod supply;
mod teeth;
mod test;
mod tidy;
mod types;
mod web;

use anyhow::bail;

const HELP: &str = "\
cargo xtask run [SERVE ARGS]   build everything and start the server at http://127.0.0.1:8080
cargo xtask web                build the web client into web/dist
cargo xtask test [PART]        install what tests need and run all of them, or one part:
                               tidy, rust, web, costs, browser
cargo xtask types              write web/src/protocol.ts from the protocol crate
cargo xtask tidy               check the edges between crates and the repository's manners
cargo xtask evaluate           print how well agents know when they are addressed
cargo xtask adversary [--calls N | --world N]
                               have a hostile model call everything, 100,000 times by default
cargo xtask sim [--seeds N] [--from S] [--seed S] [--release]
                               run the product under seeded trouble; one seed again
cargo xtask fuzz [TARGET…] [--runs N] [--keep]
                               hand bytes of strangers to all that reads them, guided by what
                               they reach; --keep adds to fuzz/corpus
cargo xtask teeth [--list | --table] [WORD…]
                               plant bugs in a copy; the tests must find each of them
cargo xtask bench-client [--messages N]
                               measure the web client in a room of 100,000 messages
cargo xtask peers [--only NAME,…] [--sockets N] [--runs N] [--json FILE]
                               rooms of other programs (ws, FastAPI, nchan, ngircd …) beside
                               Salon's and the floors, in one table; installs what it needs
cargo xtask costs [--write]    count the hot path's instructions and compare with the baseline
cargo xtask sizes              print the sizes of the binary and of the web client
cargo xtask supply [--advisories FOLDER]
                               ask what is known against the libraries (network, cargo-audit,
                               cargo-deny); FOLDER is a copy of the RustSec database
cargo xtask dist               build a release into target/dist, with its bill of materials
                               and its sums
";

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let command = arguments.next().unwrap_or_default();
    let rest: Vec<String> = arguments.collect();
    match command.as_str() {
        "run" => run::run(&rest),
        "web" => web::build(),
        "test" => test::run(rest.first().map(String::as_str)),
        "types" => types::write(),
        "tidy" => tidy::check(),
        "evaluate" => test::evaluate(),
        "adversary" => test::adversary(&rest),
        "bench-client" => bench_client::run(&rest),
        "peers" => peers::run(&rest),
        "costs" => costs::run(&rest),
        "sizes" => sizes::print(),
        "dist" => dist::build(),
        "fuzz" => fuzz::run(&rest),
        "sim" => sim::run(&rest),
        "supply" => supply::run(&rest),
        "teeth" => teeth::run(&rest),
        "help" | "--help" | "-h" => {
            shell::say(HELP);
            Ok(())
        }
        other => bail!("there is no command {other:?}\n\n{HELP}"),
    }
}
