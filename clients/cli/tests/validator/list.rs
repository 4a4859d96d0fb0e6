//! `sluice validators` with its orders and searches.

use crate::world::World;

#[test]
fn candidates_are_found_and_put_in_order() {
    let world = World::tell();
    let [first, second] = world.candidates.map(|vote| vote.to_string());
    let found = world.served.answers(&["validators", "--find", &first[..8]]);
    assert_eq!(found["validators"][0]["vote"], first);
    assert_eq!((found["validators"].as_array().unwrap().len(), &found["candidates"]), (1, &2.into()));
    let votes = |order: &str| -> Vec<String> {
        let found = world.served.answers(&["validators", "--sort", order]);
        let lines = found["validators"].as_array().unwrap().clone();
        lines.iter().map(|line| line["vote"].as_str().unwrap().to_owned()).collect()
    };
    let mut sorted = [first.clone(), second.clone()];
    sorted.sort();
    assert_eq!(votes("vote"), sorted);
    for order in ["score", "held", "bond", "bid", "commission"] {
        assert_eq!(votes(order).len(), 2, "{order}");
    }
    assert_eq!(world.served.asks(&["validators", "--sort", "luck"]).status.code(), Some(2));
}
