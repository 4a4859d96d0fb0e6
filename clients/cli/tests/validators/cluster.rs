//! Which cluster is asked: an option, the settings of the Solana CLI, or the one on this machine.

use crate::world::{World, complaint, home, said, sluice_at};

fn explain(world: &World, more: &[&str]) -> Vec<String> {
    let (vote, mint) = (world.vote("fair").to_string(), world.mint());
    let all = ["validator", "explain", &vote, "--mint", &mint];
    all.iter().chain(more).map(|text| text.to_string()).collect()
}

#[test]
fn the_solana_clis_settings_are_followed_unless_told_otherwise() {
    let world = World::shared();
    let home = home("with settings");
    let settings = home.join(".config/solana/cli/config.yml");
    std::fs::create_dir_all(settings.parent().unwrap()).unwrap();
    std::fs::write(
        &settings,
        format!(
            "---\njson_rpc_url: {}\nwebsocket_url: ''\nkeypair_path: ''\ncommitment: confirmed\n",
            world.server.url()
        ),
    )
    .unwrap();
    assert!(said(&sluice_at(&home, explain(world, &[]))).starts_with("You hold"));

    // The option goes first; a file may be named.
    let closed = complaint(&sluice_at(&home, explain(world, &["--url", "http://127.0.0.1:1"])));
    assert!(closed.contains("127.0.0.1:1"), "{closed}");
    let empty = crate::world::home("without settings");
    assert!(
        said(&sluice_at(&empty, explain(world, &["-C", settings.to_str().unwrap()]))).starts_with("You hold")
    );
    let absent = complaint(&sluice_at(&empty, explain(world, &["-C", "/nowhere/config.yml"])));
    assert!(
        absent.starts_with("cannot read the settings of the Solana CLI in /nowhere/config.yml"),
        "{absent}"
    );
}
