/** What the connected wallet has. */
import { useQuery } from '@tanstack/react-query';
import type { Address } from '@solana/kit';
import { useWallet } from '../wallet/context';
import { useChain } from './context';
import { TOKEN, TOKEN_2022 } from './programs';

export function useSolBalance() {
  const { rpc, key } = useChain();
  const { wallet } = useWallet();
  return useQuery({
    queryKey: ['balance', ...key, wallet?.address],
    queryFn: async () => (await rpc.getBalance(wallet!.address, { commitment: 'confirmed' }).send()).value as bigint,
    enabled: wallet !== null && key[1] !== '',
    refetchInterval: 4_000,
  });
}

export interface Holding {
  account: Address;
  mint: Address;
  program: Address;
  amount: bigint;
  decimals: number;
}

/** All tokens of the wallet, of both token programs. */
export function useTokens() {
  const { rpc, key } = useChain();
  const { wallet } = useWallet();
  return useQuery({
    queryKey: ['tokens', ...key, wallet?.address],
    queryFn: async (): Promise<Holding[]> => {
      const lists = await Promise.all(
        [TOKEN, TOKEN_2022].map(async program => {
          const { value } = await rpc.getTokenAccountsByOwner(wallet!.address, { programId: program }, { commitment: 'confirmed', encoding: 'jsonParsed' }).send();
          return value.map(({ pubkey, account }) => {
            const { mint, tokenAmount } = account.data.parsed.info;
            return { account: pubkey, mint, program, amount: BigInt(tokenAmount.amount), decimals: tokenAmount.decimals };
          });
        }),
      );
      return lists.flat();
    },
    enabled: wallet !== null && key[1] !== '',
    refetchInterval: 4_000,
  });
}

/** The holding of one mint with the most in it; `undefined` while not known, an amount of zero where there is none. */
export function useToken(mint: Address | undefined): { amount: bigint; account: Address | null } | undefined {
  const { data } = useTokens();
  if (!data || !mint) return undefined;
  const holdings = data.filter(holding => holding.mint === mint).sort((a, b) => (a.amount < b.amount ? 1 : -1));
  return { amount: holdings[0]?.amount ?? 0n, account: holdings[0]?.account ?? null };
}

