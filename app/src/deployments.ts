/**
 * Pools this app vouches for: the mint of each, by the cluster's genesis hash. A pool that is not here is used only on a localnet, or
 * when the reader names its mint in the settings, and then the pages say so.
 */
export const DEPLOYMENTS: Record<string, { mint: string }> = {};
