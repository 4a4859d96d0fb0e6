/** A pool of somebody else's on the localnet, of the real SPL stake pool program: made, staked with one validator, updated. */
import { findTokenAccount } from '@sluice-protocol/sdk';
import {
  AccountRole,
  address,
  generateKeyPairSigner,
  getAddressDecoder,
  getAddressEncoder,
  getProgramDerivedAddress,
  type AccountMeta,
  type AccountSignerMeta,
  type Address,
  type Instruction,
  type KeyPairSigner,
} from '@solana/kit';
import { SOL, type Chain } from './chain';

export const SPL_STAKE_POOL = address('SPoo1Ku8WFXoNDMHPsrGSTSG1Y47rzgn41SLUNakuHy');
const SYSTEM = address('11111111111111111111111111111111');
const TOKEN = address('TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA');
const ASSOCIATED = address('ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL');
const STAKE = address('Stake11111111111111111111111111111111111111');
const STAKE_CONFIG = address('StakeConfig11111111111111111111111111111111');
const RENT = address('SysvarRent111111111111111111111111111111111');
const CLOCK = address('SysvarC1ock11111111111111111111111111111111');
const HISTORY = address('SysvarStakeHistory1111111111111111111111111');

const POOL_SPACE = 611;
const VALIDATORS = 10;
const LIST_SPACE = 9 + 73 * VALIDATORS;
const MINT_SPACE = 82;
const STAKE_SPACE = 200;

const key = (of: Address) => Buffer.from(getAddressEncoder().encode(of));
const u32 = (value: number) => Buffer.from(Uint32Array.of(value).buffer);
const u64 = (value: bigint) => Buffer.from(BigUint64Array.of(value).buffer);
/** Denominator first, as the program has it. */
const fee = (numerator: bigint, denominator: bigint) => Buffer.concat([u64(denominator), u64(numerator)]);

const r = (of: Address): AccountMeta => ({ address: of, role: AccountRole.READONLY });
const w = (of: Address): AccountMeta => ({ address: of, role: AccountRole.WRITABLE });
const rs = (signer: KeyPairSigner): AccountSignerMeta => ({ address: signer.address, role: AccountRole.READONLY_SIGNER, signer });
const ws = (signer: KeyPairSigner): AccountSignerMeta => ({ address: signer.address, role: AccountRole.WRITABLE_SIGNER, signer });

const call = (programAddress: Address, accounts: (AccountMeta | AccountSignerMeta)[], ...data: Uint8Array[]): Instruction => ({
  programAddress,
  accounts,
  data: Buffer.concat(data),
});
const spl = (tag: number, accounts: (AccountMeta | AccountSignerMeta)[], ...data: Uint8Array[]) => call(SPL_STAKE_POOL, accounts, Buffer.of(tag), ...data);

async function find(...seeds: (string | Uint8Array)[]): Promise<Address> {
  const [found] = await getProgramDerivedAddress({ programAddress: SPL_STAKE_POOL, seeds });
  return found;
}

export class ForeignPool {
  private constructor(
    private readonly chain: Chain,
    private readonly manager: KeyPairSigner,
    readonly pool: Address,
    readonly list: Address,
    readonly reserve: Address,
    readonly mint: Address,
    readonly authority: Address,
    readonly tokens: Address,
  ) {}

  /** With so many SOL of the manager's in it. */
  static async open(chain: Chain, manager: KeyPairSigner, sol: bigint): Promise<ForeignPool> {
    const [pool, list, reserve, mint] = await Promise.all([generateKeyPairSigner(), generateKeyPairSigner(), generateKeyPairSigner(), generateKeyPairSigner()]);
    const authority = await find(key(pool.address), 'withdraw');
    const create = async (account: KeyPairSigner, space: number, owner: Address) => {
      const rent = await chain.rpc.getMinimumBalanceForRentExemption(BigInt(space)).send();
      return call(SYSTEM, [ws(manager), ws(account)], u32(0), u64(rent), u64(BigInt(space)), key(owner));
    };
    const [tokens] = await findTokenAccount({ owner: manager.address, mint: mint.address, tokenProgram: TOKEN });
    const initializeMint = call(TOKEN, [w(mint.address)], Buffer.of(20, 9), key(authority), Buffer.of(0));
    await chain.send(manager, await create(mint, MINT_SPACE, TOKEN), initializeMint, tokenAccount(manager, manager.address, mint.address, tokens));
    const initializeReserve = call(STAKE, [w(reserve.address), r(RENT)], u32(0), key(authority), key(authority), Buffer.alloc(48));
    await chain.send(manager, await create(reserve, STAKE_SPACE, STAKE), initializeReserve);
    const initialize = spl(
      0,
      [w(pool.address), rs(manager), r(manager.address), r(authority), w(list.address), r(reserve.address), w(mint.address), w(tokens), r(TOKEN)],
      fee(5n, 100n), fee(1n, 1_000n), fee(0n, 1n), Buffer.of(0), u32(VALIDATORS),
    );
    await chain.send(manager, await create(pool, POOL_SPACE, SPL_STAKE_POOL), await create(list, LIST_SPACE, SPL_STAKE_POOL), initialize);
    const deposit = spl(
      25,
      [w(pool.address), r(authority), w(reserve.address), ws(manager), w(tokens), w(tokens), w(tokens), w(mint.address), r(SYSTEM), r(TOKEN)],
      u64(sol * SOL), u64(0n),
    );
    await chain.send(manager, deposit);
    return new ForeignPool(chain, manager, pool.address, list.address, reserve.address, mint.address, authority, tokens);
  }

  private stake(vote: Address): Promise<Address> {
    return find(key(vote), key(this.pool));
  }

  private transient(vote: Address, seed: bigint): Promise<Address> {
    return find('transient', key(vote), key(this.pool), u64(seed));
  }

  /** Takes a validator in and delegates to it; the stake is active after the next epoch's update. */
  async delegate(vote: Address, sol: bigint): Promise<void> {
    const { manager, pool, reserve, authority, list } = this;
    const stake = await this.stake(vote);
    const add = spl(
      1,
      [w(pool), rs(manager), w(reserve), r(authority), w(list), w(stake), r(vote), r(RENT), r(CLOCK), r(HISTORY), r(STAKE_CONFIG), r(SYSTEM), r(STAKE)],
      u32(0),
    );
    await this.chain.send(manager, add);
    const { seed } = await this.first();
    const increase = spl(
      4,
      [
        r(pool), rs(manager), r(authority), w(list), w(reserve), w(await this.transient(vote, seed)), r(stake), r(vote), r(CLOCK), r(RENT), r(HISTORY),
        r(STAKE_CONFIG), r(SYSTEM), r(STAKE),
      ],
      u64(sol * SOL), u64(seed),
    );
    await this.chain.send(manager, increase);
  }

  /** The list's only validator. */
  private async first(): Promise<{ vote: Address; seed: bigint }> {
    const { value } = await this.chain.rpc.getAccountInfo(this.list, { encoding: 'base64' }).send();
    const data = Buffer.from(value!.data[0], 'base64');
    return { seed: data.readBigUInt64LE(9 + 24), vote: getAddressDecoder().decode(data, 9 + 41) };
  }

  /** An epoch's update, without which nobody can do anything with the pool. */
  async update(): Promise<void> {
    const { pool, authority, list, reserve, mint, tokens, manager } = this;
    const { vote, seed } = await this.first();
    const stakes = [w(await this.stake(vote)), w(await this.transient(vote, seed))];
    const validators = spl(6, [r(pool), r(authority), w(list), w(reserve), r(CLOCK), r(HISTORY), r(STAKE), ...stakes], u32(0), Buffer.of(0));
    await this.chain.send(manager, validators);
    await this.chain.send(manager, spl(7, [w(pool), r(authority), w(list), r(reserve), w(tokens), w(mint), r(TOKEN)]), spl(8, [w(pool), w(list)]));
  }

  /** Pool tokens of the manager's for somebody. */
  async give(owner: Address, sol: bigint): Promise<void> {
    const [to] = await findTokenAccount({ owner, mint: this.mint, tokenProgram: TOKEN });
    const transfer = call(TOKEN, [w(this.tokens), w(to), rs(this.manager)], Buffer.of(3), u64(sol * SOL));
    await this.chain.send(this.manager, tokenAccount(this.manager, owner, this.mint, to), transfer);
  }
}

function tokenAccount(payer: KeyPairSigner, owner: Address, mint: Address, account: Address): Instruction {
  return call(ASSOCIATED, [ws(payer), w(account), r(owner), r(mint), r(SYSTEM), r(TOKEN)], Buffer.of(1));
}
