/**
 * Whether what a wallet gives back still does what was previewed. Wallets may set a fee of their own choice and add instructions that
 * guard: these can make a transaction fail, and nothing else.
 */
import { getCompiledTransactionMessageDecoder, type ReadonlyUint8Array } from '@solana/kit';

const COMPUTE_BUDGET = 'ComputeBudget111111111111111111111111111111';
/** Lighthouse, whose instructions only compare accounts with what a wallet expects them to be. */
const GUARD = 'L2TExMFKdjpN9kozasaurPirfHy9P8sbXoAN1qA3S95';

/** The same payer, signers, block hash, and instructions in their order; beside them budget and guards alone. */
export function keepsIntent(previewed: ReadonlyUint8Array, signed: ReadonlyUint8Array): boolean {
  const [before, after] = [read(previewed), read(signed)];
  if (!before || !after || before.signers !== after.signers || before.lifetime !== after.lifetime) return false;
  const left = [...after.instructions];
  for (const wanted of before.instructions.filter(({ program }) => program !== COMPUTE_BUDGET)) {
    while (left[0] && left[0].text !== wanted.text && isHarmless(left[0].program)) left.shift();
    if (left.shift()?.text !== wanted.text) return false;
  }
  return left.every(({ program }) => isHarmless(program));
}

const isHarmless = (program: string | undefined) => program === COMPUTE_BUDGET || program === GUARD;

/** `null` of a version that is never asked for here. */
function read(bytes: ReadonlyUint8Array) {
  const message = getCompiledTransactionMessageDecoder().decode(bytes);
  if (message.version === 1) return null;
  const { numSignerAccounts, numReadonlySignerAccounts, numReadonlyNonSignerAccounts } = message.header;
  const fixed = message.staticAccounts.map((address, at) => {
    const isSigner = at < numSignerAccounts;
    const isWritable = isSigner
      ? at < numSignerAccounts - numReadonlySignerAccounts
      : at < message.staticAccounts.length - numReadonlyNonSignerAccounts;
    return `${address}${isSigner ? ' signs' : ''}${isWritable ? ' is written' : ''}`;
  });
  const tables = ('addressTableLookups' in message ? message.addressTableLookups : undefined) ?? [];
  const looked = [
    ...tables.flatMap(table => table.writableIndexes.map(index => `${table.lookupTableAddress} ${index} is written`)),
    ...tables.flatMap(table => table.readonlyIndexes.map(index => `${table.lookupTableAddress} ${index}`)),
  ];
  const accounts = [...fixed, ...looked];
  return {
    lifetime: message.lifetimeToken,
    // The first one pays.
    signers: message.staticAccounts.slice(0, numSignerAccounts).join(),
    instructions: message.instructions.map(({ programAddressIndex, accountIndices = [], data = new Uint8Array() }) => {
      const program = message.staticAccounts[programAddressIndex];
      return { program, text: [program, ...accountIndices.map(index => accounts[index]), Array.from(data).join(' ')].join('\n') };
    }),
  };
}
