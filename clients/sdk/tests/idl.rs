//! The generated code against the IDLs it came from, read here by other means than the generator's.

use serde_json::Value;
use sluice_sdk::{Event, PROGRAMS, Program, error};

fn idls() -> impl Iterator<Item = (&'static Program, Value)> {
    PROGRAMS.iter().map(|program| (program, serde_json::from_str(program.idl).unwrap()))
}

fn list<'a>(idl: &'a Value, name: &str) -> &'a [Value] {
    idl[name].as_array().map_or(&[], Vec::as_slice)
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap()
}

fn discriminator(value: &Value) -> Vec<u8> {
    serde_json::from_value(value["discriminator"].clone()).unwrap()
}

/// Bytes of a type without padding, and of a list that is empty.
fn size(idl: &Value, kind: &Value) -> usize {
    if let Some(array) = kind.get("array") {
        return size(idl, &array[0]) * array[1].as_u64().unwrap() as usize;
    }
    if kind.get("vec").is_some() {
        // How many there are: none.
        return 4;
    }
    if let Some(defined) = kind.get("defined") {
        return struct_size(idl, text(defined, "name"));
    }
    match kind.as_str().unwrap() {
        "bool" | "u8" | "i8" => 1,
        "u16" | "i16" => 2,
        "u32" | "i32" => 4,
        "u64" | "i64" => 8,
        "u128" | "i128" => 16,
        "pubkey" => 32,
        other => panic!("no fixed size: {other}"),
    }
}

fn struct_size(idl: &Value, name: &str) -> usize {
    let definition = list(idl, "types").iter().find(|entry| text(entry, "name") == name).unwrap();
    list(&definition["type"], "fields").iter().map(|field| size(idl, &field["type"])).sum()
}

#[test]
fn every_program_has_its_address() {
    for (program, idl) in idls() {
        assert_eq!(text(&idl, "address"), program.id.to_string());
        assert_eq!(text(&idl["metadata"], "name"), program.name);
    }
}

#[test]
fn every_error_has_its_name_and_message() {
    for (program, idl) in idls() {
        assert!(!list(&idl, "errors").is_empty(), "{}", program.name);
        for expected in list(&idl, "errors") {
            let code = expected["code"].as_u64().unwrap() as u32;
            let found = error::describe(&program.id, code).unwrap();
            assert_eq!((found.name.as_str(), found.code), (text(expected, "name"), code));
            assert_eq!(found.message, text(expected, "msg"));
        }
    }
}

#[test]
fn every_event_decodes_from_its_bytes_and_no_others() {
    for (program, idl) in idls() {
        assert!(!list(&idl, "events").is_empty(), "{}", program.name);
        for event in list(&idl, "events") {
            let name = text(event, "name");
            let mut bytes = discriminator(event);
            bytes.extend(vec![0; struct_size(&idl, name)]);
            assert_eq!(Event::decode(&program.id, &bytes).unwrap().name(), name);
            assert_eq!(Event::decode(&program.id, &bytes[..bytes.len() - 1]), None);
            assert_eq!(Event::decode(&Default::default(), &bytes), None);
            bytes.push(0);
            assert_eq!(Event::decode(&program.id, &bytes), None);
        }
    }
}

/// The first byte of each instruction of the staking pool. What was once given out stays: new ones get new numbers.
const STAKING_POOL: &[(u8, &str)] = &[
    (0, "lst_to_sol"),
    (1, "sol_to_lst"),
    (2, "initialize"),
    (3, "initialize_liquidity"),
    (4, "propose_admin"),
    (5, "accept_admin"),
    (6, "set_roles"),
    (7, "set_limits"),
    (8, "set_treasury"),
    (9, "set_delegation_authority"),
    (10, "retire_validator"),
    (11, "set_fees"),
    (12, "pause"),
    (13, "resume"),
    (14, "deposit_sol"),
    (15, "deposit_stake"),
    (16, "deposit_lst"),
    (17, "liquid_unstake"),
    (18, "withdraw_sol"),
    (19, "order_unstake"),
    (20, "transfer_ticket"),
    (21, "split_ticket"),
    (22, "cancel_ticket"),
    (23, "claim_ticket"),
    (24, "withdraw_stake"),
    (25, "add_liquidity"),
    (26, "remove_liquidity"),
    (27, "fund_insurance"),
    (28, "add_validator"),
    (29, "remove_validator"),
    (30, "set_preferred_validator"),
    (31, "increase_stake"),
    (32, "decrease_stake"),
    (33, "update_validators"),
    (34, "clear_stake_address"),
    (35, "finish_update"),
    (36, "quote_deposit_sol"),
    (37, "quote_deposit_stake"),
    (38, "quote_liquid_unstake"),
    (39, "quote_withdraw_sol"),
    (40, "quote_order_unstake"),
    (41, "quote_ticket"),
    (42, "quote_withdraw_stake"),
    (43, "quote_add_liquidity"),
    (44, "quote_remove_liquidity"),
];

/// What Anchor derives a discriminator from is what other clients rely on; the staking pool gives numbers instead.
#[test]
fn discriminators_are_those_of_the_names() {
    use sha2::{Digest, Sha256};
    for (program, idl) in idls() {
        for (kind, prefix) in [("instructions", "global"), ("accounts", "account"), ("events", "event")] {
            if program.name == "staking_pool" && kind == "instructions" {
                continue;
            }
            for entry in list(&idl, kind) {
                let hash = Sha256::digest(format!("{prefix}:{}", text(entry, "name")));
                assert_eq!(discriminator(entry), hash[..8], "{kind} {}", text(entry, "name"));
            }
        }
    }
}

#[test]
fn a_number_of_the_staking_pool_stays_with_its_instruction() {
    let (_, idl) = idls().find(|(program, _)| program.name == "staking_pool").unwrap();
    let mut found: Vec<_> =
        list(&idl, "instructions").iter().map(|entry| (discriminator(entry), text(entry, "name"))).collect();
    found.sort();
    let expected: Vec<_> = STAKING_POOL.iter().map(|(number, name)| (vec![*number], *name)).collect();
    assert_eq!(found, expected);
}
