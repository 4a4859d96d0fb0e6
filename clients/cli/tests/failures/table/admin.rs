//! `sluice admin`. The pool whose delegation authority is a key is `plain`; its selection has the other one.

use crate::leaf::Case::Says;
use crate::leaf::{ANY_EPOCH, ANYONE, Case, Leaf, POOR, STALE, acts};

const ADMIN: Case = Says("only the admin (");
const DELEGATION: Case = Says("only the delegation authority (");

pub const LEAVES: &[Leaf] = &[
    acts(
        "admin pool set-fees",
        "--reward-bps 1 --mint {plain}",
        "plain admin",
        [Says("only the fee authority ("), POOR, ANY_EPOCH],
    ),
    acts("admin pool set-limits", "--tvl-cap 9000 --mint {plain}", "plain admin", [ADMIN, POOR, ANY_EPOCH]),
    acts("admin pool set-roles", "--pauser {heir} --mint {plain}", "plain admin", [ADMIN, POOR, ANY_EPOCH]),
    acts("admin pool set-treasury", "{treasury} --mint {plain}", "plain admin", [ADMIN, POOR, ANY_EPOCH]),
    acts(
        "admin pool set-delegation-authority",
        "{heir} --mint {plain}",
        "plain admin",
        [ADMIN, POOR, ANY_EPOCH],
    ),
    acts(
        "admin pool set-preferred-validator",
        "{idle} --mint {plain}",
        "delegation",
        [DELEGATION, POOR, ANY_EPOCH],
    ),
    acts("admin pool pause", "--mint {plain}", "plain admin", [ADMIN, POOR, ANY_EPOCH]),
    acts("admin pool resume", "--mint {plain}", "plain admin", [ADMIN, POOR, ANY_EPOCH]),
    acts("admin pool propose-admin", "{heir} --mint {plain}", "plain admin", [ADMIN, POOR, ANY_EPOCH]),
    acts(
        "admin pool accept-admin",
        "--mint {plain}",
        "heir",
        [Says("only the proposed admin ("), POOR, ANY_EPOCH],
    ),
    acts("admin pool add-validator", "{newcomer} --mint {plain}", "delegation", [DELEGATION, POOR, STALE]),
    acts("admin pool remove-validator", "{idle} --mint {plain}", "delegation", [DELEGATION, POOR, STALE]),
    acts("admin pool retire-validator", "{first} --mint {plain}", "plain admin", [ADMIN, POOR, ANY_EPOCH]),
    acts("admin pool increase", "{first} 1 --mint {plain}", "delegation", [DELEGATION, POOR, STALE]),
    acts("admin pool decrease", "{first} 1 --mint {plain}", "delegation", [DELEGATION, POOR, STALE]),
    acts("admin pool fund-insurance", "1 --mint {mint}", "holder", [ANYONE, POOR, ANY_EPOCH]),
    acts("admin selection set-params", "--cap-bps 4000 --mint {mint}", "admin", [ADMIN, POOR, ANY_EPOCH]),
    acts("admin selection set-oracle", "{heir} --mint {mint}", "admin", [ADMIN, POOR, ANY_EPOCH]),
    acts(
        "admin selection set-groups",
        "<groups> --mint {mint}",
        "oracle",
        [Says("only the oracle ("), POOR, ANY_EPOCH],
    ),
    acts("admin selection ban", "{second} --mint {mint}", "admin", [ADMIN, POOR, ANY_EPOCH]),
    acts("admin selection unban", "{banned} --mint {mint}", "admin", [ADMIN, POOR, ANY_EPOCH]),
    acts("admin selection remove", "{gone} --mint {mint}", "holder", [ANYONE, POOR, ANY_EPOCH]),
    acts("admin selection propose-admin", "{heir} --mint {mint}", "admin", [ADMIN, POOR, ANY_EPOCH]),
    acts(
        "admin selection accept-admin",
        "--mint {mint}",
        "heir",
        [Says("only the proposed admin ("), POOR, ANY_EPOCH],
    ),
];
