/**
 * How an instruction becomes a confirmed transaction: simulated first, so that what it does and costs is known before anybody signs;
 * then signed by the wallet, by keys made for it, sent, and followed until it is confirmed or cannot be any more.
 */
import {
  appendTransactionMessageInstructions,
  compileTransaction,
  createTransactionMessage,
  getBase64EncodedWireTransaction,
  getSignatureFromTransaction,
  getTransactionDecoder,
  getTransactionEncoder,
  isWritableRole,
  partiallySignTransaction,
  pipe,
  setTransactionMessageFeePayer,
  setTransactionMessageLifetimeUsingBlockhash,
  type Address,
  type Base64EncodedWireTransaction,
  type Blockhash,
  type Instruction,
  type Signature,
} from '@solana/kit';
import type { Priority } from '../settings';
import type { Wallet } from '../wallet/types';
import { MOST_UNITS, SIGNATURE_FEE, choosePrice, limitUnits, offerPrice, priorityFee, recentPrices, unitsFor } from './budget';
import type { Cluster, Connection } from './cluster';
import { ChainMoved, Expired, MessageChanged, ProgramRefusal } from './errors';
import { keepsIntent } from './intent';

/** What is to be done, before it is known what it takes. */
export interface Request {
  instructions: Instruction[];
  /** Key pairs made for this transaction: new accounts that sign. */
  keys?: CryptoKeyPair[];
  /** Token accounts whose change is shown. They need not exist yet. */
  watch?: Watched[];
}

export interface Watched {
  account: Address;
  symbol: string;
  decimals: number;
}

export interface Changes {
  /** The wallet's lamports, the fee left out. */
  lamports: bigint;
  tokens: { symbol: string; decimals: number; change: bigint }[];
}

/** What would change, found by simulating the very transaction. */
export interface Preview extends Changes {
  units: number;
  /** Micro-lamports a unit. */
  price: bigint;
  /** All that the network takes, in lamports. */
  fee: bigint;
  programs: Address[];
  logs: readonly string[];
}

type Lifetime = { blockhash: Blockhash; lastValidBlockHeight: bigint };

function compile(payer: Address, instructions: Instruction[], lifetime: Lifetime) {
  return compileTransaction(
    pipe(
      createTransactionMessage({ version: 0 }),
      message => setTransactionMessageFeePayer(payer, message),
      message => setTransactionMessageLifetimeUsingBlockhash(lifetime, message),
      message => appendTransactionMessageInstructions(instructions, message),
    ),
  );
}

/** SPL Token's and Token-2022's accounts have their amount in the same place. */
function tokenAmount(base64: string | undefined): bigint {
  if (!base64) return 0n;
  const data = Uint8Array.from(atob(base64), letter => letter.charCodeAt(0));
  return data.length >= 72 ? new DataView(data.buffer).getBigUint64(64, true) : 0n;
}

/** Simulates `request`. Throws {@link ProgramRefusal} where it would fail. */
export async function preview(rpc: Connection, payer: Address, request: Request, priority: Priority): Promise<Preview> {
  const watch = request.watch ?? [];
  const addresses = [payer, ...watch.map(({ account }) => account)];
  const [{ value: lifetime }, { value: before }] = await Promise.all([
    rpc.getLatestBlockhash({ commitment: 'confirmed' }).send(),
    rpc.getMultipleAccounts(addresses, { commitment: 'confirmed', encoding: 'base64' }).send(),
  ]);
  const transaction = compile(payer, [limitUnits(MOST_UNITS), ...request.instructions], lifetime);
  const { value: outcome } = await rpc
    .simulateTransaction(getBase64EncodedWireTransaction(transaction), {
      commitment: 'confirmed',
      encoding: 'base64',
      sigVerify: false,
      replaceRecentBlockhash: true,
      accounts: { encoding: 'base64', addresses },
    })
    .send();
  const logs = outcome.logs ?? [];
  if (outcome.err) throw new ProgramRefusal(outcome.err, logs, request.instructions);
  const after = outcome.accounts ?? [];
  const units = unitsFor(outcome.unitsConsumed ?? 0n);
  const writable = request.instructions.flatMap(({ accounts = [] }) => accounts.filter(({ role }) => isWritableRole(role)).map(({ address }) => address));
  const price = priority === 'none' ? 0n : choosePrice(await recentPrices(rpc, [...new Set(writable)]), priority, units);
  const signatures = BigInt(Object.keys(transaction.signatures).length);
  return {
    lamports: (after[0]?.lamports ?? 0n) - (before[0]?.lamports ?? 0n) + signatures * SIGNATURE_FEE,
    tokens: watch.map(({ symbol, decimals }, index) => ({
      symbol,
      decimals,
      change: tokenAmount(after[index + 1]?.data[0]) - tokenAmount(before[index + 1]?.data[0]),
    })),
    units,
    price,
    fee: signatures * SIGNATURE_FEE + priorityFee(price, units),
    programs: programsCalled(request.instructions, logs),
    logs,
  };
}

const INVOKED = /^Program (\w+) invoke \[\d+\]$/;

/** Those the instructions name, then those that are called on the way. A program cannot write such a line itself: its own begin otherwise. */
export function programsCalled(instructions: readonly Instruction[], logs: readonly string[]): Address[] {
  const invoked = logs.flatMap(line => INVOKED.exec(line)?.[1] ?? []) as Address[];
  return [...new Set([...instructions.map(({ programAddress }) => programAddress), ...invoked])];
}

/** Throws {@link ChainMoved} where the server serves another cluster than `cluster`. */
export async function requireCluster(rpc: Connection, cluster: Cluster): Promise<void> {
  if ((await rpc.getGenesisHash().send()) !== cluster.genesis) throw new ChainMoved();
}

export interface Signed {
  wire: Base64EncodedWireTransaction;
  signature: Signature;
  lastValidBlockHeight: bigint;
}

/**
 * Has the wallet sign, after making sure that the server still serves `cluster`, the one the preview was made on. What comes back has to
 * do what was given: only that was previewed. Its fee and its guards are the wallet's business.
 */
export async function sign(rpc: Connection, cluster: Cluster, wallet: Wallet, request: Request, shown: Preview): Promise<Signed> {
  await requireCluster(rpc, cluster);
  const { value: lifetime } = await rpc.getLatestBlockhash({ commitment: 'confirmed' }).send();
  const budget = [limitUnits(shown.units), ...(shown.price > 0n ? [offerPrice(shown.price)] : [])];
  const unsigned = compile(wallet.address, [...budget, ...request.instructions], lifetime);
  const returned = await wallet.sign(new Uint8Array(getTransactionEncoder().encode(unsigned)), cluster.chain);
  const walletSigned = getTransactionDecoder().decode(returned);
  if (!keepsIntent(unsigned.messageBytes, walletSigned.messageBytes)) throw new MessageChanged();
  const signed = await partiallySignTransaction(request.keys ?? [], walletSigned);
  return {
    wire: getBase64EncodedWireTransaction(signed),
    signature: getSignatureFromTransaction(signed),
    lastValidBlockHeight: lifetime.lastValidBlockHeight,
  };
}

const pause = (milliseconds: number) => new Promise(resolve => setTimeout(resolve, milliseconds));

/** Sends until it is confirmed, or its time is over. A server that does not answer is asked again. */
export async function confirm(rpc: Connection, signed: Signed, request: Request): Promise<{ slot: bigint }> {
  let sentAt = 0;
  for (;;) {
    if (Date.now() - sentAt > 2_000) {
      sentAt = Date.now();
      await rpc.sendTransaction(signed.wire, { encoding: 'base64', skipPreflight: true, maxRetries: 0n }).send().catch(() => {});
    }
    try {
      const { value } = await rpc.getSignatureStatuses([signed.signature]).send();
      let status = value[0];
      if (!status) {
        const height = await rpc.getBlockHeight({ commitment: 'confirmed' }).send();
        if (height > signed.lastValidBlockHeight) {
          // It may have been taken in between the two answers: only what is asked after its time is over tells that it never was.
          const { value: last } = await rpc.getSignatureStatuses([signed.signature], { searchTransactionHistory: true }).send();
          status = last[0];
          if (!status) throw new Expired();
        }
      }
      // Until then a fork may undo it, and what failed there may succeed.
      if (status && status.confirmationStatus !== 'processed') {
        if (status.err) throw new ProgramRefusal(status.err, await logsOf(rpc, signed.signature), request.instructions);
        return { slot: status.slot };
      }
    } catch (error) {
      if (error instanceof ProgramRefusal || error instanceof Expired) throw error;
    }
    await pause(400);
  }
}

const transactionOf = (rpc: Connection, signature: Signature) =>
  rpc.getTransaction(signature, { commitment: 'confirmed', encoding: 'json', maxSupportedTransactionVersion: 0 }).send();

async function logsOf(rpc: Connection, signature: Signature): Promise<readonly string[]> {
  try {
    return (await transactionOf(rpc, signature))?.meta?.logMessages ?? [];
  } catch {
    return [];
  }
}

/** What a confirmed transaction did change, by its own record; `null` where the server does not give it. */
export async function changesOf(rpc: Connection, signature: Signature, payer: Address, request: Request): Promise<Changes | null> {
  // Servers have the status of a transaction a moment before the transaction.
  for (let tries = 0; tries < 3; tries += 1) {
    if (tries > 0) await pause(400);
    const found = await transactionOf(rpc, signature).catch(() => null);
    const meta = found?.meta;
    if (!found || !meta) continue;
    const { preTokenBalances, postTokenBalances } = meta;
    const watch = request.watch ?? [];
    if (watch.length > 0 && (!preTokenBalances || !postTokenBalances)) return null;
    const keys = [...found.transaction.message.accountKeys, ...(meta.loadedAddresses?.writable ?? []), ...(meta.loadedAddresses?.readonly ?? [])];
    const at = keys.indexOf(payer);
    const before = meta.preBalances[at];
    const after = meta.postBalances[at];
    if (before === undefined || after === undefined) return null;
    // An account without an entry did not exist: it held nothing.
    const held = (balances: typeof preTokenBalances, account: Address) =>
      BigInt(balances?.find(({ accountIndex }) => keys[Number(accountIndex)] === account)?.uiTokenAmount.amount ?? 0);
    return {
      lamports: after - before + (at === 0 ? meta.fee : 0n),
      tokens: watch.map(({ account, symbol, decimals }) => ({
        symbol,
        decimals,
        change: held(postTokenBalances, account) - held(preTokenBalances, account),
      })),
    };
  }
  return null;
}
