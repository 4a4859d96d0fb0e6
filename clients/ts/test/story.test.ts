/**
 * The journey of one holder on a real Agave Bank, by kit and this SDK alone: SOL is staked, earns, leaves by all three exits,
 * is restaked, rewarded and slashed. Whatever was quoted is what happened, to the lamport.
 */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Address, Instruction, KeyPairSigner } from '@solana/kit';
import {
  addLiquidity,
  cancelTicket,
  claimAndUnstake,
  claimTicket,
  claimWithdrawal,
  convertLst,
  decodeStakeAccount,
  depositSol,
  depositStake,
  enqueueWithdrawal,
  existing,
  explainError,
  fetchAccount,
  fetchOtherPool,
  fetchPool,
  fetchRateHistory,
  fetchStakeAccounts,
  fetchTickets,
  fetchTogether,
  fetchValidators,
  fetchVault,
  fetchVaults,
  fetchVaultTickets,
  findSlashRequestPda,
  findStakePda,
  findTokenAccount,
  growthOver,
  instantWithdraw,
  liquidUnstake,
  loadQuotes,
  NO_ADDRESS,
  NO_POOL,
  orderUnstake,
  QuoteRefused,
  removeLiquidity,
  restake,
  restakingVault,
  sharedValidators,
  stakeAddress,
  stakeAndRestake,
  stakeFor,
  stakingPool,
  TOKEN_PROGRAM_ADDRESS,
  updatePool,
  withdrawSol,
  withdrawStake,
  type Found,
  type SluiceEvent,
  type StakeAccount,
} from '@sluice-protocol/sdk';
import { openLiquidity, openPool, openVault } from '../examples/open.js';
import * as readme from '../examples/readme.js';
import { Cluster, SOL } from './support/cluster.js';
import { OtherPoolFixture, SPACES } from './support/otherPool.js';
import { serve, type Served } from './support/served.js';

let served: Served;
let cluster: Cluster;
/** Pays for accounts: a program takes no signer for two parts at once. */
let bank: KeyPairSigner;
let admin: KeyPairSigner;
let alice: KeyPairSigner;
let poolAddress: Address;
let lstMint: Address;
let votes: Address[];
let vaultAddress: Address;
const context = () => {
  const send = (instructions: Instruction[]) => cluster.send(bank, instructions);
  return { send, rentFor: (bytes: number) => rents.get(bytes)!, payer: bank };
};
/** What the server says of rent: asked once. */
const rents = new Map<number, bigint>();

const pool = () => fetchPool(cluster.rpc, poolAddress);
const vault = () => fetchVault(cluster.rpc, vaultAddress);
const lstOf = async (owner: Address, mint: Address = lstMint) =>
  (await findTokenAccount({ owner, mint, tokenProgram: TOKEN_PROGRAM_ADDRESS }))[0];
const lst = async () => cluster.tokens(await lstOf(alice.address));

/** The last event of that name. */
function said<Name extends SluiceEvent['name']>(events: SluiceEvent[], name: Name) {
  const found = events.filter((event) => event.name === name).at(-1);
  assert.ok(found, `${name} among ${events.map((event) => event.name).join(', ')}`);
  return found.data as Extract<SluiceEvent, { name: Name }>['data'];
}

/** What `act` changed of somebody's lamports, fees put back. */
async function gained(of: Address, act: () => Promise<{ fee: bigint }>, paysFee = true): Promise<bigint> {
  const before = await cluster.lamports(of);
  const { fee } = await act();
  return (await cluster.lamports(of)) - before + (paysFee ? fee : 0n);
}

async function update(): Promise<void> {
  const snapshot = await pool();
  for (const instruction of await updatePool(snapshot, await fetchValidators(cluster.rpc, snapshot.pool))) {
    await cluster.send(admin, [instruction]);
  }
}

async function nextEpoch(epochs = 1): Promise<void> {
  for (let n = 0; n < epochs; n += 1) {
    await cluster.nextEpoch();
    await update();
  }
}

before(async () => {
  served = await serve(3);
  cluster = new Cluster(served);
  [bank, admin, alice] = [await cluster.wallet(100n), await cluster.wallet(1_000n), await cluster.wallet(1_000n)];
  for (const bytes of [
    82,
    200,
    stakingPool.validatorListHeaderLayout.recordsOffset + 20 * stakingPool.validatorListHeaderLayout.recordSize,
  ]) {
    rents.set(bytes, await cluster.rpc.getMinimumBalanceForRentExemption(BigInt(bytes)).send());
  }
  const fees = {
    rewardBps: 500,
    depositBps: 10,
    instantLeastBps: 2,
    instantMostBps: 20,
    liquidityCutBps: 1_000,
    insuranceBps: 1_000,
    referralBps: 5_000,
    padding: 0,
  };
  const limits = {
    minDeposit: 1_000_000n,
    tvlCap: 1_000_000n * SOL,
    sweepThreshold: 10_000_000n,
    liquidityTarget: 50n * SOL,
    movementCapBps: 10_000,
  };
  ({ pool: poolAddress, lstMint } = await openPool(context(), admin, { fees, limits, seedLamports: SOL }, 20));
  await openLiquidity(context(), admin, poolAddress, SOL);
  votes = (await cluster.validators()).map(({ vote }) => vote);
  const { pool: state } = await pool();
  const accounts = { pool: poolAddress, delegationAuthority: admin, validatorList: state.validatorList };
  await cluster.send(
    admin,
    votes.map((vote) => stakingPool.getAddValidatorInstruction({ ...accounts, vote })),
  );
});
after(() => served.stop());

/** The delegation authority gives a validator stake of the reserve. */
async function delegate(index: number, lamports: bigint): Promise<void> {
  const { pool: state } = await pool();
  const vote = votes[index]!;
  const [stake] = await findStakePda({ pool: poolAddress, vote });
  const { reserve, validatorList } = state;
  const accounts = { pool: poolAddress, delegationAuthority: admin, reserve, validatorList, vote, stake };
  await cluster.send(admin, [stakingPool.getIncreaseStakeInstruction({ ...accounts, index, lamports })]);
}

test('an unknown or stale pool is told as such', async () => {
  await assert.rejects(fetchPool(cluster.rpc, lstMint), /Pool: the account is owned by/);
  await assert.rejects(fetchPool(cluster.rpc, votes[0]!), /Pool: the account is owned by/);
  await cluster.nextEpoch();
  await assert.rejects(
    async () => depositSol({ pool: await pool(), user: alice, lamports: SOL }),
    (error) => error instanceof QuoteRefused && error.failure.name === 'PoolStale',
  );
  await update();
});

test('SOL buys what was quoted', async () => {
  const { instructions, quote, minOut } = await depositSol({ pool: await pool(), user: alice, lamports: 300n * SOL });
  assert.equal(minOut, (quote.minted * 9_950n) / 10_000n);
  const { events } = await cluster.sendForEvents(alice, instructions);
  const deposited = said(events, 'SolDeposited');
  assert.deepEqual([deposited.minted, deposited.lamports], [quote.minted, 300n * SOL]);
  assert.equal(deposited.fee.treasury + deposited.fee.insurance + deposited.fee.referrer, quote.fee);
  assert.equal(await lst(), quote.minted);
});

test('the README tells the truth', async () => {
  const first = await readme.stake(served.url, lstMint, alice);
  const before = await lst();
  await cluster.send(alice, first.instructions);
  assert.equal((await lst()) - before, first.quote.minted);
  const exits = await readme.exits(first.pool, SOL);
  assert.ok(exits.lamportsPerLst >= SOL && exits.now.paid < exits.later.lamports);
  assert.equal(exits.dueSlot % 64n, 0n);
});

test('a referrer gets its part, and a bound that is too high is explained', async () => {
  const bob = await cluster.wallet(10n);
  await cluster.send(bob, (await depositSol({ pool: await pool(), user: bob, lamports: SOL })).instructions);
  const referrer = await lstOf(bob.address);
  const before = await cluster.tokens(referrer);
  const referred = await depositSol({ pool: await pool(), user: alice, lamports: 10n * SOL, referrer });
  await cluster.send(alice, referred.instructions);
  assert.equal((await cluster.tokens(referrer)) - before, referred.quote.referrerFee);
  assert.ok(referred.quote.referrerFee > 0n);
  const { quote } = await depositSol({ pool: await pool(), user: alice, lamports: SOL });
  const greedy = await depositSol({ pool: await pool(), user: alice, lamports: SOL, minOut: quote.minted + 1n });
  await assert.rejects(cluster.send(alice, greedy.instructions), (error) => {
    const failure = explainError(error);
    assert.deepEqual([failure?.program, failure?.name], ['staking_pool', 'SlippageExceeded']);
    return true;
  });
});

test('stake earns, and the rate follows the slots', async () => {
  await delegate(0, 150n * SOL);
  await delegate(1, 100n * SOL);
  await nextEpoch(3);
  const quotes = await loadQuotes();
  const snapshot = await pool();
  const { moment } = snapshot.chain;
  const rate = quotes.rate(snapshot.state, moment);
  assert.ok(rate.locked > 0n && rate.releasedRate > rate.lamportsPerLst && rate.lamportsPerLst > SOL);
  await cluster.localnet('advanceSlots', 7);
  const later = await pool();
  const ahead = quotes.rate(snapshot.state, { ...moment, slot: moment.slot + 7n });
  assert.deepEqual(quotes.rate(later.state, later.chain.moment), ahead, 'a rate foreseen is the rate that comes');
  assert.ok(ahead.lamportsPerLst > rate.lamportsPerLst);
  const entries = await fetchRateHistory(cluster.rpc, poolAddress);
  assert.equal(entries.at(-1)!.epoch, later.pool.updatedEpoch);
  const growth = growthOver(quotes, entries, 2)!;
  assert.ok(growth.apy > 0n && growth.apy < 200_000_000_000n, `${growth.apy}`);
});

test('SOL leaves at once for what was quoted, out of the reserve and then of the liquidity', async () => {
  const { instructions: adding, quote: added } = await addLiquidity({
    pool: await pool(),
    user: alice,
    lamports: 20n * SOL,
  });
  await cluster.send(alice, adding);
  const { lpMint } = (await pool()).pool;
  const lp = await lstOf(alice.address, lpMint);
  assert.equal(await cluster.tokens(lp), added.minted);
  const quotes = await loadQuotes();
  const snapshot = await pool();
  const { reserve } = quotes.available(snapshot.state, snapshot.chain.moment);
  for (const lamports of [reserve / 3n, reserve - reserve / 4n]) {
    const now = await pool();
    const shares = quotes.lstFor(now.state, now.chain.moment, lamports);
    const { instructions, quote } = await withdrawSol({ pool: now, user: alice, shares });
    const before = await lst();
    assert.equal(await gained(alice.address, () => cluster.sendForEvents(alice, instructions)), quote.paid);
    assert.equal(before - (await lst()), shares);
  }
  const drained = await pool();
  assert.ok(drained.pool.liquidityShares > 0n, 'liquidity paid a part');
  const leaving = await removeLiquidity({ pool: drained, user: alice, amount: added.minted / 2n });
  const before = await lst();
  const paid = await gained(alice.address, () => cluster.sendForEvents(alice, leaving.instructions));
  assert.deepEqual([paid, (await lst()) - before], [leaving.quote.lamports, leaving.quote.shares]);
});

test('a ticket pays what was quoted, a later epoch', async () => {
  await cluster.send(alice, (await depositSol({ pool: await pool(), user: alice, lamports: 60n * SOL })).instructions);
  const order = await orderUnstake({ pool: await pool(), user: alice, shares: 20n * SOL });
  const second = await orderUnstake({ pool: await pool(), user: alice, shares: 5n * SOL });
  const { events } = await cluster.sendForEvents(alice, order.instructions);
  const ordered = said(events, 'UnstakeOrdered') as stakingPool.UnstakeOrdered;
  assert.deepEqual([ordered.orderedLamports, ordered.claimEpoch], [order.quote.lamports, order.quote.claimEpoch]);
  assert.equal(ordered.ticket, order.ticket);
  await cluster.send(alice, second.instructions);
  assert.equal((await fetchTickets(cluster.rpc, { owner: alice.address, pool: poolAddress })).length, 2);
  assert.equal((await fetchTickets(cluster.rpc, { owner: admin.address })).length, 0);
  await nextEpoch();
  const quotes = await loadQuotes();
  const tickets = await fetchTickets(cluster.rpc, { owner: alice.address });
  const ticket = tickets.find(({ address }) => address === order.ticket)!;
  const snapshot = await pool();
  const value = quotes.ticketValue(snapshot.state, snapshot.chain.moment, ticket.data);
  assert.deepEqual([value.isDue, value.isPayable, value.claim], [true, true, order.quote.lamports]);
  // A stranger sends the claim.
  const claim = () => cluster.sendForEvents(admin, [claimTicket({ pool: snapshot, ticket })]);
  assert.equal(await gained(alice.address, claim, false), value.claim + ticket.lamports);
  const other = tickets.find(({ address }) => address === second.ticket)!;
  const cancelled = await cancelTicket({ pool: await pool(), owner: alice, ticket: other });
  const before = await lst();
  await cluster.send(alice, cancelled.instructions);
  assert.equal((await lst()) - before, cancelled.quote.cancel);
  assert.ok(cancelled.quote.cancel < 5n * SOL, 'waiting earned nothing');
});

/** A stake account, read as snapshots are. */
async function stakeAccount(address: Address): Promise<Found<StakeAccount>> {
  const account = existing('stake account', (await fetchTogether(cluster.rpc, [address]))[0]);
  return { address, lamports: account.lamports, data: decodeStakeAccount(account.data)! };
}

test('stake leaves as stake, and comes back', async () => {
  const out: Address[] = [];
  for (const shares of [15n * SOL, 11n * SOL]) {
    const snapshot = await pool();
    const validator = (await fetchValidators(cluster.rpc, snapshot.pool))[0]!;
    const account = await stakeAccount(await stakeAddress(poolAddress, validator.vote));
    const from = { which: 'canonical' as const, account };
    const { instructions, quote, destination } = await withdrawStake({
      pool: snapshot,
      user: alice,
      shares,
      validator,
      from,
    });
    const before = await lst();
    await cluster.send(alice, instructions);
    const stake = await stakeAccount(destination);
    assert.deepEqual([stake.data.delegation?.stake, before - (await lst())], [quote.lamports, quote.shares]);
    assert.equal(stake.lamports, quote.lamports + snapshot.chain.rentFor(200));
    assert.ok(quote.fee > 0n, 'what it earned this epoch stays');
    out.push(destination);
  }
  const mine = await fetchStakeAccounts(cluster.rpc, alice.address);
  assert.deepEqual(mine.map(({ address }) => address).sort(), [...out].sort());
  const validators = await fetchValidators(cluster.rpc, (await pool()).pool);
  const [back, sold] = await Promise.all(out.map(stakeAccount));
  const deposit = await depositStake({ pool: await pool(), user: alice, source: back!, validators });
  const before = await lst();
  await cluster.send(alice, deposit.instructions);
  assert.equal((await lst()) - before, deposit.quote.minted);
  const unstake = await liquidUnstake({ pool: await pool(), user: alice, source: sold!, validators });
  assert.equal(
    await gained(alice.address, () => cluster.sendForEvents(alice, unstake.instructions)),
    unstake.quote.paid,
  );
  assert.deepEqual(await fetchStakeAccounts(cluster.rpc, alice.address), []);
});

test("another pool's token becomes this one's, over stake of a validator of both", async () => {
  for (const bytes of SPACES)
    rents.set(bytes, await cluster.rpc.getMinimumBalanceForRentExemption(BigInt(bytes)).send());
  const manager = await cluster.wallet(500n);
  const theirs = await OtherPoolFixture.open(cluster, manager, (bytes) => rents.get(bytes)!);
  await theirs.deposit(alice, 100n * SOL);
  await theirs.delegate(votes[1]!, 60n * SOL);
  for (let epoch = 0; epoch < 2; epoch += 1) {
    await nextEpoch();
    await theirs.update();
  }
  const other = await fetchOtherPool(cluster.rpc, theirs.address);
  const validators = await fetchValidators(cluster.rpc, (await pool()).pool);
  const [validator] = sharedValidators(other, validators);
  assert.equal(validator?.here.vote, votes[1]);
  const convert = await convertLst({
    pool: await pool(),
    user: alice,
    other,
    validator: validator!,
    tokens: 20n * SOL,
  });
  const [before, tokens] = [await lst(), await lstOf(alice.address, theirs.mint)];
  const held = await cluster.tokens(tokens);
  const { events } = await cluster.sendForEvents(alice, convert.instructions);
  assert.equal((await lst()) - before, convert.quote.minted);
  assert.equal(held - (await cluster.tokens(tokens)), 20n * SOL);
  assert.equal(said(events, 'StakeDeposited').delegated, stakeFor(other, 20n * SOL));
});

test('a vault of the LST takes it, and SOL', async () => {
  const funded = await depositSol({ pool: await pool(), user: admin, lamports: 50n * SOL });
  await cluster.send(admin, funded.instructions);
  const params = {
    delegationAdmin: admin.address,
    resolver: admin.address,
    pauser: admin.address,
    seed: SOL / 10n,
    minDeposit: 1n,
    capacity: 1_000n * SOL,
    streamSlots: 64n,
    cooldownEpochs: 2,
    vetoEpochs: 2,
    executionEpochs: 2,
    warmupEpochs: 2,
    deallocationEpochs: 9,
    slashCapBps: 5_000,
    leverageBps: 9_000,
    shielded: false,
  };
  ({ vault: vaultAddress } = await openVault(context(), admin, lstMint, params, poolAddress));
  assert.deepEqual(
    (await fetchVaults(cluster.rpc, { collateralMint: lstMint })).map(({ address }) => address),
    [vaultAddress],
  );
  const { vrtMint } = (await vault()).vault;
  const vrt = await lstOf(alice.address, vrtMint);
  const direct = await restake({ vault: await vault(), user: alice, amount: 40n * SOL });
  await cluster.send(alice, direct.instructions);
  assert.equal(await cluster.tokens(vrt), direct.quote.minted);
  const both = await stakeAndRestake({ vault: await vault(), user: alice, lamports: 10n * SOL });
  const { events } = await cluster.sendForEvents(alice, both.instructions);
  const restaked = said(events, 'StakedAndRestaked');
  assert.deepEqual([restaked.credited, restaked.minted], [both.quote.credited, both.quote.minted]);
  assert.equal(await cluster.tokens(vrt), direct.quote.minted + both.quote.minted);
});

test('rewards reach the price slot by slot, a slash at once, and those who leave are paid as quoted', async () => {
  const quotes = await loadQuotes();
  const [operatorAuthority, serviceAuthority] = [await cluster.wallet(10n), await cluster.wallet(10n)];
  await cluster.send(operatorAuthority, [
    await restakingVault.getRegisterOperatorInstructionAsync({ authority: operatorAuthority }),
  ]);
  await cluster.send(serviceAuthority, [
    await restakingVault.getRegisterServiceInstructionAsync({ authority: serviceAuthority }),
  ]);
  const [operator] = await restakingVault.findOperatorPda({ authority: operatorAuthority.address });
  const [service] = await restakingVault.findServicePda({ authority: serviceAuthority.address });
  for (const authority of [admin, operatorAuthority, serviceAuthority]) {
    const optIn = { vault: vaultAddress, operator, service, authority, payer: bank };
    await cluster.send(bank, [await restakingVault.getOptInInstructionAsync(optIn)]);
  }
  const [allocation] = await restakingVault.findAllocationPda({ vault: vaultAddress, operator, service });
  const promise = {
    vault: vaultAddress,
    delegationAdmin: admin,
    allocation,
    stakingPool: poolAddress,
    amount: 20n * SOL,
  };
  await cluster.send(admin, [restakingVault.getAllocateInstruction(promise)]);

  // A reward is paid: the price moves with the slots, as foreseen.
  const first = await vault();
  const { collateralAccount, collateralMint, collateralTokenProgram } = first.vault;
  const payment = {
    vault: vaultAddress,
    payer: admin,
    payerCollateral: await lstOf(admin.address),
    collateralAccount,
    collateralMint,
    collateralTokenProgram,
    amount: 2n * SOL,
  };
  await cluster.send(admin, [restakingVault.getPayRewardsInstruction(payment)]);
  const paid = await vault();
  const before = quotes.vaultPrice(paid.state, paid.chain.moment);
  assert.equal(
    before.price,
    quotes.vaultPrice(first.state, first.chain.moment).price,
    'no price moved when it was paid',
  );
  assert.equal(before.lockedRewards, 2n * SOL);
  const foreseen = quotes.vaultPrice(paid.state, { ...paid.chain.moment, slot: paid.chain.moment.slot + 5n });
  await cluster.localnet('advanceSlots', 5);
  const streamed = await vault();
  assert.deepEqual(quotes.vaultPrice(streamed.state, streamed.chain.moment), foreseen);
  assert.ok(foreseen.price > before.price);

  // Half of what is left of her shares goes into a ticket before the service accuses, a few leave at once after warm-up.
  const vrtAccount = await lstOf(alice.address, first.vault.vrtMint);
  const shares = await cluster.tokens(vrtAccount);
  const order = await enqueueWithdrawal({ vault: await vault(), user: alice, vrt: shares / 2n });
  await cluster.send(alice, order.instructions);
  const sooner = await enqueueWithdrawal({ vault: await vault(), user: alice, vrt: shares / 10n });
  await cluster.send(alice, sooner.instructions);
  await nextEpoch(2);
  const risk = await vault();
  const exposed = quotes.vaultRisk(risk.state, risk.pool?.state ?? NO_POOL, risk.chain.moment);
  assert.deepEqual([exposed.promised, exposed.most], [20n * SOL, 20n * SOL]);
  const instant = await instantWithdraw({ vault: risk, user: alice, vrt: SOL });
  assert.ok(instant.quote.leftBehind > 0n);
  const held = await lst();
  await cluster.send(alice, instant.instructions);
  assert.equal((await lst()) - held, instant.quote.received);

  const { data: agreement } = await fetchAccount(cluster.rpc, restakingVault.allocationLayout, allocation);
  const [slashRequest] = await findSlashRequestPda({ allocation, nonce: agreement.nextNonce });
  const accuse = {
    vault: vaultAddress,
    allocation,
    service,
    serviceAuthority,
    slashRequest,
    amount: 10n * SOL,
    evidence: Array.from({ length: 32 }, () => 7),
  };
  await cluster.send(serviceAuthority, [restakingVault.getRequestSlashInstruction(accuse)]);
  const tickets = await fetchVaultTickets(cluster.rpc, { owner: alice.address, vault: vaultAddress });
  const ticket = tickets.find(({ address }) => address === order.ticket)!;
  const accused = await vault();
  const waiting = await claimWithdrawal({ vault: accused, payer: admin, ticket });
  assert.deepEqual([waiting.quote.isUnlocked, waiting.quote.isHeld], [true, true]);
  await assert.rejects(
    cluster.send(admin, waiting.instructions),
    (error) => explainError(error)?.name === 'PendingSlash',
  );
  await nextEpoch(2);
  const execute = {
    vault: vaultAddress,
    allocation,
    slashRequest,
    rentPayer: serviceAuthority.address,
    collateralMint,
    collateralAccount,
    collateralTokenProgram,
    stakingPool: poolAddress,
  };
  const full = await vault();
  const unslashed = quotes.vaultPrice(full.state, full.chain.moment);
  const { events } = await cluster.sendForEvents(admin, [restakingVault.getExecuteSlashInstruction(execute)]);
  assert.equal(said(events, 'SlashExecuted').slashed, 10n * SOL);
  const slashed = await vault();
  const after = quotes.vaultPrice(slashed.state, slashed.chain.moment);
  assert.equal(unslashed.assets - after.assets, 10n * SOL);
  assert.ok(after.price < unslashed.price);

  // Both tickets share the slash: one is claimed as LST, the other goes straight on into a ticket of the pool.
  const claim = await claimWithdrawal({ vault: await vault(), payer: admin, ticket });
  const balance = await lst();
  await cluster.send(admin, claim.instructions);
  assert.equal((await lst()) - balance, claim.quote.received);
  assert.ok(claim.quote.received < order.quote.value);
  const other = tickets.find(({ address }) => address === sooner.ticket)!;
  const onward = await claimAndUnstake({ vault: await vault(), owner: alice, ticket: other });
  await cluster.send(alice, onward.instructions);
  const [left] = await fetchTickets(cluster.rpc, { owner: alice.address });
  assert.deepEqual([left?.address, left?.data.shares], [onward.poolTicket, onward.quote.shares]);
  assert.equal(left?.data.orderedLamports, onward.quote.lamports);
  assert.equal((await fetchVaultTickets(cluster.rpc, { owner: alice.address })).length, 0);
  assert.notEqual((await vault()).vault.stakingPool, NO_ADDRESS);
});
