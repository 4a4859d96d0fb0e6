/** Kit's own way to send and to listen, and the localnet's extra methods. */

import {
  appendTransactionMessageInstructions,
  compressTransactionMessageUsingAddressLookupTables,
  createSolanaRpc,
  createSolanaRpcSubscriptions,
  createTransactionMessage,
  generateKeyPairSigner,
  getSignatureFromTransaction,
  lamports,
  pipe,
  sendAndConfirmTransactionFactory,
  setTransactionMessageFeePayerSigner,
  setTransactionMessageLifetimeUsingBlockhash,
  signTransactionMessageWithSigners,
  type Address,
  type AddressesByLookupTableAddress,
  type Instruction,
  type KeyPairSigner,
  type Signature,
  type TransactionSigner,
} from '@solana/kit';
import { logsOf, parseEvents, type SluiceEvent } from '@sluice-protocol/sdk';
import type { Served } from './served.js';

export const SOL = 1_000_000_000n;

export type LocalValidator = { name: string; vote: Address; identity: Address; status: string };

type Confirmable = Parameters<ReturnType<typeof sendAndConfirmTransactionFactory>>[0];

export class Cluster {
  readonly rpc;
  readonly subscriptions;
  readonly #confirm: ReturnType<typeof sendAndConfirmTransactionFactory>;

  constructor(readonly served: Served) {
    this.rpc = createSolanaRpc(served.url as `http://${string}`);
    this.subscriptions = createSolanaRpcSubscriptions(served.wsUrl as `ws://${string}`);
    const { rpc, subscriptions: rpcSubscriptions } = this;
    this.#confirm = sendAndConfirmTransactionFactory({ rpc, rpcSubscriptions } as Parameters<
      typeof sendAndConfirmTransactionFactory
    >[0]);
  }

  /** Sends one transaction, signed by `payer` and by the signers in the instructions, and waits until it is confirmed. */
  async send(
    payer: TransactionSigner,
    instructions: readonly Instruction[],
    tables: AddressesByLookupTableAddress = {},
  ): Promise<Signature> {
    const { value: blockhash } = await this.rpc.getLatestBlockhash().send();
    const message = pipe(
      createTransactionMessage({ version: 0 }),
      (empty) => setTransactionMessageFeePayerSigner(payer, empty),
      (paid) => setTransactionMessageLifetimeUsingBlockhash(blockhash, paid),
      (dated) => appendTransactionMessageInstructions(instructions, dated),
      (full) => compressTransactionMessageUsingAddressLookupTables(full, tables),
    );
    const transaction = await signTransactionMessageWithSigners(message);
    try {
      await this.#confirm(transaction as Confirmable, { commitment: 'confirmed' });
    } catch (error) {
      // What a test prints of an error that it did not expect.
      if (error instanceof Error) error.message = [error.message, ...(logsOf(error) ?? [])].join('\n');
      throw error;
    }
    return getSignatureFromTransaction(transaction);
  }

  /** The same; what our programs said, and the fee that was paid. */
  async sendForEvents(payer: TransactionSigner, instructions: readonly Instruction[]) {
    const signature = await this.send(payer, instructions);
    const landed = await this.rpc
      .getTransaction(signature, { commitment: 'confirmed', encoding: 'json', maxSupportedTransactionVersion: 0 })
      .send();
    const events: SluiceEvent[] = parseEvents(landed?.meta?.logMessages ?? []);
    return { signature, events, fee: landed?.meta?.fee ?? 0n };
  }

  /** A new key with so many SOL from the faucet. */
  async wallet(sol: bigint): Promise<KeyPairSigner> {
    const signer = await generateKeyPairSigner();
    const signature = await this.rpc.requestAirdrop(signer.address, lamports(sol * SOL)).send();
    const { value } = await this.rpc.getSignatureStatuses([signature]).send();
    if (!value[0] || value[0].err) throw new Error(`the airdrop failed: ${JSON.stringify(value[0]?.err)}`);
    return signer;
  }

  async lamports(address: Address): Promise<bigint> {
    return (await this.rpc.getBalance(address).send()).value;
  }

  /** Base units in a token account; 0 where there is none. */
  async tokens(address: Address): Promise<bigint> {
    try {
      return BigInt((await this.rpc.getTokenAccountBalance(address).send()).value.amount);
    } catch {
      return 0n;
    }
  }

  /** One of the methods only a localnet has. */
  async localnet<T>(method: string, ...params: unknown[]): Promise<T> {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: `localnet_${method}`, params });
    const response = await fetch(this.served.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    const { result, error } = (await response.json()) as { result: T; error?: { message: string } };
    if (error) throw new Error(`${method}: ${error.message}`);
    return result;
  }

  validators = () => this.localnet<LocalValidator[]>('validators');

  /** Into the next epoch, and past the slots in which the chain pays rewards. */
  async nextEpoch(): Promise<void> {
    await this.localnet('advanceEpoch', 1);
    await this.localnet('advanceSlots', 4);
  }
}
