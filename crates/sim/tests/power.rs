//! The power fails while messages are being stored.

use std::path::Path;

/// As many as CI has time for; `SALON_POWER_CUTS` says another number.
const CUTS: usize = 300;

#[test]
fn what_was_acked_is_there_after_a_power_cut_wherever_it_comes() {
    let binary = Path::new(env!("CARGO_BIN_EXE_salon-sim"));
    let cuts = std::env::var("SALON_POWER_CUTS").map_or(CUTS, |cuts| cuts.parse().unwrap());
    let Some(sum) = salon_sim::power::cut(binary, cuts, 1) else {
        println!("skipped: power cuts need strace (`apt-get install strace`)");
        return;
    };
    println!("{sum:?}");
    assert!(
        sum.acks > 400 && sum.calls > 1_000,
        "too little was recorded: {sum:?}"
    );
    assert!(
        sum.torn > cuts / 4,
        "too few cuts came where something was not synced: {sum:?}"
    );
}
