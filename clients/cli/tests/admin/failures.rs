//! What every command says when it is not understood.

use crate::common::{misuse, nobody, sluice};

#[test]
fn what_is_not_understood_is_told_from_what_fails() {
    let at = nobody("nowhere");
    for command in [
        "admin pool pause".to_owned(),
        format!("admin pool pause --mint {at} --pool {at}"),
        format!("admin pool set-roles --mint {at}"),
        format!("admin pool set-roles --open-deposits --deposit-authority {at} --mint {at}"),
        format!("admin pool set-fees --reward-bps 70000 --mint {at}"),
        format!("admin pool increase {at} all --mint {at}"),
        format!("admin selection set-params --min-move 0.0000000001 --mint {at}"),
        format!("admin selection set-oracle --mint {at}"),
        format!("admin selection ban him --mint {at}"),
    ] {
        let line = misuse(&sluice(command.split(' ')));
        let name: Vec<&str> = command.split(' ').take(3).collect();
        assert!(line.ends_with(&format!(": see `sluice {} --help`", name.join(" "))), "{command}: {line}");
    }
}
