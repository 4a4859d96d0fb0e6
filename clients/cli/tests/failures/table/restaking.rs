//! Commands of vaults, and of the operators and services that they secure. The vault is shielded, so that what is at risk
//! depends on the pool's price; of `calm` nobody is accused, and nobody has deposited into `paused`.

use crate::leaf::Case::{Never, Says};
use crate::leaf::{ANY_EPOCH, ANYONE, Case, Leaf, NO_PLACE, NOT_ITS, POOR, STALE, acts, lists, looks};

const NO_SOL: Case = Says("1 SOL were asked for, and there are 0 SOL to take them from");
const ADMIN: Case = Says("only the admin (");
const DELEGATION: Case = Says("only the delegation admin (");
const OPERATOR: Case = Says("only the operator's authority (");
const SERVICE: Case = Says("only the service's authority (");
const TICKETS: Case = Says("only the ticket's owner (");
const UNPRICED: Case = Says("has not been updated in this epoch, which a shielded vault needs");
const REGISTERS: Case = Never("it makes a registration of whoever's key it is");

pub const VAULTS: &[Leaf] = &[
    acts("restake", "1 --vault {vault}", "holder", [ANYONE, NO_SOL, STALE]),
    looks("vault list", "--collateral {mint}"),
    looks("vault show", "--vault {vault}"),
    acts("vault deposit", "1 --vault {vault}", "holder", [NOT_ITS, POOR, STALE]),
    acts("vault withdraw", "1 --vault {vault}", "holder", [NOT_ITS, POOR, ANY_EPOCH]),
    lists("vault tickets", ""),
    acts("vault claim", "{withdrawal} --vault {vault}", "holder", [ANYONE, POOR, ANY_EPOCH]),
    acts("vault claim-and-unstake", "{withdrawal} --vault {vault}", "holder", [TICKETS, POOR, ANY_EPOCH]),
    acts("vault instant-withdraw", "1 --vault {calm}", "holder", [NOT_ITS, POOR, ANY_EPOCH]),
    acts(
        "vault transfer-ticket",
        "{withdrawal} {heir} --vault {vault}",
        "holder",
        [TICKETS, POOR, ANY_EPOCH],
    ),
    acts("vault rewards", "<proofs> --owner {holder}", "holder", [ANYONE, POOR, ANY_EPOCH]),
    acts("vault pay-rewards", "1 --vault {vault}", "holder", [NOT_ITS, POOR, ANY_EPOCH]),
    acts(
        "vault distribute",
        "<recipients> --mint {mint} --epochs 2 --proofs <unwritten> --vault {vault}",
        "holder",
        [NOT_ITS, POOR, ANY_EPOCH],
    ),
    acts("vault claw-back", "{ended}", "holder", [ANYONE, POOR, ANY_EPOCH]),
    acts(
        "vault create",
        "--collateral {mint} --pool {pool} --seed 1 --resolver {heir} --shielded",
        "holder",
        [ANYONE, POOR, STALE],
    ),
    acts(
        "vault add-junior",
        "--seed 1 --premium-bps 1 --vault {paused}",
        "vault admin",
        [ADMIN, POOR, ANY_EPOCH],
    ),
    acts(
        "vault opt-in",
        "--operator {operator} --service {new} --vault {vault}",
        "vault admin",
        [DELEGATION, POOR, ANY_EPOCH],
    ),
    acts(
        "vault opt-out",
        "--operator {operator} --service {service} --vault {vault}",
        "vault admin",
        [DELEGATION, POOR, ANY_EPOCH],
    ),
    acts(
        "vault allocate",
        "0.1 --operator {operator} --service {service} --vault {vault}",
        "vault admin",
        [DELEGATION, POOR, UNPRICED],
    ),
    acts(
        "vault deallocate",
        "0.1 --operator {operator} --service {service} --vault {vault}",
        "vault admin",
        [DELEGATION, POOR, ANY_EPOCH],
    ),
    acts(
        "vault release",
        "--operator {operator} --service {cooled} --vault {vault}",
        "holder",
        [ANYONE, POOR, ANY_EPOCH],
    ),
    acts("vault set-limits", "--capacity 500 --vault {vault}", "vault admin", [ADMIN, POOR, ANY_EPOCH]),
    acts(
        "vault set-fee",
        "--fee-bps 1 --fee-account {lst} --vault {vault}",
        "vault admin",
        [ADMIN, POOR, ANY_EPOCH],
    ),
    acts("vault set-roles", "--pauser {heir} --vault {vault}", "vault admin", [ADMIN, POOR, ANY_EPOCH]),
    acts("vault pause", "--vault {vault}", "vault admin", [ADMIN, POOR, ANY_EPOCH]),
    acts("vault resume", "--vault {paused}", "vault admin", [ADMIN, POOR, ANY_EPOCH]),
    acts("vault propose-admin", "{heir} --vault {vault}", "vault admin", [ADMIN, POOR, ANY_EPOCH]),
    acts(
        "vault accept-admin",
        "--vault {vault}",
        "heir",
        [Says("only the proposed admin ("), POOR, ANY_EPOCH],
    ),
];

pub const PARTIES: &[Leaf] = &[
    Leaf { address: NO_PLACE, ..acts("operator register", "", "holder", [REGISTERS, POOR, ANY_EPOCH]) },
    acts("operator set-fee", "1 --operator {operator}", "operator", [OPERATOR, POOR, ANY_EPOCH]),
    acts(
        "operator opt-in",
        "--operator {operator} --service {new} --vault {vault}",
        "operator",
        [OPERATOR, POOR, ANY_EPOCH],
    ),
    acts(
        "operator opt-out",
        "--operator {operator} --service {service} --vault {vault}",
        "operator",
        [OPERATOR, POOR, ANY_EPOCH],
    ),
    looks("operator show", "{operator}"),
    Leaf { address: NO_PLACE, ..looks("operator list", "") },
    Leaf { address: NO_PLACE, ..acts("service register", "", "holder", [REGISTERS, POOR, ANY_EPOCH]) },
    acts(
        "service opt-in",
        "--operator {operator} --service {new} --vault {vault}",
        "new",
        [SERVICE, POOR, ANY_EPOCH],
    ),
    acts(
        "service opt-out",
        "--operator {operator} --service {service} --vault {vault}",
        "service",
        [SERVICE, POOR, ANY_EPOCH],
    ),
    looks("service show", "{service}"),
    Leaf { address: NO_PLACE, ..looks("service list", "") },
    looks("service requests", ""),
    acts(
        "service slash",
        "0.1 --evidence-file <recipients> --operator {operator} --service {service} --vault {vault}",
        "service",
        [SERVICE, POOR, ANY_EPOCH],
    ),
    acts("service execute", "{executable}", "holder", [ANYONE, POOR, UNPRICED]),
    acts("service veto", "{vetoable}", "resolver", [Says("only the vault's resolver ("), POOR, ANY_EPOCH]),
    acts("service close", "{expired}", "holder", [ANYONE, POOR, ANY_EPOCH]),
];
