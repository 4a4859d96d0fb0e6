//! What wallets show of a pool's token. A Token-2022 mint carries that itself (see `token_2022.rs`); of an SPL Token mint it
//! is written beside it, by Metaplex's program, while somebody can still sign as mint authority: before that is the pool.

use sluice_localnet::LocalnetConfig;
use sluice_sdk::pda::staking_pool as pda;
use sluice_tests::metadata::{CreateMetadata, metadata};
use sluice_tests::token_2022::TEXT;
use sluice_tests::*;
use solana_address::Address;
use solana_instruction::{AccountMeta, Instruction};
use solana_signer::Signer;

/// The metadata program's `InvalidMintAuthority`.
const INVALID_MINT_AUTHORITY: u32 = 10;

/// The token program's `SetAuthority` of who mints.
fn set_mint_authority(mint: &Address, from: &Address, to: &Address) -> Instruction {
    Instruction {
        program_id: token::TOKEN_PROGRAM,
        accounts: vec![AccountMeta::new(*mint, false), AccountMeta::new_readonly(*from, true)],
        data: [&[6, 0, 1], to.as_ref()].concat(),
    }
}

fn tells_wallets<C: Chain>(chain: &mut C) {
    let payer = chain.wallet("payer", 1_000 * SOL);
    let (mint, curator) = (keypair("slSOL mint"), keypair("curator").pubkey());
    let pool = pda::find_pool(&mint.pubkey()).0;
    token::create_mint(chain, &payer, &mint, &payer.pubkey());
    let describe = |authority: &Address| {
        let accounts = CreateMetadata::new(&payer.pubkey(), &mint.pubkey(), authority, &curator);
        accounts.instruction(TEXT.0, TEXT.1, TEXT.2)
    };
    // Described and handed over in one transaction.
    let hand_over = set_mint_authority(&mint.pubkey(), &payer.pubkey(), &pool);
    chain.must(&[describe(&payer.pubkey()), hand_over], &[&payer]);
    let found = metadata(chain, &mint.pubkey()).expect("metadata");
    assert_eq!((found.name.as_str(), found.symbol.as_str(), found.uri.as_str()), TEXT);
    assert_eq!(found.update_authority, curator);

    // The pool is made over it, and whoever holds its token is told its name.
    let fixture = PoolFixture::new(chain);
    let (alice, lst) = fixture.user(chain, "alice", 100 * SOL);
    chain.must(&[fixture.deposit_sol(&alice.pubkey(), &lst, 9 * SOL, 9 * SOL)], &[&alice]);
    assert_eq!(metadata(chain, &fixture.mint), Some(found));
    ledger::assert_balanced(chain, &fixture);
}

#[test]
fn a_mint_of_spl_token_is_described_before_it_is_the_pools() {
    tells_wallets(&mut Svm::with_peers());
    tells_wallets(&mut Bank::with_peers(LocalnetConfig::default()));
}

#[test]
fn afterwards_nobody_can() {
    let mut svm = Svm::with_peers();
    let pool = PoolFixture::new(&mut svm);
    for authority in [&pool.payer, &pool.admin] {
        let accounts =
            CreateMetadata::new(&pool.payer.pubkey(), &pool.mint, &authority.pubkey(), &authority.pubkey());
        let wrong = accounts.instruction(TEXT.0, TEXT.1, TEXT.2);
        let signers = [&pool.payer, authority];
        let signers = if authority.pubkey() == pool.payer.pubkey() { &signers[..1] } else { &signers[..] };
        svm.refuses(&[wrong], signers, INVALID_MINT_AUTHORITY);
    }
    assert_eq!(metadata(&svm, &pool.mint), None);
}
