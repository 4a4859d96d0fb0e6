//! `sluice validators`.

use serde_json::Value;

use crate::world::{World, said, sluice};

fn list(world: &World, more: &[&str]) -> String {
    let (mint, url) = (world.mint(), world.server.url());
    said(&sluice([&["validators", "--mint", &mint, "--url", &url], more].concat()))
}

#[test]
fn candidates_are_ranked_and_those_that_do_not_compete_come_last() {
    let world = World::shared();
    let list: Value = serde_json::from_str(&list(world, &["--output", "json"])).unwrap();
    let lines = list["validators"].as_array().unwrap();
    assert_eq!((lines.len(), &list["candidates"], &list["competing"]), (12, &12.into(), &7.into()));
    let key = |line: &Value| (line["competes"].as_bool().unwrap(), line["score"].as_u64().unwrap());
    assert!(lines.windows(2).all(|pair| key(&pair[0]) >= key(&pair[1])));
    for (place, line) in lines.iter().enumerate() {
        assert_eq!(line["rank"], place + 1);
        let vote = line["vote"].as_str().unwrap();
        let (name, told) = world.told.iter().find(|(name, _)| world.vote(name).to_string() == vote).unwrap();
        assert_eq!((&line["score"], &line["held"]), (&told.score.into(), &told.held.into()), "{name}");
        assert_eq!((&line["bond"], &line["ideal"]), (&told.bond.into(), &told.ideal.into()), "{name}");
        assert_eq!(line["expected_apy"], told.expected_apy, "{name}");
    }
    assert_eq!(lines[0]["vote"], world.vote("best").to_string());
}

#[test]
fn a_limit_shows_the_best_and_says_of_how_many() {
    let text = list(World::shared(), &["--limit", "2"]);
    assert_eq!(text.lines().count(), 5, "{text}");
    assert!(
        text.contains("7 of 12 candidates compete, 2 shown.") && text.contains("allocated this epoch."),
        "{text}"
    );
    assert!(list(World::shared(), &["--limit", "0"]).contains("0 shown"));
}
