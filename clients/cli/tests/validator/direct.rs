//! `sluice direct`: LST locked behind a validator, and taken back.

use sluice_tests::SOL;
use sluice_tests::chain::Chain;

use crate::common::{FEE, event, key, number, row};
use crate::world::World;

#[test]
fn a_holder_directs_stake_and_gets_its_lst_back() {
    let world = World::tell();
    let served = &world.served;
    let (person, lst) = world.holder("director", 10 * SOL);
    let owner = person.address().to_string();
    let [vote, _] = world.candidates.map(|vote| vote.to_string());
    assert_eq!(
        served.tells(&["direct", "--owner", &owner]),
        format!("{owner} directs no stake of this pool.\n")
    );
    let said = served.refuses(&person, &["direct", "add", &world.newcomer.to_string(), "1"]);
    assert!(said.contains("has not joined"), "{said}");
    let said = served.refuses(&person, &["direct", "add", &vote, "0.01"]);
    assert!(said.contains("DirectionTooSmall"), "{said}");
    let said = served.refuses(&person, &["direct", "add", &vote, "50"]);
    assert!(said.starts_with("50 LST were asked for"), "{said}");

    let (had, vault, lamports) = (served.tokens(&lst), world.vault(), served.lamports(&person.address()));
    let rent = served.chain(|net| net.rent_exempt(160));
    let preview = served.previews(&person, &["direct", "add", &vote, "4"]);
    assert!(
        row(&preview, "You lock").starts_with("4 LST, worth ") && preview.contains("20.00 % of the pool"),
        "{preview}"
    );
    let done = served.does(&person, &["direct", "add", &vote, "4"]);
    let told = event(&done, "DirectionChanged");
    let direction = key(&told["direction"]).to_string();
    assert_eq!((number(&told["shares"]), number(&told["behind_after"])), (4 * SOL, 4 * SOL));
    assert_eq!((served.tokens(&lst), world.vault()), (had - 4 * SOL, vault + 4 * SOL));
    assert_eq!(served.lamports(&person.address()), lamports - rent - 2 * FEE);
    world.next_epochs(1);
    assert!(world.candidate(&world.candidates[0]).seat.directed >= 4 * SOL, "it counts");

    let claim = ["direct", "claim", &direction];
    let said = served.refuses(&person, &claim);
    assert!(said.starts_with(&format!("{direction} still counts for its validator")), "{said}");
    let stranger = served.person("stranger", SOL);
    let said = served.refuses(&stranger, &["direct", "remove", &direction]);
    assert!(said.starts_with(&format!("{direction} belongs to {owner}")), "{said}");
    let done = served.does(&person, &["direct", "remove", &direction]);
    let release = number(&event(&done, "DirectionChanged")["release_epoch"]);
    let listed = served.answers(&["direct", "--owner", &owner]);
    assert_eq!(number(&listed["directions"][0]["release_epoch"]), release);
    assert_eq!(release, number(&listed["epoch"]) + 2);
    for arguments in [&claim, &["direct", "remove", &direction]] {
        let said = served.refuses(&person, arguments);
        assert_eq!(
            said,
            format!("{direction} was taken back already: it can be claimed from epoch {release} on")
        );
    }

    world.next_epochs(2);
    assert!(served.tells(&["direct", "--owner", &owner]).trim_end().ends_with("can be claimed now"));
    let (tokens, vault, lamports) = (served.tokens(&lst), world.vault(), served.lamports(&person.address()));
    served.does(&person, &claim);
    assert_eq!((served.tokens(&lst), world.vault()), (tokens + 4 * SOL, vault - 4 * SOL));
    assert_eq!(served.lamports(&person.address()), lamports + rent - FEE);
    let said = served.refuses(&person, &claim);
    assert_eq!(said, format!("there is no Direction at {direction}"));
}
