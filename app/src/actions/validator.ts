/** What a validator does with the selection, as instructions. */
import { validatorSelection } from '@sluice-protocol/sdk';
import { createNoopSigner, type Address } from '@solana/kit';
import type { Snapshot } from '../chain/pool';
import type { Selection } from '../chain/selection';
import type { Request } from '../chain/send';
import { makeTokenAccount, tokenAccountOf } from '../chain/tokens';
import { LST } from './holder';

interface Place {
  vote: Address;
  /** The candidate's place in the registry. */
  index: number;
}

const watch = (account: Address) => [{ account, symbol: LST, decimals: 9 }];

export async function join(selection: Selection, pool: Snapshot, payer: Address, payerLst: Address, vote: Address, bond: bigint): Promise<Request> {
  const { config, address } = selection;
  return {
    instructions: [
      validatorSelection.getJoinInstruction({
        config: address,
        registry: config.registry,
        pool: pool.pool,
        vote,
        payer: createNoopSigner(payer),
        payerLst,
        vault: config.vault,
        tokenProgram: config.tokenProgram,
        bond,
      }),
    ],
    watch: watch(payerLst),
  };
}

export async function fundBond(selection: Selection, payer: Address, payerLst: Address, place: Place, shares: bigint): Promise<Request> {
  const { config, address } = selection;
  return {
    instructions: [
      validatorSelection.getFundBondInstruction({
        config: address,
        registry: config.registry,
        vote: place.vote,
        payer: createNoopSigner(payer),
        payerLst,
        vault: config.vault,
        tokenProgram: config.tokenProgram,
        index: place.index,
        shares,
      }),
    ],
    watch: watch(payerLst),
  };
}

export async function setBid(selection: Selection, authority: Address, place: Place, bid: number): Promise<Request> {
  return {
    instructions: [
      validatorSelection.getSetBidInstruction({
        config: selection.address,
        registry: selection.config.registry,
        vote: place.vote,
        authority: createNoopSigner(authority),
        index: place.index,
        bid,
      }),
    ],
  };
}

export async function leave(selection: Selection, authority: Address, place: Place, leaving: boolean): Promise<Request> {
  return {
    instructions: [
      validatorSelection.getLeaveInstruction({
        config: selection.address,
        registry: selection.config.registry,
        vote: place.vote,
        authority: createNoopSigner(authority),
        index: place.index,
        leaving,
      }),
    ],
  };
}

export async function withdrawBond(selection: Selection, owner: Address, place: Place, shares: bigint): Promise<Request> {
  return {
    instructions: [
      validatorSelection.getWithdrawBondInstruction({
        config: selection.address,
        registry: selection.config.registry,
        vote: place.vote,
        owner: createNoopSigner(owner),
        index: place.index,
        shares,
      }),
    ],
  };
}

export async function claimBond(selection: Selection, pool: Snapshot, owner: Address, place: Place): Promise<Request> {
  const { config, address } = selection;
  const destination = await tokenAccountOf(owner, pool.mint, config.tokenProgram);
  return {
    instructions: [
      await makeTokenAccount(owner, owner, pool.mint, config.tokenProgram),
      validatorSelection.getClaimBondInstruction({
        config: address,
        registry: config.registry,
        validatorList: config.validatorList,
        vote: place.vote,
        owner: createNoopSigner(owner),
        destination,
        vault: config.vault,
        tokenProgram: config.tokenProgram,
        index: place.index,
      }),
    ],
    watch: watch(destination),
  };
}
