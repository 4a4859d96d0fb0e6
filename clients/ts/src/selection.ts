/**
 * The validator selection: its candidates, what decided each one's stake, and the instructions of a validator and of holders
 * who direct stake.
 */

import { generateKeyPairSigner, type Address, type Instruction, type TransactionSigner } from '@solana/kit';
import { fetchAccount, fetchAccounts, fetchSlab, type Found, type ReadOptions, type ReadRpc } from './fetch.js';
import type { Config, Direction } from './generated/validatorSelection/accounts/index.js';
import * as ix from './generated/validatorSelection/instructions/index.js';
import { configLayout, directionLayout, registryHeaderLayout } from './generated/validatorSelection/layouts.js';
import { findConfigPda } from './generated/validatorSelection/pdas/index.js';
import type { Candidate } from './generated/validatorSelection/types/index.js';
import { createTokenAccount, type Amount } from './instructions.js';
import { findTokenAccount } from './pdas.js';

/** Why a candidate did not get more stake, by the code that accounts and `explain` carry. Codes are append-only. */
export const CONSTRAINTS = [
  'none',
  'cap',
  'score',
  'delinquent',
  'banned',
  'tooSmall',
  'newNoHistory',
  'commission',
  'poolFull',
  'left',
  'stale',
  'funds',
  'bond',
  'network',
  'aso',
  'country',
  'retired',
  'waiting',
  'identity',
] as const;

export type Constraint = (typeof CONSTRAINTS)[number];

/** Bits of a candidate's flags. */
export const CANDIDATE_FLAGS = { banned: 1, left: 2, identity: 4, recreated: 8, unstaked: 16 } as const;

/** A candidate: its record, and its place in the registry, which instructions ask for and check. */
export type SelectionCandidate = Candidate & { index: number; constraint: Constraint; boundBy: Constraint };

export type SelectionSnapshot = { address: Address; config: Config; candidates: SelectionCandidate[] };

const constraint = (code: number): Constraint => CONSTRAINTS[code] ?? 'none';

/** The selection of a pool, with all its candidates, in two requests. */
export async function fetchSelection(rpc: ReadRpc, pool: Address, options?: ReadOptions): Promise<SelectionSnapshot> {
  const [address] = await findConfigPda({ pool });
  const { data: config } = await fetchAccount(rpc, configLayout, address, options);
  const { data } = await fetchSlab(rpc, registryHeaderLayout, config.registry, options);
  const candidates = data.records.map((record, index) => ({
    ...record,
    index,
    constraint: constraint(record.seat.constraint),
    boundBy: constraint(record.seat.boundBy),
  }));
  return { address, config, candidates };
}

/** What an owner has directed: LST locked behind validators. */
export function fetchDirections(rpc: ReadRpc, owner: Address, options?: ReadOptions): Promise<Found<Direction>[]> {
  return fetchAccounts(rpc, directionLayout, [{ offset: 40n, address: owner }], options);
}

type Of = { selection: SelectionSnapshot };
type OfCandidate = Of & { candidate: Pick<SelectionCandidate, 'index' | 'vote'> };

/** Accounts of the selection that most instructions name. */
const accountsOf = ({ address, config }: SelectionSnapshot) => ({
  config: address,
  registry: config.registry,
  pool: config.pool,
  vault: config.vault,
  validatorList: config.validatorList,
  tokenProgram: config.tokenProgram,
});

async function heldLst({ config }: SelectionSnapshot, owner: Address): Promise<Address> {
  const { lstMint: mint, tokenProgram } = config;
  const [address] = await findTokenAccount({ owner, mint, tokenProgram });
  return address;
}

function lstAccount({ config }: SelectionSnapshot, payer: TransactionSigner) {
  const { lstMint: mint, tokenProgram } = config;
  return createTokenAccount({ payer, owner: payer.address, mint, tokenProgram });
}

/** Makes a vote account a candidate, with a bond of `bond` LST of the payer's. */
export async function join(
  input: Of & { payer: TransactionSigner; vote: Address; bond: Amount },
): Promise<Instruction> {
  const { selection, payer, vote, bond } = input;
  const payerLst = await heldLst(selection, payer.address);
  return ix.getJoinInstruction({ ...accountsOf(selection), payer, payerLst, vote, bond: BigInt(bond) });
}

/** Adds LST to a bond. */
export async function fundBond(
  input: OfCandidate & { payer: TransactionSigner; shares: Amount },
): Promise<Instruction> {
  const { selection, candidate, payer, shares } = input;
  const payerLst = await heldLst(selection, payer.address);
  return ix.getFundBondInstruction({ ...accountsOf(selection), ...at(candidate), payer, payerLst, shares });
}

const at = ({ index, vote }: OfCandidate['candidate']) => ({ index, vote });

/** What a validator pays, in lamports per SOL of stake and epoch. `authority`: its identity or its withdrawer. */
export function setBid(input: OfCandidate & { authority: TransactionSigner; bid: number }): Instruction {
  const { selection, candidate, authority, bid } = input;
  return ix.getSetBidInstruction({ ...accountsOf(selection), ...at(candidate), authority, bid });
}

/** Asks to leave, or, with `leaving` false, takes that back. */
export function leave(input: OfCandidate & { authority: TransactionSigner; leaving?: boolean }): Instruction {
  const { selection, candidate, authority, leaving = true } = input;
  return ix.getLeaveInstruction({ ...accountsOf(selection), ...at(candidate), authority, leaving });
}

/** Sends a part of a bond on its way back to its owner, who signs. */
export function withdrawBond(input: OfCandidate & { owner: TransactionSigner; shares: Amount }): Instruction {
  const { selection, candidate, owner, shares } = input;
  return ix.getWithdrawBondInstruction({ ...accountsOf(selection), ...at(candidate), owner, shares });
}

/** Pays what has been on its way long enough. */
export async function claimBond(input: OfCandidate & { owner: TransactionSigner }): Promise<Instruction[]> {
  const { selection, candidate, owner } = input;
  const lst = await lstAccount(selection, owner);
  const accounts = { ...accountsOf(selection), ...at(candidate), owner, destination: lst.address };
  return [lst.instruction, ix.getClaimBondInstruction(accounts)];
}

/** Locks LST behind a validator, in a new account whose address is returned. */
export async function directStake(
  input: OfCandidate & { owner: TransactionSigner; shares: Amount },
): Promise<{ instruction: Instruction; direction: Address }> {
  const { selection, candidate, owner, shares } = input;
  const direction = await generateKeyPairSigner();
  const ownerLst = await heldLst(selection, owner.address);
  const accounts = { ...accountsOf(selection), ...at(candidate), owner, ownerLst, direction };
  return { instruction: ix.getDirectStakeInstruction({ ...accounts, shares }), direction: direction.address };
}

/** Takes the weight back; the LST can be claimed two epochs later. */
export function undirectStake(input: Of & { owner: TransactionSigner; direction: Found<Direction> }): Instruction {
  const { selection, owner, direction } = input;
  // The candidate may have gone: then any index will do.
  const candidate = selection.candidates.find(({ vote }) => vote === direction.data.vote);
  const accounts = { ...accountsOf(selection), owner, direction: direction.address };
  return ix.getUndirectStakeInstruction({ ...accounts, index: candidate?.index ?? 0 });
}

/** Pays directed LST back. */
export async function claimDirected(
  input: Of & { owner: TransactionSigner; direction: Address },
): Promise<Instruction[]> {
  const { selection, owner, direction } = input;
  const lst = await lstAccount(selection, owner);
  const accounts = { ...accountsOf(selection), owner, direction, destination: lst.address };
  return [lst.instruction, ix.getClaimDirectedInstruction(accounts)];
}

/** The view that answers "when will I get stake?". Simulate it, and read the answer with `explanation`. */
export function explain(input: OfCandidate): Instruction {
  return ix.getExplainInstruction({ ...accountsOf(input.selection), ...at(input.candidate) });
}
