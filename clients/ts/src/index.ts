/** TypeScript client of the Sluice programs. README.md has an overview and examples. */

export * as restakingVault from './generated/restakingVault/index.js';
export * as stakingPool from './generated/stakingPool/index.js';
export * as validatorSelection from './generated/validatorSelection/index.js';
export { decodeEvent, PROGRAMS, type ProgramName, type SluiceEvent } from './generated/index.js';
export * from './addresses.js';
export * from './chain.js';
export * from './convert.js';
export * from './crank.js';
export * from './errors.js';
export * from './fetch.js';
export { createAccount, createTokenAccount, type Amount, type Bound, type Plan } from './instructions.js';
export * from './logs.js';
export * from './pdas.js';
export * from './pool.js';
export * from './quotes.js';
export * from './selection.js';
export * from './slabs.js';
export * from './snapshot.js';
export * from './vault.js';
export * from './views.js';
