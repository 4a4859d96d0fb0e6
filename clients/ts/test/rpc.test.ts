/** A localnet answers kit: every method and subscription that kit, wallets and explorers call first. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  address,
  AccountRole,
  appendTransactionMessageInstruction,
  compileTransaction,
  createTransactionMessage,
  generateKeyPairSigner,
  getAddressEncoder,
  getBase64Decoder,
  getBase64EncodedWireTransaction,
  getProgramDerivedAddress,
  getU64Encoder,
  pipe,
  setTransactionMessageFeePayer,
  setTransactionMessageLifetimeUsingBlockhash,
  type Address,
  type Base64EncodedWireTransaction,
  type Instruction,
  type KeyPairSigner,
  type TransactionMessageBytesBase64,
} from '@solana/kit';
import {
  createTokenAccount,
  STAKE_PROGRAM_ADDRESS,
  SYSTEM_PROGRAM_ADDRESS,
  TOKEN_PROGRAM_ADDRESS,
} from '@sluice-protocol/sdk';
import { createMint } from '../examples/open.js';
import { Cluster, SOL } from './support/cluster.js';
import { serve, type Served } from './support/served.js';

const LOOKUP_TABLE_PROGRAM_ADDRESS = address('AddressLookupTab1e1111111111111111111111111');

let served: Served;
let cluster: Cluster;
let alice: KeyPairSigner;

before(async () => {
  served = await serve(2);
  cluster = new Cluster(served);
  alice = await cluster.wallet(100n);
});
after(() => served.stop());

/** The system program's `Transfer`. */
function transfer(from: KeyPairSigner, to: Address, lamports: bigint): Instruction {
  const data = new Uint8Array(12);
  const view = new DataView(data.buffer);
  view.setUint32(0, 2, true);
  view.setBigUint64(4, lamports, true);
  const payer = { address: from.address, role: AccountRole.WRITABLE_SIGNER, signer: from };
  return {
    programAddress: SYSTEM_PROGRAM_ADDRESS,
    accounts: [payer, { address: to, role: AccountRole.WRITABLE }],
    data,
  };
}

const somebody = () => cluster.wallet(1n).then((signer) => signer.address);

test('the chain tells where it is', async () => {
  const { rpc } = cluster;
  assert.equal(await rpc.getHealth().send(), 'ok');
  assert.match((await rpc.getVersion().send())['solana-core'], /^\d+\.\d+\.\d+/);
  assert.ok(address(await rpc.getGenesisHash().send()));
  assert.ok(address((await rpc.getIdentity().send()).identity));
  const slot = await rpc.getSlot().send();
  assert.ok((await rpc.getBlockHeight().send()) <= slot);
  assert.ok(address(await rpc.getSlotLeader().send()));
  assert.ok((await rpc.getFirstAvailableBlock().send()) <= slot);
  assert.ok((await rpc.minimumLedgerSlot().send()) <= slot);
  const schedule = await rpc.getEpochSchedule().send();
  const info = await rpc.getEpochInfo().send();
  assert.equal(schedule.slotsPerEpoch, 64n);
  assert.equal(info.slotsInEpoch, 64n);
  assert.equal(info.epoch * 64n + info.slotIndex, info.absoluteSlot);
  await cluster.localnet('advanceSlots', 1);
  assert.ok(Number(await rpc.getBlockTime(slot).send()) > 1_700_000_000);
  assert.ok((await rpc.getBlocks(slot, slot).send()).includes(slot));
});

test('it knows of stake, inflation and supply', async () => {
  const { rpc } = cluster;
  const { current, delinquent } = await rpc.getVoteAccounts().send();
  assert.equal(current.length + delinquent.length, 2);
  assert.ok((await rpc.getInflationRate().send()).total > 0);
  assert.ok((await rpc.getInflationGovernor().send()).initial >= 0);
  assert.ok((await rpc.getSupply().send()).value.total > SOL);
  assert.ok((await rpc.getStakeMinimumDelegation().send()).value > 0n);
});

test('it says what inflation paid a validator and who delegates to it', async () => {
  const { rpc } = cluster;
  const { current } = await rpc.getVoteAccounts().send();
  const { votePubkey: vote, commission } = current.find((validator) => validator.commission > 0)!;
  const delegated = await rpc
    .getProgramAccounts(STAKE_PROGRAM_ADDRESS, {
      encoding: 'base64',
      filters: [{ memcmp: { offset: 124n, bytes: vote as never, encoding: 'base58' } }],
    })
    .send();
  assert.equal(delegated.length, 1);
  const stake = delegated[0]!.pubkey;
  const balances = async () => ({ vote: await cluster.lamports(vote), stake: await cluster.lamports(stake) });
  const before = await balances();
  const { epoch } = await rpc.getEpochInfo().send();
  await cluster.nextEpoch();
  const after = await balances();
  const earned = { vote: after.vote - before.vote, stake: after.stake - before.stake };
  const firstSlot = (epoch + 1n) * 64n;
  const paid: unknown = await rpc.getInflationReward([vote, stake, alice.address], { epoch }).send();
  // Since an account may collect the commissions of several validators, this runtime tells none with a reward.
  assert.deepEqual(paid, [
    { epoch, amount: earned.vote, postBalance: after.vote, effectiveSlot: firstSlot, commission: null },
    { epoch, amount: earned.stake, postBalance: after.stake, effectiveSlot: firstSlot + 1n, commission: null },
    null,
  ]);
  assert.ok(earned.stake > SOL);
  assert.equal(((earned.vote + earned.stake) * BigInt(commission)) / 100n, earned.vote);
});

test('a transaction is simulated, sent, seen and found again', async () => {
  const { rpc } = cluster;
  const to = await somebody();
  const { value: blockhash } = await rpc.getLatestBlockhash().send();
  assert.equal((await rpc.isBlockhashValid(blockhash.blockhash).send()).value, true);
  const compiled = pipe(
    createTransactionMessage({ version: 0 }),
    (message) => setTransactionMessageFeePayer(alice.address, message),
    (message) => setTransactionMessageLifetimeUsingBlockhash(blockhash, message),
    (message) => appendTransactionMessageInstruction(transfer(alice, to, SOL), message),
    compileTransaction,
  );
  const text = getBase64Decoder().decode(compiled.messageBytes) as TransactionMessageBytesBase64;
  assert.equal((await rpc.getFeeForMessage(text).send()).value, 5_000n);
  const wire: Base64EncodedWireTransaction = getBase64EncodedWireTransaction(compiled);
  const { value } = await rpc
    .simulateTransaction(wire, {
      encoding: 'base64',
      sigVerify: false,
      accounts: { encoding: 'base64', addresses: [to] },
    })
    .send();
  assert.equal(value.err, null);
  assert.equal(value.accounts[0]?.lamports, 2n * SOL);
  assert.ok((value.unitsConsumed ?? 0n) > 0n && value.logs!.length > 0);
  const [before, receiver] = [await cluster.lamports(alice.address), await cluster.lamports(to)];
  const signature = await cluster.send(alice, [transfer(alice, to, SOL)]);
  assert.equal(await cluster.lamports(alice.address), before - SOL - 5_000n);
  assert.equal(await cluster.lamports(to), receiver + SOL);
  const { value: statuses } = await rpc.getSignatureStatuses([signature]).send();
  assert.equal(statuses[0]?.err, null);
  const found = await rpc.getSignaturesForAddress(to).send();
  assert.equal(found[0]?.signature, signature);
  const landed = await rpc
    .getTransaction(signature, { maxSupportedTransactionVersion: 0, encoding: 'jsonParsed' })
    .send();
  assert.equal(landed?.meta?.fee, 5_000n);
  const fees = await rpc.getRecentPrioritizationFees().send();
  assert.ok(fees.some(({ slot, prioritizationFee }) => slot === landed?.slot && prioritizationFee === 0n));
});

/** The lookup table program's `CreateLookupTable` and `ExtendLookupTable`. */
async function lookupTable(owner: KeyPairSigner, recentSlot: bigint, addresses: Address[]) {
  const [table, bump] = await getProgramDerivedAddress({
    programAddress: LOOKUP_TABLE_PROGRAM_ADDRESS,
    seeds: [getAddressEncoder().encode(owner.address), getU64Encoder().encode(recentSlot)],
  });
  const signs = { address: owner.address, role: AccountRole.WRITABLE_SIGNER, signer: owner };
  const accounts = [
    { address: table, role: AccountRole.WRITABLE },
    signs,
    signs,
    { address: SYSTEM_PROGRAM_ADDRESS, role: AccountRole.READONLY },
  ];
  const instruction = (data: Uint8Array): Instruction => ({
    programAddress: LOOKUP_TABLE_PROGRAM_ADDRESS,
    accounts,
    data,
  });
  const keys = addresses.flatMap((address) => [...getAddressEncoder().encode(address)]);
  const create = instruction(Uint8Array.of(0, 0, 0, 0, ...getU64Encoder().encode(recentSlot), bump));
  const extend = instruction(Uint8Array.of(2, 0, 0, 0, ...getU64Encoder().encode(BigInt(addresses.length)), ...keys));
  return { table, create, extend };
}

test('a transaction that is too long lands through a lookup table', async () => {
  const { rpc } = cluster;
  const signers = await Promise.all(Array.from({ length: 24 }, () => generateKeyPairSigner()));
  const receivers = signers.map(({ address }) => address);
  const transfers = receivers.map((to) => transfer(alice, to, SOL / 100n));
  await assert.rejects(cluster.send(alice, transfers), /too large: 1792 bytes .*1232/);
  const recentSlot = await rpc.getSlot().send();
  await cluster.localnet('advanceSlots', 1);
  const { table, create, extend } = await lookupTable(alice, recentSlot, receivers);
  await cluster.send(alice, [create]);
  await cluster.send(alice, [extend]);
  await cluster.localnet('advanceSlots', 1);
  const signature = await cluster.send(alice, transfers, { [table]: receivers });
  for (const to of receivers) assert.equal(await cluster.lamports(to), SOL / 100n);
  const landed = await rpc.getTransaction(signature, { maxSupportedTransactionVersion: 0, encoding: 'json' }).send();
  const { message } = landed!.transaction;
  assert.deepEqual(message.accountKeys, [alice.address, SYSTEM_PROGRAM_ADDRESS]);
  assert.ok('addressTableLookups' in message && message.addressTableLookups?.length === 1);
  const [lookup] = message.addressTableLookups;
  assert.equal(lookup!.accountKey, table);
  const writable = lookup!.writableIndexes.map((index) => receivers[index]!);
  assert.deepEqual([...writable].sort(), [...receivers].sort());
  assert.deepEqual(landed?.meta?.loadedAddresses, { readonly: [], writable });
});

test('a transaction that would fail is refused before it is sent, with the reason', async () => {
  const to = await somebody();
  await assert.rejects(
    cluster.send(alice, [transfer(alice, to, 1_000_000n * SOL)]),
    (error: Error & { cause?: Error }) => {
      assert.match(`${error.message} ${error.cause?.message}`, /simulation failed/i);
      return true;
    },
  );
});

test('accounts are read raw, parsed, sliced and by filters', async () => {
  const { rpc } = cluster;
  const rentFor = new Map<number, bigint>();
  for (const bytes of [82, 165]) {
    rentFor.set(bytes, await rpc.getMinimumBalanceForRentExemption(BigInt(bytes)).send());
  }
  const context = {
    send: (instructions: Instruction[]) => cluster.send(alice, instructions),
    rentFor: (bytes: number) => rentFor.get(bytes)!,
    payer: alice,
  };
  const mint = await createMint(context, async () => alice.address);
  const of = { payer: alice, owner: alice.address, mint: mint.address, tokenProgram: TOKEN_PROGRAM_ADDRESS };
  const { address: tokens, instruction } = await createTokenAccount(of);
  const mintTo: Instruction = {
    programAddress: TOKEN_PROGRAM_ADDRESS,
    accounts: [
      { address: mint.address, role: AccountRole.WRITABLE },
      { address: tokens, role: AccountRole.WRITABLE },
      { address: alice.address, role: AccountRole.READONLY_SIGNER },
    ],
    data: Uint8Array.of(7, 42, 0, 0, 0, 0, 0, 0, 0),
  };
  await cluster.send(alice, [instruction, mintTo]);
  assert.equal((await rpc.getTokenAccountBalance(tokens).send()).value.amount, '42');
  assert.equal((await rpc.getTokenSupply(mint.address).send()).value.amount, '42');
  const { value: owned } = await rpc
    .getTokenAccountsByOwner(alice.address, { mint: mint.address }, { encoding: 'jsonParsed' })
    .send();
  assert.equal(owned[0]?.account.data.parsed.info.tokenAmount.amount, '42');
  const { value: raw } = await rpc
    .getAccountInfo(mint.address, { encoding: 'base64', dataSlice: { offset: 44, length: 1 } })
    .send();
  assert.equal(raw?.data[0], getBase64Decoder().decode(Uint8Array.of(9)));
  const { value: parsed } = await rpc.getAccountInfo(mint.address, { encoding: 'jsonParsed' }).send();
  assert.ok(parsed && 'parsed' in parsed.data);
  const { value: several } = await rpc
    .getMultipleAccounts([mint.address, alice.address], { encoding: 'base64' })
    .send();
  assert.equal(several.length, 2);
  const held = await rpc
    .getProgramAccounts(TOKEN_PROGRAM_ADDRESS, {
      encoding: 'base64',
      filters: [{ dataSize: 165n }, { memcmp: { offset: 32n, bytes: alice.address as never, encoding: 'base58' } }],
    })
    .send();
  assert.deepEqual(
    held.map(({ pubkey }) => pubkey),
    [tokens],
  );
});

test('whoever subscribes is told', async () => {
  const { subscriptions } = cluster;
  const to = await somebody();
  const confirmed = { commitment: 'confirmed', encoding: 'base64' } as const;
  const stop = new AbortController();
  /** The first notification of a subscription that is there. */
  const listen = async <T>(request: {
    subscribe(options: { abortSignal: AbortSignal }): Promise<AsyncIterable<T>>;
  }) => {
    const { signal: abortSignal } = new AbortController();
    const stream = (await request.subscribe({ abortSignal: AbortSignal.any([abortSignal, stop.signal]) }))[
      Symbol.asyncIterator
    ]();
    const first = stream.next();
    return async (): Promise<T> => (await first).value as T;
  };
  const slots = await listen(subscriptions.slotNotifications());
  const roots = await listen(subscriptions.rootNotifications());
  const account = await listen(subscriptions.accountNotifications(to, confirmed));
  const logs = await listen(subscriptions.logsNotifications({ mentions: [to] }, { commitment: 'confirmed' }));
  const program = await listen(subscriptions.programNotifications(SYSTEM_PROGRAM_ADDRESS, confirmed));
  const signature = await cluster.send(alice, [transfer(alice, to, SOL)]);
  await cluster.localnet('advanceSlots', 40);
  assert.ok((await slots()).slot > 0n);
  assert.ok((await roots()) > 0n);
  assert.equal((await account()).value.lamports, 2n * SOL);
  assert.equal((await logs()).value.signature, signature);
  assert.ok((await program()).value.account.lamports > 0n);
  stop.abort();
});
