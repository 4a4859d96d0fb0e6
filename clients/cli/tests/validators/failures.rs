//! What can be wrong, each told in one line with exit code 1, or 2 for a command line that makes no sense.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use sluice_tests::keypair;
use solana_signer::Signer;
use tiny_http::{Header, Response, Server};

use crate::world::{World, complaint, said, sluice};

/// Asks for a validator of a pool at a server.
fn ask(vote: &str, pool: [&str; 2], url: &str) -> std::process::Output {
    sluice(["validator", "explain", vote, pool[0], pool[1], "--url", url])
}

fn fair(url: &str) -> std::process::Output {
    let world = World::shared();
    ask(&world.vote("fair").to_string(), ["--mint", &world.mint()], url)
}

/// A server that answers its first requests as told, and others as the Bank would. Runs until the tests end.
fn stand_in(
    first: usize,
    answer: impl Fn() -> Response<std::io::Cursor<Vec<u8>>> + Send + 'static,
) -> (String, Arc<AtomicUsize>) {
    let server = Server::http("127.0.0.1:0").unwrap();
    let url = format!("http://{}", server.server_addr());
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&asked);
    let behind = World::shared().server.url();
    std::thread::spawn(move || {
        let http = reqwest::blocking::Client::new();
        for mut request in server.incoming_requests() {
            if counted.fetch_add(1, Ordering::SeqCst) < first {
                request.respond(answer()).unwrap();
                continue;
            }
            let mut body = String::new();
            request.as_reader().read_to_string(&mut body).unwrap();
            let passed_on = http.post(&behind).body(body).send().unwrap().text().unwrap();
            request.respond(Response::from_string(passed_on)).unwrap();
        }
    });
    (url, asked)
}

fn busy() -> Response<std::io::Cursor<Vec<u8>>> {
    let at_once = Header::from_bytes("Retry-After", "0").unwrap();
    Response::from_string("Too many requests").with_status_code(429).with_header(at_once)
}

#[test]
fn no_url() {
    let said = complaint(&fair("mainnet"));
    assert!(
        said.contains("\"mainnet\" is no URL of an RPC server") && said.contains("mainnet-beta"),
        "{said}"
    );
}

#[test]
fn a_pool_that_is_named_twice_or_not_at_all() {
    let world = World::shared();
    let (vote, mint) = (world.vote("fair").to_string(), world.mint());
    for pool in [&[][..], &["--mint", &mint, "--pool", &mint]] {
        let output = sluice([&["validator", "explain", &vote], pool].concat());
        assert_eq!(output.status.code(), Some(2));
    }
}

#[test]
fn no_pool_for_that_mint() {
    let world = World::shared();
    let vote = world.vote("fair").to_string();
    let mint = keypair("another mint").pubkey().to_string();
    let said = complaint(&ask(&vote, ["--mint", &mint], &world.server.url()));
    assert!(said.starts_with(&format!("no pool for the mint {mint} on this cluster (127.0.0.1:")), "{said}");
    let said = complaint(&ask(&vote, ["--pool", &mint], &world.server.url()));
    assert!(said.starts_with(&format!("no pool at {mint} on this cluster")), "{said}");
    // The mint's own account is there, and is no pool.
    let said = complaint(&ask(&vote, ["--pool", &world.mint()], &world.server.url()));
    assert!(said.contains("is no pool: Pool: the account is owned by"), "{said}");
    // So are accounts of the right program.
    let list = world.selection.pool.list.to_string();
    let said = complaint(&ask(&vote, ["--pool", &list], &world.server.url()));
    assert!(said.starts_with(&format!("{list} is no pool: Pool: ")), "{said}");
}

#[test]
fn a_pool_without_a_selection() {
    let world = World::shared();
    let plain = world.plain.pool.to_string();
    let said = complaint(&ask(&world.vote("fair").to_string(), ["--pool", &plain], &world.server.url()));
    assert!(said.starts_with(&format!("the pool {plain} has no selection")), "{said}");
}

#[test]
fn one_that_has_not_joined() {
    let world = World::shared();
    let vote = world.vote("stranger").to_string();
    let said = complaint(&ask(&vote, ["--mint", &world.mint()], &world.server.url()));
    let whole = format!(
        "{vote} has not joined: anyone may bring it in with a bond of 2.00 LST or more (`sluice validator join`), once it has 3 completed \
         epochs with credits; 12 of 100 places are taken"
    );
    assert_eq!(said, whole);
}

#[test]
fn an_address_that_is_no_vote_account() {
    let world = World::shared();
    for address in [world.mint(), keypair("nobody").pubkey().to_string()] {
        let said = complaint(&ask(&address, ["--mint", &world.mint()], &world.server.url()));
        assert!(said.starts_with(&format!("{address} is no vote account on this cluster")), "{said}");
    }
    let said = complaint(&ask(&world.identity.to_string(), ["--mint", &world.mint()], &world.server.url()));
    let vote = world.vote("best");
    assert_eq!(
        said,
        format!("{} is a validator's identity: ask for its vote account, {vote}", world.identity)
    );
}

#[test]
fn a_busy_server_is_asked_again() {
    let (url, asked) = stand_in(2, busy);
    assert!(said(&fair(&url)).starts_with("You hold"));
    assert_eq!(asked.load(Ordering::SeqCst), 4, "two refusals, two answers");
}

#[test]
fn a_server_that_stays_busy_is_given_up() {
    let (url, asked) = stand_in(usize::MAX, busy);
    let said = complaint(&fair(&url));
    assert!(said.contains("is busy (HTTP 429), after several tries: wait, or use another --url"), "{said}");
    assert_eq!(asked.load(Ordering::SeqCst), 6, "five times more");
}

#[test]
fn a_server_that_answers_something_else() {
    let says = |status: u16, text: &'static str| {
        let (url, _) = stand_in(usize::MAX, move || Response::from_string(text).with_status_code(status));
        complaint(&fair(&url))
    };
    let said = says(200, "<html>hello</html>");
    assert!(said.contains("does not answer as an RPC server"), "{said}");
    let said = says(502, "<html>bad gateway</html>");
    assert!(said.ends_with("answers with HTTP 502 Bad Gateway"), "{said}");
    let said = says(200, "{}");
    assert!(said.contains("does not answer as an RPC server"), "{said}");
    let said = says(200, r#"{"jsonrpc":"2.0","id":1,"result":{"context":{"slot":1},"value":[]}}"#);
    assert!(said.contains("not as many accounts as were asked for"), "{said}");
    let account = r#"{"jsonrpc":"2.0","id":1,"result":{"context":{"slot":1},"value":[{"owner":"11111111111111111111111111111111","data":["?","base64"]},null]}}"#;
    let said = says(200, account);
    assert!(said.contains("does not answer as an RPC server"), "{said}");
    let refusal =
        r#"{"jsonrpc":"2.0","id":1,"error":{"code":-32005,"message":"Node is behind\nby 42 slots"}}"#;
    let said = says(200, refusal);
    assert!(said.ends_with("refuses getMultipleAccounts: Node is behind by 42 slots (-32005)"), "{said}");
    let said = says(503, refusal);
    assert!(said.ends_with("answers with HTTP 503 Service Unavailable"), "{said}");
}
