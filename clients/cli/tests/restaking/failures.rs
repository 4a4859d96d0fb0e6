//! What every command says when it is not understood.

use crate::common::{misuse, sluice};
use crate::world::nowhere;

#[test]
fn an_address_an_amount_or_a_hash_that_is_none_is_not_understood() {
    let at = nowhere();
    for command in [
        "vault claim here --vault there".to_owned(),
        format!("vault deposit 1e9 --vault {at}"),
        format!("vault deposit 0 --vault {at}"),
        format!("vault withdraw --vault {at}"),
        format!("vault show --vault {at} --vrt {at}"),
        format!("vault set-fee --fee-account {at} --no-account --vault {at}"),
        format!("vault distribute x.csv --mint {at} --epochs 1 --proofs y --vault {at}"),
        format!("vault propose-admin {at} --nobody --vault {at}"),
        "operator set-fee lots".to_owned(),
        format!("service slash 1 --operator {at} --service {at} --vault {at}"),
        format!("service slash 1 --operator {at} --service {at} --vault {at} --evidence abc"),
    ] {
        let line = misuse(&sluice(command.split(' ')));
        let name: Vec<&str> = command.split(' ').take(2).collect();
        assert!(line.ends_with(&format!(": see `sluice {} --help`", name.join(" "))), "{command}: {line}");
    }
}
