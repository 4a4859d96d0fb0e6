//! Commands of those who hold an LST, and of validators.

use crate::leaf::Case::Says;
use crate::leaf::{ANY_EPOCH, ANYONE, Case, Leaf, NOT_ITS, POOR, STALE, acts, lists, looks};

const NO_SOL: Case = Says("1 SOL were asked for, and there are 0 SOL to take them from");
const TICKETS: Case = Says("and this keypair is ");
const VALIDATORS: Case = Says("name the keypair of the one or the other by --authority");
const BONDS: Case = Says("name the right one by --authority");

pub const LEAVES: &[Leaf] = &[
    looks("apy", "--mint {mint}"),
    looks("pool", "--mint {mint}"),
    looks("rate", "--mint {mint}"),
    looks("validators", "--mint {mint}"),
    acts("stake", "1 --mint {mint}", "holder", [ANYONE, NO_SOL, STALE]),
    acts(
        "deposit-stake",
        "{stake} --mint {mint}",
        "holder",
        [Says("has the withdraw authority "), POOR, STALE],
    ),
    acts("convert", "{spl} 10 --mint {mint}", "holder", [NOT_ITS, POOR, STALE]),
    acts("unstake", "1 --instant --mint {mint}", "holder", [NOT_ITS, POOR, STALE]),
    looks("liquidity", "--mint {mint}"),
    looks("liquidity status", "--mint {mint}"),
    acts("liquidity add", "1 --mint {mint}", "holder", [ANYONE, NO_SOL, STALE]),
    acts("liquidity remove", "1 --mint {mint}", "holder", [NOT_ITS, POOR, ANY_EPOCH]),
    lists("tickets", "--mint {mint}"),
    lists("tickets list", "--mint {mint}"),
    acts("tickets claim", "{ticket} --mint {mint}", "holder", [ANYONE, POOR, STALE]),
    acts("tickets cancel", "{ticket} --mint {mint}", "holder", [TICKETS, POOR, STALE]),
    acts("tickets transfer", "{ticket} {heir} --mint {mint}", "holder", [TICKETS, POOR, ANY_EPOCH]),
    acts("tickets split", "{ticket} 1 --mint {mint}", "holder", [TICKETS, POOR, ANY_EPOCH]),
    lists("direct", "--mint {mint}"),
    lists("direct list", "--mint {mint}"),
    acts("direct add", "{first} 1 --mint {mint}", "holder", [NOT_ITS, POOR, ANY_EPOCH]),
    acts("direct remove", "{direction} --mint {mint}", "holder", [TICKETS, POOR, ANY_EPOCH]),
    acts("direct claim", "{released} --mint {mint}", "holder", [TICKETS, POOR, ANY_EPOCH]),
    looks("validator explain", "{first} --mint {mint}"),
    acts("validator join", "{newcomer} --bond 1 --mint {mint}", "holder", [ANYONE, POOR, ANY_EPOCH]),
    acts("validator bid", "{first} 5 --mint {mint}", "withdrawer", [VALIDATORS, POOR, ANY_EPOCH]),
    acts("validator bond fund", "{first} 1 --mint {mint}", "holder", [ANYONE, POOR, ANY_EPOCH]),
    acts("validator bond withdraw", "{first} 1 --mint {mint}", "withdrawer", [BONDS, POOR, ANY_EPOCH]),
    acts("validator bond claim", "{first} --mint {mint}", "withdrawer", [BONDS, POOR, STALE]),
    acts("validator leave", "{first} --mint {mint}", "withdrawer", [VALIDATORS, POOR, ANY_EPOCH]),
    acts("validator confirm-identity", "{second} --mint {mint}", "holder", [ANYONE, POOR, ANY_EPOCH]),
];
