/** Vote accounts, as far as it has to be known whose they are. */
import { useQuery } from '@tanstack/react-query';
import { getAddressDecoder, type Address } from '@solana/kit';
import { fetchAccounts } from './accounts';
import { useChain } from './context';

export interface VoteAccount {
  owner: Address;
  identity: Address;
  withdrawer: Address;
}

/** All versions of the vote program's state begin with a tag of four bytes, the identity, and the authorized withdrawer. */
export function readVote(owner: Address, data: Uint8Array): VoteAccount | null {
  const isKnown = data.length >= 68 && data[0]! >= 1 && data[0]! <= 3;
  if (!isKnown) return null;
  const decoder = getAddressDecoder();
  return { owner, identity: decoder.decode(data, 4), withdrawer: decoder.decode(data, 36) };
}

export function useVoteAccount(vote: Address) {
  const { rpc, key } = useChain();
  return useQuery({
    queryKey: ['vote', ...key, vote],
    queryFn: async () => {
      const { accounts: [account] } = await fetchAccounts(rpc, [vote]);
      return account ? readVote(account.owner, account.data) : null;
    },
    staleTime: 30_000,
  });
}
