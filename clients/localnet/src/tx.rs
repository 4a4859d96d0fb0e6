//! Transactions: how one is asked for, what came of it. Reads results out of the runtime's structures and
//! decides nothing.

use {
    solana_account::Account,
    solana_address::Address,
    solana_compute_budget_interface::ComputeBudgetInstruction,
    solana_hash::Hash,
    solana_instruction::Instruction,
    solana_keypair::Keypair,
    solana_message::{
        AddressLookupTableAccount, VersionedMessage, inner_instruction::InnerInstructionsList, v0,
    },
    solana_signature::Signature,
    solana_signer::Signer,
    solana_transaction::versioned::VersionedTransaction,
    solana_transaction_error::TransactionError,
};

/// What a program returned with `set_return_data`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReturnData {
    pub program: Address,
    pub data: Vec<u8>,
}

/// A transaction that landed and succeeded.
#[derive(Clone, Debug)]
pub struct TxOutcome {
    pub signature: Signature,
    pub slot: u64,
    /// Program logs, not truncated (a mainnet node keeps 10,000 bytes).
    pub logs: Vec<String>,
    /// Compute units consumed by all instructions.
    pub compute_units: u64,
    pub return_data: Option<ReturnData>,
    /// Lamports charged: signatures and priority.
    pub fee: u64,
    /// Accounts in the transaction's order, looked up ones included.
    pub accounts: Vec<Address>,
    /// Lamports of `accounts` before and after.
    pub pre_balances: Vec<u64>,
    pub post_balances: Vec<u64>,
    /// The instructions each instruction invoked.
    pub inner_instructions: InnerInstructionsList,
}

impl TxOutcome {
    /// By how many lamports the transaction changed an account, fee included; 0 for one it does not name.
    pub fn balance_change(&self, address: &Address) -> i128 {
        let Some(index) = self.accounts.iter().position(|account| account == address) else { return 0 };
        i128::from(self.post_balances[index]) - i128::from(self.pre_balances[index])
    }
}

/// A transaction that failed. If it executed, it landed and its fee was charged.
#[derive(Clone, Debug)]
pub struct TxError {
    pub err: TransactionError,
    pub signature: Signature,
    pub logs: Vec<String>,
    pub compute_units: u64,
    /// Lamports charged; 0 if the transaction never landed.
    pub fee: u64,
}

impl TxError {
    pub(crate) fn not_landed(err: TransactionError, signature: Signature) -> Box<Self> {
        Box::new(Self { err, signature, logs: Vec::new(), compute_units: 0, fee: 0 })
    }

    /// The program error's number, if a program failed with one.
    pub fn custom_code(&self) -> Option<u32> {
        use solana_instruction::error::InstructionError;
        match &self.err {
            TransactionError::InstructionError(_, InstructionError::Custom(code)) => Some(*code),
            _ => None,
        }
    }
}

impl std::fmt::Display for TxError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.err)?;
        self.logs.iter().try_for_each(|line| write!(f, "\n  {line}"))
    }
}

impl std::error::Error for TxError {}

/// What processing a transaction gives.
pub type TxResult = Result<TxOutcome, Box<TxError>>;

/// What a transaction would have done.
#[derive(Clone, Debug)]
pub struct Simulation {
    pub result: Result<(), TransactionError>,
    pub logs: Vec<String>,
    pub compute_units: u64,
    pub return_data: Option<ReturnData>,
    /// Lamports it would have cost; `None` if it would not have landed.
    pub fee: Option<u64>,
    /// Its accounts as it would have left them; empty if it would not have executed.
    pub accounts: Vec<(Address, Account)>,
}

/// A transaction to build, sign and send: instructions and signers, then what is special about it.
#[derive(Clone)]
pub struct TxRequest<'a> {
    instructions: Vec<Instruction>,
    signers: Vec<&'a Keypair>,
    lookup_tables: Vec<AddressLookupTableAccount>,
}

impl<'a> TxRequest<'a> {
    /// The first signer pays.
    pub fn new(instructions: &[Instruction], signers: &[&'a Keypair]) -> Self {
        Self { instructions: instructions.to_vec(), signers: signers.to_vec(), lookup_tables: Vec::new() }
    }

    /// Asks for a compute limit other than 200,000 units an instruction.
    pub fn compute_units(mut self, limit: u32) -> Self {
        self.instructions.insert(0, ComputeBudgetInstruction::set_compute_unit_limit(limit));
        self
    }

    /// Pays for priority, micro-lamports a compute unit.
    pub fn unit_price(mut self, micro_lamports: u64) -> Self {
        self.instructions.insert(0, ComputeBudgetInstruction::set_compute_unit_price(micro_lamports));
        self
    }

    /// Names accounts through address lookup tables where it can.
    pub fn lookup_tables(mut self, tables: &[AddressLookupTableAccount]) -> Self {
        self.lookup_tables.extend_from_slice(tables);
        self
    }

    /// The signed version 0 transaction.
    ///
    /// # Panics
    /// If no signer is given, if a signature is missing, or if accounts do not fit a message: errors of a test
    /// or a script, not of the chain.
    pub fn sign(&self, blockhash: Hash) -> VersionedTransaction {
        let payer = self.signers.first().expect("a transaction needs a payer").pubkey();
        let message = v0::Message::try_compile(&payer, &self.instructions, &self.lookup_tables, blockhash)
            .expect("the accounts fit a message");
        VersionedTransaction::try_new(VersionedMessage::V0(message), &self.signers)
            .expect("every signer is given")
    }
}
