import { describe, expect, it } from 'vitest';
import {
  address,
  generateKeyPair,
  generateKeyPairSigner,
  getAddressFromPublicKey,
  getTransactionDecoder,
  getTransactionEncoder,
  partiallySignTransaction,
  type Address,
  type Signature,
} from '@solana/kit';
import type { Wallet } from '../wallet/types';
import type { Cluster, Connection } from './cluster';
import { ChainMoved, Expired, MessageChanged, ProgramRefusal } from './errors';
import { changesOf, confirm, programsCalled, sign, type Preview, type Request, type Signed } from './send';

const CLUSTER: Cluster = { kind: 'localnet', genesis: 'the first', chain: 'solana:localnet' };
const PROGRAM = address('TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA');
const SHOWN = { units: 1_000, price: 0n } as Preview;
const REQUEST: Request = { instructions: [{ programAddress: PROGRAM }] };
const lifetime = { blockhash: '4uhcVJyU9pJkvQyS88uRDiswHXSCkY3zQawwpPk2NsNY', lastValidBlockHeight: 100n };

/** A server that answers each method as it is told to. */
function server(methods: Record<string, (...parameters: never[]) => unknown>): Connection {
  return new Proxy({}, {
    get: (_, method: string) => (...parameters: never[]) => ({
      send: async () => {
        const answer = methods[method];
        if (!answer) throw new Error(`nobody expected ${method}`);
        return answer(...parameters);
      },
    }),
  }) as Connection;
}

const honest = { getGenesisHash: () => CLUSTER.genesis, getLatestBlockhash: () => ({ value: lifetime }) };

/** A wallet that does as `tamper` says to what it is given, and signs that. */
async function walletThat(tamper: (wire: Uint8Array) => Uint8Array = wire => wire) {
  const pair = await generateKeyPair();
  let asked = 0;
  const wallet: Wallet = {
    kind: 'standard',
    name: 'A wallet',
    address: await getAddressFromPublicKey(pair.publicKey),
    supports: () => true,
    sign: async wire => {
      asked += 1;
      const signed = await partiallySignTransaction([pair], getTransactionDecoder().decode(tamper(wire)));
      return new Uint8Array(getTransactionEncoder().encode(signed));
    },
  };
  return { wallet, asked: () => asked };
}

describe('signing', () => {
  it('gives a signature and the wire form', async () => {
    const { wallet } = await walletThat();
    const { signature, lastValidBlockHeight } = await sign(server(honest), CLUSTER, wallet, REQUEST, SHOWN);
    expect(signature.length).toBeGreaterThan(80);
    expect(lastValidBlockHeight).toBe(100n);
  });
  it('does not ask the wallet when the server serves another cluster than the previewed one', async () => {
    const { wallet, asked } = await walletThat();
    await expect(sign(server({ ...honest, getGenesisHash: () => 'the second' }), CLUSTER, wallet, REQUEST, SHOWN)).rejects.toBeInstanceOf(ChainMoved);
    expect(asked()).toBe(0);
  });
  it('refuses a message the wallet changed, be it by one bit', async () => {
    // So far from the end is the blockhash.
    const { wallet } = await walletThat(wire => wire.with(wire.length - 40, wire[wire.length - 40]! ^ 1));
    await expect(sign(server(honest), CLUSTER, wallet, REQUEST, SHOWN)).rejects.toBeInstanceOf(MessageChanged);
  });
});

describe('what becomes of it', () => {
  const SIGNED: Signed = { wire: 'AA==' as Signed['wire'], signature: 'signature' as Signature, lastValidBlockHeight: 100n };
  const taken = { slot: 7n, err: null, confirmationStatus: 'confirmed' };
  /** A server that knows the transaction only when its whole history is searched. */
  const late = (found: unknown) =>
    server({
      sendTransaction: () => 'signature',
      getBlockHeight: () => 101n,
      getSignatureStatuses: ((_: unknown, options?: { searchTransactionHistory?: boolean }) => ({ value: [options?.searchTransactionHistory ? found : null] })) as never,
    });

  it('is confirmed if it was taken in between the status and the height', async () => {
    expect(await confirm(late(taken), SIGNED, REQUEST)).toEqual({ slot: 7n });
  });
  it('is a refusal if it failed just then', async () => {
    await expect(confirm(late({ ...taken, err: { InstructionError: [0, { Custom: 1 }] } }), SIGNED, REQUEST)).rejects.toBeInstanceOf(ProgramRefusal);
  });
  it('is over only when nobody knows it after its time', async () => {
    await expect(confirm(late(null), SIGNED, REQUEST)).rejects.toBeInstanceOf(Expired);
  });
  it('is not what a block said that did not stay', async () => {
    const failed = { ...taken, err: { InstructionError: [0, { Custom: 1 }] }, confirmationStatus: 'processed' };
    const answers = [failed, null, taken];
    const rpc = server({
      sendTransaction: () => 'signature',
      getBlockHeight: () => 99n,
      getSignatureStatuses: () => ({ value: [answers.shift() ?? null] }),
    });
    expect(await confirm(rpc, SIGNED, REQUEST)).toEqual({ slot: 7n });
  });
  it('is still open when the last question has no answer', async () => {
    let failures = 1;
    const rpc = server({
      sendTransaction: () => 'signature',
      getBlockHeight: () => 101n,
      getSignatureStatuses: ((_: unknown, options?: object) => {
        if (options && failures-- > 0) throw new TypeError('fetch failed');
        return { value: [options ? taken : null] };
      }) as never,
    });
    expect(await confirm(rpc, SIGNED, REQUEST)).toEqual({ slot: 7n });
  });
});

describe('what it did', () => {
  const OTHER = 'So11111111111111111111111111111111111111112' as Address;
  const balance = (accountIndex: number, amount: string) => ({ accountIndex, uiTokenAmount: { amount } });
  const record = (payer: Address, tokens: object) => ({
    transaction: { message: { accountKeys: [payer, OTHER] } },
    meta: { fee: 5_000n, preBalances: [1_000_000n, 0n], postBalances: [695_000n, 0n], ...tokens },
  });
  const watch = [{ account: OTHER, symbol: 'slSOL', decimals: 9 }];

  it('is read from its record, the fee left out', async () => {
    const { address: payer } = await generateKeyPairSigner();
    const rpc = server({ getTransaction: () => record(payer, { preTokenBalances: [], postTokenBalances: [balance(1, '290')] }) });
    expect(await changesOf(rpc, 'signature' as Signature, payer, { ...REQUEST, watch })).toEqual({
      lamports: -300_000n,
      tokens: [{ symbol: 'slSOL', decimals: 9, change: 290n }],
    });
  });
  it('is not known without a record, or without the tokens in it', async () => {
    const { address: payer } = await generateKeyPairSigner();
    expect(await changesOf(server({ getTransaction: () => null }), 'signature' as Signature, payer, REQUEST)).toBeNull();
    expect(await changesOf(server({ getTransaction: () => record(payer, {}) }), 'signature' as Signature, payer, { ...REQUEST, watch })).toBeNull();
  });
});

describe('the programs that are called', () => {
  it('are those of the instructions and those called on the way, each once', () => {
    const logs = [
      `Program ${PROGRAM} invoke [1]`,
      'Program 11111111111111111111111111111111 invoke [2]',
      'Program 11111111111111111111111111111111 success',
      'Program log: Program Stake11111111111111111111111111111111111111 invoke [2]',
      `Program ${PROGRAM} success`,
    ];
    expect(programsCalled(REQUEST.instructions, logs)).toEqual([PROGRAM, '11111111111111111111111111111111']);
  });
});
