//! The programs' compiler against the native one: the operations of `toolchain/sbf-check` run inside the SVM and
//! on the host, from the same source, and must agree. Whatever toolchain built the program is the one tested.

use litesvm::{LiteSVM, types::TransactionResult};
use solana_address::Address;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_message::Message;
use solana_signer::Signer;
use solana_transaction::Transaction;

#[path = "../../toolchain/sbf-check/src/ops.rs"]
#[allow(dead_code)]
mod ops;

/// Pairs of operands in a transaction: the most that its 1,232 bytes hold.
const BATCH: usize = 30;

struct Svm {
    svm: LiteSVM,
    payer: Keypair,
    program: Address,
}

impl Svm {
    fn new() -> Self {
        let mut svm = LiteSVM::new();
        let payer = Keypair::new();
        let program = Address::new_unique();
        svm.airdrop(&payer.pubkey(), 1_000_000_000).unwrap();
        let so = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/deploy/sbf_check.so");
        svm.add_program_from_file(program, so)
            .unwrap_or_else(|e| panic!("{so}: {e}; run toolchain/build-sbf.sh first"));
        Self { svm, payer, program }
    }

    // The error is LiteSVM's own type, and there are a few thousand calls.
    #[allow(clippy::result_large_err)]
    fn send(&mut self, op: u8, pairs: &[(u128, u128)]) -> TransactionResult {
        let operands = pairs.iter().flat_map(|(a, b)| [a.to_le_bytes(), b.to_le_bytes()]).flatten();
        let data = std::iter::once(op).chain(operands).collect();
        let instruction = Instruction { program_id: self.program, accounts: vec![], data };
        let message = Message::new(&[instruction], Some(&self.payer.pubkey()));
        self.svm.expire_blockhash();
        let transaction = Transaction::new(&[&self.payer], message, self.svm.latest_blockhash());
        self.svm.send_transaction(transaction)
    }

    fn agrees(&mut self, op: u8, pairs: &[(u128, u128)]) {
        for batch in pairs.chunks(BATCH) {
            let returned =
                self.send(op, batch).unwrap_or_else(|e| panic!("operation {op}: {e:?}")).return_data.data;
            assert_eq!(returned.len(), batch.len() * 17);
            for (&(a, b), answer) in batch.iter().zip(returned.chunks_exact(17)) {
                let in_svm = (answer[0] == 1).then(|| u128::from_le_bytes(answer[1..].try_into().unwrap()));
                assert_eq!(in_svm, ops::run(op, a, b), "operation {op} of {a:#x} and {b:#x}");
            }
        }
    }

    fn failure(&mut self, op: u8, a: u128) -> String {
        let failed = self.send(op, &[(a, 0)]).expect_err("must fail");
        format!("{:?} {}", failed.err, failed.meta.logs.join("\n"))
    }
}

/// Around every power of two that a 128-bit routine built of 32- and 64-bit halves can get wrong.
fn edges() -> Vec<u128> {
    let mut edges: Vec<u128> = [0, 1, 2, 16, 31, 32, 33, 62, 63, 64, 65, 95, 96, 97, 126, 127]
        .into_iter()
        .flat_map(|bit| [(1_u128 << bit).wrapping_sub(1), 1 << bit, (1 << bit) + 1, !(1 << bit)])
        .chain([u128::MAX, u128::MAX - 1, 10_u128.pow(9), 10_u128.pow(18), 3, 7, 10_000])
        .collect();
    edges.sort_unstable();
    edges.dedup();
    edges
}

/// SplitMix64: a fixed seed, so that a failure repeats.
struct Random(u64);

impl Random {
    fn u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// All widths equally often: uniform 128-bit numbers would hardly ever be small.
    fn u128(&mut self) -> u128 {
        let wide = u128::from(self.u64()) << 64 | u128::from(self.u64());
        wide >> (self.u64() % 128)
    }
}

#[test]
fn arithmetic_in_the_svm_agrees_with_the_host_at_the_edges() {
    let edges = edges();
    let pairs: Vec<_> = edges.iter().flat_map(|&a| edges.iter().map(move |&b| (a, b))).collect();
    let mut svm = Svm::new();
    for op in ops::OPS {
        svm.agrees(op, &pairs);
    }
}

#[test]
fn arithmetic_in_the_svm_agrees_with_the_host_on_random_operands() {
    let mut random = Random(1);
    let mut svm = Svm::new();
    for op in ops::OPS {
        let pairs: Vec<_> = (0..3_000).map(|_| (random.u128(), random.u128())).collect();
        svm.agrees(op, &pairs);
    }
}

#[test]
fn failures_in_the_svm_are_reported_and_not_survived() {
    let mut svm = Svm::new();
    for (op, a) in [(200, 42), (201, 4), (202, u128::from(u64::MAX)), (203, 1 << 20)] {
        let failure = svm.failure(op, a);
        assert!(failure.contains("PANICKED") && failure.contains("SBF program panicked"), "{op}: {failure}");
    }
    assert!(svm.failure(204, 0).contains("SBF program panicked"));
}
