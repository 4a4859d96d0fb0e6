/** A pool of SPL's stake pool program, the real one, with a token of its own: what a conversion starts from. */

import {
  AccountRole,
  generateKeyPairSigner,
  getAddressEncoder,
  getProgramDerivedAddress,
  getStructEncoder,
  getU32Encoder,
  getU64Encoder,
  type AccountMeta,
  type Address,
  type Instruction,
  type KeyPairSigner,
  type ReadonlyUint8Array,
} from '@solana/kit';
import {
  CLOCK_SYSVAR_ADDRESS,
  createAccount,
  createTokenAccount,
  fetchOtherPool,
  otherStake,
  RENT_SYSVAR_ADDRESS,
  STAKE_POOL_PROGRAM_ADDRESSES,
  STAKE_PROGRAM_ADDRESS,
  STAKE_SPACE,
  SYSTEM_PROGRAM_ADDRESS,
  TOKEN_PROGRAM_ADDRESS,
  withdrawAuthority,
} from '@sluice-protocol/sdk';
import { createMint, type RentFor } from '../../examples/open.js';
import type { Cluster } from './cluster.js';

const PROGRAM = STAKE_POOL_PROGRAM_ADDRESSES[0]!;
const STAKE_HISTORY = 'SysvarStakeHistory1111111111111111111111111' as Address;
const STAKE_CONFIG = 'StakeConfig11111111111111111111111111111111' as Address;
const POOL_SPACE = 611;
const LIST_SPACE = 9 + 73 * 10;
/** Bytes that `open` asks the rent of. */
export const SPACES = [STAKE_SPACE, POOL_SPACE, LIST_SPACE, 82];

const read = (address: Address): AccountMeta => ({ address, role: AccountRole.READONLY });
const write = (address: Address): AccountMeta => ({ address, role: AccountRole.WRITABLE });
const signs = (signer: KeyPairSigner, role: AccountRole = AccountRole.READONLY_SIGNER) => {
  const meta = { address: signer.address, role, signer };
  return meta as AccountMeta;
};
const u32 = (value: number) => getU32Encoder().encode(value);
const u64 = (value: bigint) => getU64Encoder().encode(value);
const fee = (numerator: bigint, denominator: bigint) =>
  getStructEncoder([
    ['denominator', getU64Encoder()],
    ['numerator', getU64Encoder()],
  ]).encode({ denominator, numerator });

function instruction(tag: number, args: readonly ReadonlyUint8Array[], accounts: AccountMeta[]): Instruction {
  return { programAddress: PROGRAM, accounts, data: Uint8Array.of(tag, ...args.flatMap((bytes) => [...bytes])) };
}

export class OtherPoolFixture {
  private constructor(
    private readonly cluster: Cluster,
    private readonly manager: KeyPairSigner,
    readonly address: Address,
    readonly mint: Address,
    private readonly authority: Address,
    private readonly list: Address,
    private readonly reserve: Address,
    private readonly feeAccount: Address,
  ) {}

  /** A pool that takes a thousandth of what leaves as stake. */
  static async open(cluster: Cluster, manager: KeyPairSigner, rentFor: RentFor): Promise<OtherPoolFixture> {
    const send = (instructions: Instruction[]) => cluster.send(manager, instructions);
    const [pool, list, reserve] = [
      await generateKeyPairSigner(),
      await generateKeyPairSigner(),
      await generateKeyPairSigner(),
    ];
    const authority = await withdrawAuthority({ address: pool.address, program: PROGRAM });
    const mint = await createMint({ send, rentFor, payer: manager }, async () => authority);
    const of = { payer: manager, owner: manager.address, mint: mint.address, tokenProgram: TOKEN_PROGRAM_ADDRESS };
    const fees = await createTokenAccount(of);
    const create = (account: KeyPairSigner, space: number, owner: Address) =>
      createAccount({ payer: manager, account, lamports: rentFor(space), space, owner });
    const key = getAddressEncoder().encode(authority);
    const initializeReserve: Instruction = {
      programAddress: STAKE_PROGRAM_ADDRESS,
      accounts: [write(reserve.address), read(RENT_SYSVAR_ADDRESS)],
      data: Uint8Array.of(0, 0, 0, 0, ...key, ...key, ...new Uint8Array(48)),
    };
    const noReferral = Uint8Array.of(0);
    const initialize = instruction(
      0,
      [fee(5n, 100n), fee(1n, 1_000n), fee(0n, 1n), noReferral, u32(10)],
      [
        write(pool.address),
        signs(manager),
        read(manager.address),
        read(authority),
        write(list.address),
        read(reserve.address),
        write(mint.address),
        write(fees.address),
        read(TOKEN_PROGRAM_ADDRESS),
      ],
    );
    await send([fees.instruction]);
    await send([
      create(reserve, STAKE_SPACE, STAKE_PROGRAM_ADDRESS),
      create(pool, POOL_SPACE, PROGRAM),
      create(list, LIST_SPACE, PROGRAM),
      initializeReserve,
      initialize,
    ]);
    return new OtherPoolFixture(
      cluster,
      manager,
      pool.address,
      mint.address,
      authority,
      list.address,
      reserve.address,
      fees.address,
    );
  }

  async deposit(user: KeyPairSigner, lamports: bigint): Promise<void> {
    const of = { payer: user, owner: user.address, mint: this.mint, tokenProgram: TOKEN_PROGRAM_ADDRESS };
    const tokens = await createTokenAccount(of);
    const deposit = instruction(
      25,
      [u64(lamports), u64(0n)],
      [
        write(this.address),
        read(this.authority),
        write(this.reserve),
        signs(user, AccountRole.WRITABLE_SIGNER),
        write(tokens.address),
        write(this.feeAccount),
        write(this.feeAccount),
        write(this.mint),
        read(SYSTEM_PROGRAM_ADDRESS),
        read(TOKEN_PROGRAM_ADDRESS),
      ],
    );
    await this.cluster.send(user, [tokens.instruction, deposit]);
  }

  /** Takes a validator in and delegates so many lamports to it, active two epochs later. */
  async delegate(vote: Address, lamports: bigint): Promise<void> {
    const { pool, stake, transient } = await this.stakes(vote);
    const sysvars = [
      read(STAKE_HISTORY),
      read(STAKE_CONFIG),
      read(SYSTEM_PROGRAM_ADDRESS),
      read(STAKE_PROGRAM_ADDRESS),
    ];
    const add = instruction(
      1,
      [u32(0)],
      [
        pool,
        signs(this.manager),
        write(this.reserve),
        read(this.authority),
        write(this.list),
        write(stake),
        read(vote),
        read(RENT_SYSVAR_ADDRESS),
        read(CLOCK_SYSVAR_ADDRESS),
        ...sysvars,
      ],
    );
    const increase = instruction(
      4,
      [u64(lamports), u64(0n)],
      [
        read(this.address),
        signs(this.manager),
        read(this.authority),
        write(this.list),
        write(this.reserve),
        write(transient),
        read(stake),
        read(vote),
        read(CLOCK_SYSVAR_ADDRESS),
        read(RENT_SYSVAR_ADDRESS),
        ...sysvars,
      ],
    );
    await this.cluster.send(this.manager, [add]);
    await this.cluster.send(this.manager, [increase]);
  }

  private async stakes(vote: Address) {
    const stake = await otherStake({ address: this.address, program: PROGRAM }, { vote, seed: 0 });
    const [transient] = await getProgramDerivedAddress({
      programAddress: PROGRAM,
      seeds: ['transient', getAddressEncoder().encode(vote), getAddressEncoder().encode(this.address), u64(0n)],
    });
    return { pool: write(this.address), stake, transient };
  }

  /** The update of an epoch. */
  async update(): Promise<void> {
    const { validators } = await fetchOtherPool(this.cluster.rpc, this.address);
    const stakes: AccountMeta[] = [];
    for (const { vote } of validators) {
      const { stake, transient } = await this.stakes(vote);
      stakes.push(write(stake), write(transient));
    }
    const mergeToo = Uint8Array.of(0);
    const list = instruction(
      6,
      [u32(0), mergeToo],
      [
        read(this.address),
        read(this.authority),
        write(this.list),
        write(this.reserve),
        read(CLOCK_SYSVAR_ADDRESS),
        read(STAKE_HISTORY),
        read(STAKE_PROGRAM_ADDRESS),
        ...stakes,
      ],
    );
    const pool = instruction(
      7,
      [],
      [
        write(this.address),
        read(this.authority),
        write(this.list),
        read(this.reserve),
        write(this.feeAccount),
        write(this.mint),
        read(TOKEN_PROGRAM_ADDRESS),
      ],
    );
    const cleanUp = instruction(8, [], [write(this.address), write(this.list)]);
    await this.cluster.send(this.manager, [list]);
    await this.cluster.send(this.manager, [pool, cleanUp]);
  }
}
