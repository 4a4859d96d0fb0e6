//! Writes a program into its buffer, many transactions at a time, and deploys or upgrades from it. What the buffer holds
//! already is not written again; before anything is deployed the buffer is read and compared with the file.

use std::time::Duration;

use futures_util::StreamExt;
use sluice_client::{Landed, Request, SendError};
use solana_address::Address;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_loader_v3_interface::instruction as loader;
use solana_loader_v3_interface::state::UpgradeableLoaderState as State;
use solana_rpc_client_api::config::RpcSendTransactionConfig;
use solana_sdk_ids::bpf_loader_upgradeable;
use solana_signature::Signature;
use solana_signer::Signer;

use crate::Progress;
use crate::chain::{Context, SIGNATURE_FEE};
use crate::error::Error;
use crate::steps::Upload;

/// Bytes of a file that one transaction writes.
pub const CHUNK: usize = 950;
/// Writes of one block hash, and how many requests wait at a time.
const WRITES_PER_ROUND: usize = 192;
const REQUESTS: usize = 16;
/// How often statuses are asked for, and after how many times what has not landed is sent again.
const ASK: Duration = Duration::from_millis(300);
const ASKS_PER_SEND: u32 = 6;
/// How many times in a row statuses may be asked for in vain before the server counts as gone.
const PATIENCE: u32 = 200;
/// How many times the next slot is waited for: a local cluster may stand still.
const SLOT_PATIENCE: u32 = 50;
/// The server's own limit of statuses in a request.
const STATUSES: usize = 256;

impl Upload {
    /// Fees of the transactions it takes if nothing is written yet, in lamports.
    pub fn fees(&self, payer: &Address) -> u64 {
        // Every transaction has the wallet's, and beside it that of the buffer, of the program or of its authority.
        let others = match &self.there {
            Some((authority, _)) if authority.pubkey() == *payer => 1,
            Some(_) => 2 + u64::from(self.grows()),
            None => 2,
        };
        SIGNATURE_FEE.saturating_mul(self.transactions() as u64 + others)
    }

    pub fn transactions(&self) -> usize {
        self.bytes.len().div_ceil(CHUNK) + 2 + usize::from(self.grows())
    }

    /// Whether what is there has too little room.
    fn grows(&self) -> bool {
        self.there.as_ref().is_some_and(|(_, room)| self.max_length > *room)
    }

    /// Does all of it; the transaction that deployed.
    pub async fn run(&self, context: &Context, progress: &dyn Fn(Progress<'_>)) -> Result<Landed, Error> {
        self.make_buffer(context).await?;
        self.write(context, progress).await?;
        self.deploy(context).await
    }

    async fn send(
        &self,
        context: &Context,
        instructions: Vec<Instruction>,
        keys: &[&Keypair],
    ) -> Result<Landed, Error> {
        let request = Request::new(instructions).unit_price(context.options.unit_price);
        let mut signers: Vec<&Keypair> = vec![context.keys.wallet()];
        let others = keys.iter().filter(|key| key.pubkey() != context.payer());
        signers.extend(others);
        let (landed, _) = request.run(&context.rpc, &signers).await.map_err(|reason| self.failed(reason))?;
        Ok(landed)
    }

    fn failed(&self, reason: SendError) -> Error {
        Error::Send { what: self.what.clone(), reason: Box::new(reason) }
    }

    fn refused(&self, reason: String) -> Error {
        Error::Refused { what: self.what.clone(), reason }
    }

    /// The buffer, where there is none yet.
    async fn make_buffer(&self, context: &Context) -> Result<(), Error> {
        let (payer, buffer) = (context.payer(), self.buffer.pubkey());
        if context.rpc.account(&buffer).await?.is_some_and(|account| !account.data.is_empty()) {
            return Ok(());
        }
        let rent = context.rent(State::size_of_buffer(self.bytes.len())).await?;
        let make = loader::create_buffer(&payer, &buffer, &payer, rent, self.bytes.len())
            .map_err(|error| self.refused(error.to_string()))?;
        self.send(context, make, &[&self.buffer]).await.map(|_| ())
    }

    /// The bytes in the buffer.
    async fn written(&self, context: &Context) -> Result<Vec<u8>, Error> {
        let buffer = self.buffer.pubkey();
        let account = context.rpc.account(&buffer).await?;
        let account = account.ok_or_else(|| self.refused(format!("the buffer {buffer} has disappeared")))?;
        let (head, bytes) = account
            .data
            .split_at_checked(State::size_of_buffer_metadata())
            .ok_or_else(|| self.refused(format!("{buffer} is no buffer")))?;
        // Tag, whether there is an authority, and which.
        let authority =
            (head[..5] == [1, 0, 0, 0, 1]).then(|| Address::try_from(&head[5..37]).ok()).flatten();
        let is_ours = authority == Some(context.payer());
        if account.owner != bpf_loader_upgradeable::ID || !is_ours || bytes.len() != self.bytes.len() {
            return Err(self.refused(format!("{buffer} is not the wallet's buffer for this file")));
        }
        Ok(bytes.to_vec())
    }

    /// Where a chunk is missing, and how many bytes are there.
    fn missing(&self, written: &[u8]) -> Vec<usize> {
        let starts = (0..self.bytes.len()).step_by(CHUNK);
        starts
            .filter(|start| written[*start..self.end(*start)] != self.bytes[*start..self.end(*start)])
            .collect()
    }

    fn end(&self, start: usize) -> usize {
        (start + CHUNK).min(self.bytes.len())
    }

    async fn write(&self, context: &Context, progress: &dyn Fn(Progress<'_>)) -> Result<(), Error> {
        let total = self.bytes.len();
        let mut units = None;
        loop {
            let missing = self.missing(&self.written(context).await?);
            let lacks: usize = missing.iter().map(|start| self.end(*start) - start).sum();
            progress(Progress::Writes { what: &self.what, written: total - lacks, total });
            if missing.is_empty() {
                return Ok(());
            }
            if units.is_none() {
                let first = Request::new(vec![self.write_at(context, missing[0])]);
                let simulated = first.simulate(&context.rpc, &context.payer()).await;
                units = Some(simulated.map_err(|reason| self.failed(reason))?.limit());
            }
            let round = &missing[..missing.len().min(WRITES_PER_ROUND)];
            self.write_round(context, round, units.unwrap_or_default()).await?;
        }
    }

    fn write_at(&self, context: &Context, start: usize) -> Instruction {
        let bytes = self.bytes[start..self.end(start)].to_vec();
        loader::write(
            &self.buffer.pubkey(),
            &context.payer(),
            u32::try_from(start).unwrap_or(u32::MAX),
            bytes,
        )
    }

    /// Sends these chunks under one block hash, until each has landed or the hash has expired; what is missing then is
    /// found by the next look at the buffer.
    async fn write_round(&self, context: &Context, starts: &[usize], units: u32) -> Result<(), Error> {
        let rpc = &context.rpc;
        let (blockhash, last_valid) = rpc.latest_blockhash().await?;
        let payer = context.payer();
        let mut waiting = Vec::with_capacity(starts.len());
        for start in starts {
            let request =
                Request::new(vec![self.write_at(context, *start)]).unit_price(context.options.unit_price);
            let message = request.message(&payer, units, blockhash).map_err(|reason| self.failed(reason))?;
            let wallet: &Keypair = context.keys.wallet();
            let signed = solana_transaction::versioned::VersionedTransaction::try_new(message, &[wallet])
                .map_err(|error| self.refused(error.to_string()))?;
            waiting.push((signed.signatures.first().copied().unwrap_or_default(), signed));
        }
        let config = RpcSendTransactionConfig {
            skip_preflight: true,
            max_retries: Some(0),
            ..RpcSendTransactionConfig::default()
        };
        let (mut asks, mut in_vain) = (0u32, 0u32);
        while !waiting.is_empty() {
            if asks.is_multiple_of(ASKS_PER_SEND) {
                let sends = waiting
                    .iter()
                    .map(|(_, signed)| rpc.client().send_transaction_with_config(signed, config));
                let mut sends = futures_util::stream::iter(sends).buffer_unordered(REQUESTS);
                while let Some(sent) = sends.next().await {
                    match rpc.said(sent) {
                        Ok(_) => {}
                        Err(error) if error.is_passing() => {}
                        // It has landed already, or its hash is gone: the status tells which.
                        Err(sluice_client::RpcError::Refused { code: -32002, .. }) => {}
                        Err(error) => return Err(error.into()),
                    }
                }
            }
            asks = asks.saturating_add(1);
            tokio::time::sleep(ASK).await;
            let mut landed = Vec::new();
            for part in waiting.chunks(STATUSES) {
                let signatures: Vec<Signature> = part.iter().map(|(signature, _)| *signature).collect();
                match rpc.said(rpc.client().get_signature_statuses(&signatures).await) {
                    Ok(answer) => {
                        in_vain = 0;
                        for (signature, status) in signatures.iter().zip(answer.value) {
                            let Some(status) = status else { continue };
                            // Until then a fork may undo it, a failure as well.
                            if !status.satisfies_commitment(rpc.commitment()) {
                                continue;
                            }
                            if let Some(error) = &status.err {
                                let reason = sluice_client::send::refusal(error, &[], &payer);
                                return Err(self.failed(reason));
                            }
                            landed.push(*signature);
                        }
                    }
                    Err(error) if error.is_passing() && in_vain < PATIENCE => in_vain += 1,
                    Err(error) => return Err(error.into()),
                }
            }
            waiting.retain(|(signature, _)| !landed.contains(signature));
            if !waiting.is_empty()
                && rpc.said(rpc.client().get_block_height().await).is_ok_and(|height| height > last_valid)
            {
                return Ok(());
            }
        }
        Ok(())
    }

    async fn deploy(&self, context: &Context) -> Result<Landed, Error> {
        let (payer, buffer) = (context.payer(), self.buffer.pubkey());
        let landed = match (&self.there, &self.key) {
            (Some((authority, room)), _) => {
                let holder = authority.pubkey();
                let mut instructions = Vec::new();
                if self.max_length > *room {
                    let more = u32::try_from(self.max_length - room).unwrap_or(u32::MAX);
                    let extend = loader::extend_program(&self.program, Some(&payer), more);
                    // Growing and upgrading want slots of their own.
                    self.send(context, vec![extend], &[authority]).await?;
                    self.next_slot(context).await?;
                }
                if holder != payer {
                    instructions.push(loader::set_buffer_authority(&buffer, &payer, &holder));
                }
                instructions.push(loader::upgrade(&self.program, &buffer, &holder, &payer));
                self.send(context, instructions, &[authority]).await?
            }
            (None, Some(key)) => {
                let rent = context.rent(State::size_of_program()).await?;
                let mut instructions = loader::deploy_with_max_program_len(
                    &payer,
                    &self.program,
                    &buffer,
                    &payer,
                    rent,
                    self.max_length,
                )
                .map_err(|error| self.refused(error.to_string()))?;
                if self.authority != Some(payer) {
                    let hand = loader::set_upgrade_authority(&self.program, &payer, self.authority.as_ref());
                    instructions.push(hand);
                }
                self.send(context, instructions, &[key]).await?
            }
            (None, None) => return Err(self.refused("its keypair is not here".into())),
        };
        // It runs from the next slot on.
        self.next_slot(context).await?;
        Ok(landed)
    }

    async fn next_slot(&self, context: &Context) -> Result<(), Error> {
        let now = context.rpc.said(context.rpc.client().get_slot().await)?;
        for _ in 0..SLOT_PATIENCE {
            if context.rpc.said(context.rpc.client().get_slot().await)? > now {
                break;
            }
            tokio::time::sleep(ASK).await;
        }
        Ok(())
    }
}
