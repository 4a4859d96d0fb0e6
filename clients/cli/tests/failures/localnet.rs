//! What goes wrong on a cluster that is there: another pool or vault, the wrong key, a key without SOL, an epoch whose
//! update was not made.

use crate::leaf::Case::Says;
use crate::leaf::{ANYONE, Case, Leaf, each, fails_with, goes_well};
use crate::table::{leaves, that_say};
use crate::world::World;

/// Runs each command that the case can come up for, with somebody's key.
#[track_caller]
fn all_fail(world: &World, case: impl Fn(&Leaf) -> Case, whose: impl Fn(&Leaf) -> &'static str) {
    let url = world.served.server.url();
    let run =
        |(leaf, text): (&Leaf, &'static str)| (leaf.at(&world.names, &url, world.file(whose(leaf))), text);
    let runs: Vec<_> = that_say(case).into_iter().map(run).collect();
    assert!(runs.len() > 15, "{} commands", runs.len());
    each(&runs, |(words, text)| fails_with(words, text));
}

/// Tries each of these commands with somebody's key: were it not for the case, they would do what they are asked to.
#[track_caller]
fn all_would_act(world: &World, which: impl Fn(&Leaf) -> bool, whose: impl Fn(&Leaf) -> &'static str) {
    // A deployment tries nothing without keys, of which it makes none where it only tries.
    let acting = leaves().into_iter().filter(|leaf| leaf.asks && leaf.command != "deploy" && which(leaf));
    let url = world.served.server.url();
    let runs: Vec<_> =
        acting.map(|leaf| leaf.tried_at(&world.names, &url, world.file(whose(leaf)))).collect();
    assert!(runs.len() > 10, "{} commands", runs.len());
    each(&runs, |words| goes_well(words));
}

/// Each command that only looks answers, whether the pools are updated or not.
#[track_caller]
fn all_that_look_answer(world: &World) {
    let looking = leaves().into_iter().filter(|leaf| leaf.by.is_empty() && matches!(leaf.down, Says(_)));
    let url = world.served.server.url();
    let runs: Vec<_> = looking.map(|leaf| leaf.at(&world.names, &url, world.file("holder"))).collect();
    assert!(runs.len() > 15, "{} commands", runs.len());
    each(&runs, |words| goes_well(words));
}

/// Runs each command that names a pool or a vault, with one that is nobody's.
#[track_caller]
fn none_finds_another(world: &World) {
    let nobody = crate::common::nobody("another").to_string();
    let url = world.served.server.url();
    let mut runs = Vec::new();
    for (option, says) in [("--mint", "no pool for the mint "), ("--vault", "there is no vault at ")] {
        for leaf in leaves().into_iter().filter(|leaf| matches!(leaf.down, Says(_))) {
            let mut words = leaf.at(&world.names, &url, world.file("stranger"));
            let place = words.iter().position(|word| word == option);
            // What is distributed is a mint too, and no pool's.
            if let Some(place) = place.filter(|_| leaf.command != "vault distribute" || option == "--vault") {
                words[place + 1].clone_from(&nobody);
                runs.push((words, says));
            }
        }
    }
    assert!(runs.len() > 60, "{} commands", runs.len());
    each(&runs, |(words, text)| fails_with(words, text));
}

#[test]
fn another_pool_the_wrong_key_an_empty_purse_and_a_stale_pool_are_told_in_a_line() {
    let world = World::tell();
    none_finds_another(&world);
    all_fail(&world, |leaf| leaf.key, |_| "stranger");
    world.all_are_poor();
    all_fail(&world, |leaf| leaf.funds, |leaf| leaf.by);
    world.all_are_rich();
    all_would_act(&world, |_| true, |leaf| leaf.by);
    all_would_act(&world, |leaf| leaf.key == ANYONE, |_| "vault admin");
    all_that_look_answer(&world);
    world.next_epoch_without_updates();
    all_fail(&world, |leaf| leaf.stale, |leaf| leaf.by);
    all_would_act(&world, |leaf| !matches!(leaf.stale, Says(_)), |leaf| leaf.by);
    all_that_look_answer(&world);
}
