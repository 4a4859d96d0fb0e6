//! Commands that set a cluster up, keep it going and count it, and those that need none.

use crate::leaf::Case::{Never, Says};
use crate::leaf::{ANYONE, Leaf, NO_ADDRESS, NO_KEYPAIR, NO_SERVER, apart, looks};

const NO_CLUSTER: &str = "it deals with no cluster and no key";

pub const LEAVES: &[Leaf] = &[
    looks("audit", "--mint {mint}"),
    Leaf {
        command: "crank",
        arguments: "--once --mint {mint}",
        by: "holder",
        asks: false,
        down: NO_SERVER,
        keypair: NO_KEYPAIR,
        address: NO_ADDRESS,
        key: ANYONE,
        funds: Says(
            "has 0 lamports, which pays for no transaction: send it some SOL, or name another --keypair",
        ),
        stale: Never("it is what makes the epoch's update"),
    },
    Leaf {
        command: "deploy",
        arguments: "--config <config> --make-keys <keys>",
        by: "holder",
        asks: true,
        down: NO_SERVER,
        keypair: NO_KEYPAIR,
        address: Never("addresses come from its file and the folder of keys"),
        key: Never("whose key it runs with becomes the admin of what it makes"),
        funds: Says("has 0 SOL, and this takes "),
        stale: Never("what it makes has no epoch behind it"),
    },
    Leaf {
        address: NO_ADDRESS,
        ..apart("localnet", "--no-programs --port 0 --account {mint} <account>", "it is the cluster")
    },
    apart("simulate", "", NO_CLUSTER),
    apart("completions", "bash", NO_CLUSTER),
    apart("man", "<pages>", NO_CLUSTER),
];
