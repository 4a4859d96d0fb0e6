/** A localnet from the outside: calls, keys, transactions that must work. */
import {
  appendTransactionMessageInstructions,
  createKeyPairSignerFromBytes,
  createSolanaRpc,
  createTransactionMessage,
  getBase64EncodedWireTransaction,
  getSignatureFromTransaction,
  lamports,
  pipe,
  setTransactionMessageFeePayerSigner,
  setTransactionMessageLifetimeUsingBlockhash,
  signTransactionMessageWithSigners,
  type Address,
  type Instruction,
  type KeyPairSigner,
  type Rpc as KitRpc,
  type SolanaRpcApi,
} from '@solana/kit';
import { readFileSync } from 'node:fs';

export const SOL = 1_000_000_000n;

export type Rpc = KitRpc<SolanaRpcApi>;

export class Chain {
  readonly rpc: Rpc;
  constructor(readonly url: string) {
    this.rpc = createSolanaRpc(url);
  }

  /** A method by plain JSON-RPC, those only a localnet has among them. */
  async call<T>(method: string, params: unknown[] = []): Promise<T> {
    const response = await fetch(this.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
    });
    const { result, error } = (await response.json()) as { result: T; error?: { message: string } };
    if (error) throw new Error(`${method}: ${error.message}`);
    return result;
  }

  async epoch(): Promise<bigint> {
    return (await this.rpc.getEpochInfo().send()).epoch;
  }

  async send(payer: KeyPairSigner, ...instructions: Instruction[]): Promise<void> {
    const { value: lifetime } = await this.rpc.getLatestBlockhash().send();
    const signed = await signTransactionMessageWithSigners(
      pipe(
        createTransactionMessage({ version: 0 }),
        message => setTransactionMessageFeePayerSigner(payer, message),
        message => setTransactionMessageLifetimeUsingBlockhash(lifetime, message),
        message => appendTransactionMessageInstructions([units(1_400_000), ...instructions], message),
      ),
    );
    const signature = getSignatureFromTransaction(signed);
    await this.rpc.sendTransaction(getBase64EncodedWireTransaction(signed as Parameters<typeof getBase64EncodedWireTransaction>[0]), { encoding: 'base64' }).send();
    for (let tries = 0; tries < 100; tries += 1) {
      const { value } = await this.rpc.getSignatureStatuses([signature]).send();
      if (value[0]?.err) throw new Error(JSON.stringify(value[0].err, (_, item) => (typeof item === 'bigint' ? String(item) : item)));
      if (value[0] && value[0].confirmationStatus !== 'processed') return;
      await new Promise(resolve => setTimeout(resolve, 100));
    }
    throw new Error('not confirmed');
  }

  async airdrop(to: Address, sol: bigint): Promise<void> {
    await this.rpc.requestAirdrop(to, lamports(sol * SOL)).send();
    for (let tries = 0; tries < 100; tries += 1) {
      if ((await this.rpc.getBalance(to).send()).value > 0n) return;
      await new Promise(resolve => setTimeout(resolve, 100));
    }
    throw new Error(`no airdrop for ${to}`);
  }
}

function units(limit: number): Instruction {
  const data = new Uint8Array(5);
  data[0] = 2;
  new DataView(data.buffer).setUint32(1, limit, true);
  return { programAddress: 'ComputeBudget111111111111111111111111111111' as Address, data };
}

export function keyFile(path: string): Promise<KeyPairSigner> {
  return createKeyPairSignerFromBytes(Uint8Array.from(JSON.parse(readFileSync(path, 'utf8')) as number[]));
}
