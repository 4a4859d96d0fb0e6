/** A validator joins the selection, bids, and asks when it will get stake; a holder directs stake to it, and takes it back. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createKeyPairSignerFromBytes, type Address, type Instruction, type KeyPairSigner } from '@solana/kit';
import {
  CANDIDATE_FLAGS,
  claimBond,
  depositSol,
  directStake,
  explainCandidate,
  explainError,
  fetchDirections,
  fetchPool,
  fetchSelection,
  findTokenAccount,
  fundBond,
  join,
  leave,
  setBid,
  slabSpace,
  stakingPool,
  TOKEN_PROGRAM_ADDRESS,
  undirectStake,
  updatePool,
  validatorSelection,
  ViewRefused,
  withdrawBond,
} from '@sluice-protocol/sdk';
import { openPool, openSelection } from '../examples/open.js';
import { Cluster, SOL, type LocalValidator } from './support/cluster.js';
import { serve, type Served } from './support/served.js';

let served: Served;
let cluster: Cluster;
let bank: KeyPairSigner;
let admin: KeyPairSigner;
let alice: KeyPairSigner;
let opened: { pool: Address; lstMint: Address };
let validator: LocalValidator;
let identity: KeyPairSigner;

const selection = () => fetchSelection(cluster.rpc, opened.pool);
const candidate = async () => (await selection()).candidates.find(({ vote }) => vote === validator.vote)!;

const params: validatorSelection.ParamsArgs = {
  kappaPrior: 24_000_000n,
  minMove: 0n,
  graceSlots: 1_000n,
  minHistory: 3n,
  delinquentSlots: 10_000n,
  joinBond: SOL,
  capBps: 2_500,
  reserveBps: 500,
  maxMovedBps: 10_000,
  maxCommissionBps: 10_000,
  asoCapBps: 10_000,
  countryCapBps: 10_000,
  networkCapBps: 10_000,
  directedBps: 2_000,
  emergencyBps: 10_000,
  horizonEpochs: 10,
  moveCostBps: 0,
  hysteresisBps: 0,
  minBondBps: 0,
  bidEpochs: 4,
  noticeEpochs: 2,
  performanceGraceBps: 10_000,
  untriedBps: 10_000,
  padding: [0, 0, 0],
};

before(async () => {
  served = await serve(3);
  cluster = new Cluster(served);
  [bank, admin, alice] = [await cluster.wallet(100n), await cluster.wallet(100n), await cluster.wallet(1_000n)];
  const spaces = [
    82,
    slabSpace(stakingPool.validatorListHeaderLayout, 20),
    slabSpace(validatorSelection.registryHeaderLayout, 20),
    validatorSelection.rankingLayout.size,
  ];
  const rents = new Map<number, bigint>();
  for (const bytes of spaces) {
    rents.set(bytes, await cluster.rpc.getMinimumBalanceForRentExemption(BigInt(bytes)).send());
  }
  const send = (instructions: Instruction[]) => cluster.send(bank, instructions);
  const context = { send, rentFor: (bytes: number) => rents.get(bytes)!, payer: bank };
  const fees = {
    rewardBps: 0,
    depositBps: 0,
    instantLeastBps: 0,
    instantMostBps: 0,
    liquidityCutBps: 0,
    insuranceBps: 0,
    referralBps: 0,
    padding: 0,
  };
  const limits = {
    minDeposit: 1n,
    tvlCap: 1_000_000n * SOL,
    sweepThreshold: SOL,
    liquidityTarget: 0n,
    movementCapBps: 10_000,
  };
  opened = await openPool(context, admin, { fees, limits, seedLamports: SOL }, 20);
  const config = await openSelection(context, admin, opened, params, 20);
  const follow = { pool: opened.pool, admin, delegationAuthority: config };
  await cluster.send(bank, [stakingPool.getSetDelegationAuthorityInstruction(follow)]);
  for (let epoch = 0; epoch < 4; epoch += 1) await cluster.nextEpoch();
  for (const instruction of await updatePool(await fetchPool(cluster.rpc, opened.pool), [])) {
    await cluster.send(bank, [instruction]);
  }
  const { instructions } = await depositSol({
    pool: await fetchPool(cluster.rpc, opened.pool),
    user: alice,
    lamports: 100n * SOL,
  });
  await cluster.send(alice, instructions);
  validator = (await cluster.validators()).find(({ status }) => status === 'voting')!;
  const keys = await cluster.localnet<{ identity: number[] }>('validatorKeys', validator.name);
  identity = await createKeyPairSignerFromBytes(Uint8Array.from(keys.identity));
});
after(() => served.stop());

test('the pool follows its selection after two epochs', async () => {
  const { pool } = await fetchPool(cluster.rpc, opened.pool);
  assert.equal(pool.delegationAuthority, (await selection()).address);
});

test('a validator joins with a bond and bids by its identity', async () => {
  const joining = await join({ selection: await selection(), payer: alice, vote: validator.vote, bond: 2n * SOL });
  const { events } = await cluster.sendForEvents(alice, [joining]);
  assert.deepEqual(
    events.map(({ name }) => name),
    ['CandidateJoined'],
  );
  const joined = await candidate();
  assert.deepEqual([joined.index, joined.bond, joined.constraint], [0, 2n * SOL, 'none']);
  const more = await fundBond({ selection: await selection(), candidate: joined, payer: alice, shares: SOL });
  const bid = setBid({ selection: await selection(), candidate: joined, authority: identity, bid: 5_000 });
  await cluster.send(alice, [more, bid]);
  const now = await candidate();
  assert.deepEqual([now.bond, now.nextBid], [3n * SOL, 5_000]);
  const stranger = setBid({ selection: await selection(), candidate: joined, authority: alice, bid: 1 });
  await assert.rejects(
    cluster.send(alice, [stranger]),
    (error) => explainError(error)?.program === 'validator_selection',
  );
});

test('the program answers when it will get stake', async () => {
  const question = { selection: await selection(), candidate: await candidate(), payer: alice.address };
  const answer = await explainCandidate(cluster.rpc, question);
  assert.deepEqual([answer.bond, answer.held], [3n * SOL, 0n]);
  const nobody = { index: 7, vote: validator.vote };
  await assert.rejects(
    explainCandidate(cluster.rpc, { ...question, candidate: nobody }),
    (error) => error instanceof ViewRefused && error.failure?.program === 'validator_selection',
  );
});

test('a holder directs stake, and takes the weight back', async () => {
  const { instruction, direction } = await directStake({
    selection: await selection(),
    candidate: await candidate(),
    owner: alice,
    shares: 5n * SOL,
  });
  await cluster.send(alice, [instruction]);
  const [found] = await fetchDirections(cluster.rpc, alice.address);
  assert.deepEqual([found?.address, found?.data.shares, found?.data.vote], [direction, 5n * SOL, validator.vote]);
  assert.equal((await candidate()).directed, 5n * SOL);
  await cluster.send(alice, [undirectStake({ selection: await selection(), owner: alice, direction: found! })]);
  assert.equal((await candidate()).directed, 0n);
});

test('who leaves gets the bond back on notice', async () => {
  const { selection: of, candidate: which } = { selection: await selection(), candidate: await candidate() };
  await cluster.send(alice, [leave({ selection: of, candidate: which, authority: identity })]);
  assert.equal((await candidate()).flags & CANDIDATE_FLAGS.left, CANDIDATE_FLAGS.left);
  const keys = await cluster.localnet<{ withdrawer: number[] }>('validatorKeys', validator.name);
  const owner = await createKeyPairSignerFromBytes(Uint8Array.from(keys.withdrawer));
  await cluster.send(alice, [withdrawBond({ selection: of, candidate: which, owner, shares: 3n * SOL })]);
  assert.equal((await candidate()).bondLeaving, 3n * SOL);
  // The notice is not over.
  const early = await claimBond({ selection: of, candidate: which, owner });
  await assert.rejects(
    cluster.send(alice, early.slice(1)),
    (error) => explainError(error)?.program === 'validator_selection',
  );
  const [lst] = await findTokenAccount({
    owner: owner.address,
    mint: opened.lstMint,
    tokenProgram: TOKEN_PROGRAM_ADDRESS,
  });
  assert.equal(await cluster.tokens(lst), 0n);
});
