/** Asking a program by simulation: what its views return, without a signature or a fee. */

import {
  appendTransactionMessageInstruction,
  compileTransaction,
  createTransactionMessage,
  getBase64EncodedWireTransaction,
  getBase64Encoder,
  pipe,
  setTransactionMessageFeePayer,
  setTransactionMessageLifetimeUsingBlockhash,
  type Address,
  type Blockhash,
  type Instruction,
  type ReadonlyUint8Array,
  type Rpc,
  type SimulateTransactionApi,
} from '@solana/kit';
import { explainError, type ProgramFailure } from './errors.js';
import type { ReadOptions } from './fetch.js';
import { decodeExplainReturn } from './generated/validatorSelection/returns.js';
import type { Explanation } from './generated/validatorSelection/types/index.js';
import { explain, type SelectionCandidate, type SelectionSnapshot } from './selection.js';

export type SimulateRpc = Rpc<SimulateTransactionApi>;

/** A view refused; `failure` says why where it was one of our programs that did. */
export class ViewRefused extends Error {
  override name = 'ViewRefused';

  constructor(
    readonly failure: ProgramFailure | undefined,
    readonly logs: readonly string[],
    error: unknown,
  ) {
    super(
      failure?.message ??
        `the view failed: ${JSON.stringify(error, (_, value) => (typeof value === 'bigint' ? `${value}` : value))}`,
    );
  }
}

/** Any blockhash will do: the server puts its own in its place. */
const ANY_BLOCKHASH = '11111111111111111111111111111111' as Blockhash;

/** What an instruction returns. `payer` is any account that exists and holds lamports; it pays nothing. */
export async function ask(
  rpc: SimulateRpc,
  instruction: Instruction,
  payer: Address,
  options?: ReadOptions,
): Promise<ReadonlyUint8Array> {
  const transaction = pipe(
    createTransactionMessage({ version: 'legacy' }),
    (message) => setTransactionMessageFeePayer(payer, message),
    (message) =>
      setTransactionMessageLifetimeUsingBlockhash({ blockhash: ANY_BLOCKHASH, lastValidBlockHeight: 0n }, message),
    (message) => appendTransactionMessageInstruction(instruction, message),
    compileTransaction,
  );
  const { value } = await rpc
    .simulateTransaction(getBase64EncodedWireTransaction(transaction), {
      encoding: 'base64',
      replaceRecentBlockhash: true,
      sigVerify: false,
      ...(options?.commitment && { commitment: options.commitment }),
    })
    .send(options);
  const logs = value.logs ?? [];
  if (value.err) throw new ViewRefused(explainError(value.err, logs), logs, value.err);
  if (!value.returnData) throw new ViewRefused(undefined, logs, 'nothing was returned');
  return getBase64Encoder().encode(value.returnData.data[0]);
}

/** "When will I get stake?", answered by the program. */
export async function explainCandidate(
  rpc: SimulateRpc,
  input: { selection: SelectionSnapshot; candidate: Pick<SelectionCandidate, 'index' | 'vote'>; payer: Address },
  options?: ReadOptions,
): Promise<Explanation> {
  return decodeExplainReturn(await ask(rpc, explain(input), input.payer, options));
}
