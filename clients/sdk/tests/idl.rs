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

/// Bytes of a type without padding.
fn size(idl: &Value, kind: &Value) -> usize {
    if let Some(array) = kind.get("array") {
        return size(idl, &array[0]) * array[1].as_u64().unwrap() as usize;
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

/// What Anchor derives a discriminator from is what other clients rely on.
#[test]
fn discriminators_are_those_of_the_names() {
    use sha2::{Digest, Sha256};
    for (_, idl) in idls() {
        for (kind, prefix) in [("instructions", "global"), ("accounts", "account"), ("events", "event")] {
            for entry in list(&idl, kind) {
                let hash = Sha256::digest(format!("{prefix}:{}", text(entry, "name")));
                assert_eq!(discriminator(entry), hash[..8], "{kind} {}", text(entry, "name"));
            }
        }
    }
}
