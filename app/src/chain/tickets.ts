/** Delayed exits: the tickets of a wallet. */
import { stakingPool } from '@sluice-protocol/sdk';
import { useQuery } from '@tanstack/react-query';
import { getAddressEncoder, type Address } from '@solana/kit';
import { useWallet } from '../wallet/context';
import { fetchByFilter } from './accounts';
import { useChain } from './context';
import { usePoolPlace, type Snapshot } from './pool';
import { quote } from './quotes';

export interface Ticket {
  address: Address;
  owner: Address;
  shares: bigint;
  orderedLamports: bigint;
  claimEpoch: bigint;
  rent: bigint;
}

export function useTickets() {
  const { rpc, key } = useChain();
  const { wallet } = useWallet();
  const { data: place } = usePoolPlace();
  return useQuery({
    queryKey: ['tickets', ...key, place?.pool, wallet?.address],
    queryFn: async (): Promise<Ticket[]> => {
      const { discriminator, programAddress } = stakingPool.ticketLayout;
      const encoder = getAddressEncoder();
      const found = await fetchByFilter(rpc, programAddress, [
        { offset: 0, bytes: discriminator },
        { offset: 8, bytes: new Uint8Array(encoder.encode(place!.pool)) },
        { offset: 40, bytes: new Uint8Array(encoder.encode(wallet!.address)) },
      ]);
      const tickets = found.map(({ address, lamports, data }) => {
        const { owner, shares, orderedLamports, claimEpoch } = stakingPool.getTicketDecoder().decode(data);
        return { address, owner, shares, orderedLamports, claimEpoch, rent: lamports };
      });
      return tickets.sort((a, b) => (a.claimEpoch === b.claimEpoch ? (a.address < b.address ? -1 : 1) : a.claimEpoch < b.claimEpoch ? -1 : 1));
    },
    enabled: wallet !== null && place !== undefined,
    refetchInterval: 4_000,
  });
}

export type TicketStatus =
  | { is: 'waiting'; epoch: bigint }
  /** Its epoch has come, and the pool's update has not. */
  | { is: 'updating' }
  | { is: 'short'; pays: bigint }
  | { is: 'payable'; pays: bigint };

export function statusOf(ticket: Ticket, pool: Snapshot): TicketStatus {
  if (pool.moment.epoch < ticket.claimEpoch) return { is: 'waiting', epoch: ticket.claimEpoch };
  const value = quote.attempt(() => quote.ticketValue(pool.quoted, pool.moment, ticket));
  if (!value.ok || !value.value.isDue) return { is: 'updating' };
  const { claim, isPayable } = value.value;
  return isPayable ? { is: 'payable', pays: claim } : { is: 'short', pays: claim };
}
