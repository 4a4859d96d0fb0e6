/** Vaults of the pool's tokens: what they hold, what can be slashed, and who may. */
import { restakingVault } from '@sluice-protocol/sdk';
import { useQuery } from '@tanstack/react-query';
import { getAddressEncoder, type Address } from '@solana/kit';
import { useWallet } from '../wallet/context';
import { fetchByFilter, type Match } from './accounts';
import type { Connection } from './cluster';
import { useChain } from './context';
import { usePoolPlace, type Snapshot } from './pool';
import { SYSTEM } from './programs';
import { quote } from './quotes';

const PROGRAM = restakingVault.RESTAKING_VAULT_PROGRAM_ADDRESS;
const key32 = (address: Address) => new Uint8Array(getAddressEncoder().encode(address));

interface Kind<T> {
  discriminator: { readonly [index: number]: number; readonly length: number };
  getDecoder: () => { decode: (data: Uint8Array) => T };
}

/** All accounts of one kind, with those bytes beside it. */
async function fetchKind<T>(rpc: Connection, layout: Kind<T>, matches: readonly Match[] = []): Promise<{ address: Address; data: T }[]> {
  const found = await fetchByFilter(rpc, PROGRAM, [{ offset: 0, bytes: Uint8Array.from(layout.discriminator as ArrayLike<number>) }, ...matches]);
  const decoder = layout.getDecoder();
  return found.map(({ address, data }) => ({ address, data: decoder.decode(data) })).sort((a, b) => (a.address < b.address ? -1 : 1));
}

export interface VaultEntry {
  address: Address;
  state: restakingVault.Vault;
}

/** What a vault's collateral is. */
export function collateralOf(vault: restakingVault.Vault, pool: Snapshot): { symbol: string; decimals: number } {
  if (vault.collateralMint === pool.mint) return { symbol: 'slSOL', decimals: 9 };
  if (vault.collateralMint === pool.state.lpMint) return { symbol: 'slSOL-LP', decimals: 9 };
  return { symbol: `${vault.collateralMint.slice(0, 4)}…`, decimals: vault.collateralDecimals };
}

export const hasJunior = (vault: restakingVault.Vault) => vault.juniorMint !== SYSTEM;

/** What a vault's shares are called here. */
export function sharesOf(vault: restakingVault.Vault, pool: Snapshot, isJunior: boolean): { symbol: string; mint: Address; decimals: number } {
  const { symbol, decimals } = collateralOf(vault, pool);
  return isJunior
    ? { symbol: `r${symbol}-J`, mint: vault.juniorMint, decimals }
    : { symbol: `r${symbol}`, mint: vault.vrtMint, decimals };
}

/** Vaults of the pool. Anyone may open one: that it is of this pool says nothing of who runs it. */
export function useVaults() {
  const { rpc, key } = useChain();
  const { data: place } = usePoolPlace();
  return useQuery({
    queryKey: ['vaults', ...key, place?.pool],
    queryFn: async (): Promise<VaultEntry[]> => {
      const found = await fetchKind(rpc, restakingVault.vaultLayout);
      return found
        .filter(({ data }) => data.stakingPool === place!.pool || data.collateralMint === place!.mint)
        .map(({ address, data }) => ({ address, state: data }))
        .sort((a, b) => (a.state.assets < b.state.assets ? 1 : -1));
    },
    enabled: place !== undefined,
    refetchInterval: 5_000,
  });
}

export interface AllocationEntry {
  address: Address;
  state: restakingVault.Allocation;
}

export interface RequestEntry {
  address: Address;
  state: restakingVault.SlashRequest;
}

/** What a vault promised to whom, and who accuses whom. */
export function useVaultWork(vault: Address) {
  const { rpc, key } = useChain();
  return useQuery({
    queryKey: ['vaultWork', ...key, vault],
    queryFn: async () => {
      const ofVault = [{ offset: 8, bytes: key32(vault) }];
      const [allocations, requests] = await Promise.all([
        fetchKind(rpc, restakingVault.allocationLayout, ofVault),
        fetchKind(rpc, restakingVault.slashRequestLayout, ofVault),
      ]);
      const entries = <T>(list: { address: Address; data: T }[]) => list.map(({ address, data }) => ({ address, state: data }));
      return { allocations: entries(allocations), requests: entries(requests) };
    },
    refetchInterval: 5_000,
  });
}

export function useRegistry() {
  const { rpc, key } = useChain();
  return useQuery({
    queryKey: ['restakeRegistry', ...key],
    queryFn: async () => {
      const [operators, services] = await Promise.all([
        fetchKind(rpc, restakingVault.operatorLayout),
        fetchKind(rpc, restakingVault.serviceLayout),
      ]);
      return { operators, services };
    },
    enabled: key[1] !== '',
    refetchInterval: 15_000,
  });
}

export interface VaultTicket {
  address: Address;
  vault: Address;
  owner: Address;
  vrtAmount: bigint;
  unlockEpoch: bigint;
  releaseEpoch: bigint;
  junior: boolean;
}

export function useVaultTickets() {
  const { rpc, key } = useChain();
  const { wallet } = useWallet();
  return useQuery({
    queryKey: ['vaultTickets', ...key, wallet?.address],
    queryFn: async (): Promise<VaultTicket[]> => {
      const found = await fetchKind(rpc, restakingVault.withdrawalTicketLayout, [{ offset: 40, bytes: key32(wallet!.address) }]);
      return found.map(({ address, data }) => ({
        address,
        vault: data.vault,
        owner: data.owner,
        vrtAmount: data.vrtAmount,
        unlockEpoch: data.unlockEpoch,
        releaseEpoch: data.releaseEpoch,
        junior: data.junior === 1,
      }));
    },
    enabled: wallet !== null && key[1] !== '',
    refetchInterval: 4_000,
  });
}

/** Value of shares of a vault in lamports, by the pool's rate; `null` where the collateral is not the pool's LST. */
export function lamportsOf(collateral: bigint, vault: restakingVault.Vault, pool: Snapshot): bigint | null {
  if (vault.collateralMint !== pool.mint) return null;
  const value = quote.attempt(() => quote.valueOf(pool.quoted, pool.moment, collateral));
  return value.ok ? value.value : null;
}

