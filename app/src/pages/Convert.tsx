/** Another pool's token in, slSOL out. What it brings is found by simulating it: the other pool's terms are its own. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { convertLst } from '../actions/convert';
import { LST } from '../actions/holder';
import { useChain } from '../chain/context';
import { sharedValidator, useForeignPools, type ForeignPool } from '../chain/foreign';
import type { Snapshot } from '../chain/pool';
import { quote } from '../chain/quotes';
import { preview } from '../chain/send';
import { useRecords } from '../chain/stakes';
import { useWords } from '../i18n';
import { formatAmount, mulDiv } from '../lib/amount';
import { useSettings } from '../settings';
import { AmountField, NO_AMOUNT, amountProblem, type Amount } from '../ui/AmountField';
import { AddressText, Empty, Facts, Loading, Notice, Skeleton } from '../ui/basics';
import { explain } from '../ui/explain';
import { useTransact } from '../ui/Transaction';
import { ConnectButton } from '../ui/WalletMenu';
import { useWallet } from '../wallet/context';

export function Convert({ pool }: { pool: Snapshot }) {
  const t = useWords();
  const { wallet } = useWallet();
  const { data: pools } = useForeignPools([pool.mint, pool.state.lpMint]);
  const { data: records } = useRecords();
  if (!wallet) {
    return (
      <>
        <p className="muted">{t('convert.lead')}</p>
        <ConnectButton />
      </>
    );
  }
  if (!pools || !records) return <Loading lines={3} />;
  if (pools.length === 0) return <Empty title={t('convert.none')}>{t('convert.noneNote')}</Empty>;
  return (
    <>
      <p className="muted">{t('convert.lead')}</p>
      {pools.map(there => (
        <ConvertForm key={there.address} pool={pool} there={there} validator={sharedValidator(there, records)} />
      ))}
    </>
  );
}

function ConvertForm({ pool, there, validator }: { pool: Snapshot; there: ForeignPool; validator: ReturnType<typeof sharedValidator> }) {
  const t = useWords();
  const { rpc, key } = useChain();
  const { wallet } = useWallet();
  const { slippageBps } = useSettings().settings;
  const transact = useTransact();
  const [amount, setAmount] = useState<Amount>(NO_AMOUNT);
  const { holding } = there;
  const symbol = `${there.mint.slice(0, 4)}…`;
  const tokens = amount.parsed.ok && amount.parsed.value > 0n ? amount.parsed.value : null;
  const isWrong = amountProblem(t, amount, holding.amount, symbol, holding.decimals) !== null;
  const isStale = there.updatedEpoch < pool.moment.epoch;
  const { data, error } = useQuery({
    queryKey: ['convert', ...key, there.address, validator?.vote, String(tokens)],
    queryFn: async () => {
      const request = await convertLst(pool, there, validator!, wallet!.address, tokens!, 0n);
      const { tokens: changes } = await preview(rpc, wallet!.address, request, 'none');
      return changes.find(change => change.symbol === LST)!.change;
    },
    enabled: tokens !== null && !isWrong && validator !== null && wallet !== null && !isStale,
    retry: false,
    staleTime: 10_000,
  });
  const minOut = data === undefined ? null : quote.least(data, slippageBps);
  const submit = () => {
    if (!tokens || minOut === null || !validator) return;
    transact({
      title: t('convert.txTitle', { amount: formatAmount(tokens, holding.decimals), symbol }),
      promises: [[t('quote.minimum'), `${formatAmount(minOut)} ${LST}`]],
      build: user => convertLst(pool, there, validator, user, tokens, minOut),
      done: t('convert.txDone'),
      onDone: () => setAmount(NO_AMOUNT),
    });
  };
  return (
    <form onSubmit={event => (event.preventDefault(), submit())}>
      <AmountField label={t('convert.amount')} symbol={symbol} amount={amount} onChange={setAmount} balance={holding.amount} decimals={holding.decimals} />
      <Facts
        rows={[
          [t('convert.token'), <AddressText key="mint" address={there.mint} />],
          [t('convert.through'), validator ? <AddressText key="vote" address={validator.vote} /> : '–'],
          [t('quote.receive'), data !== undefined ? `${formatAmount(data)} ${LST}` : tokens && !error && !isWrong && validator ? <Skeleton key="wait" /> : '–'],
          [t('quote.rate'), data !== undefined && tokens ? `1 ${symbol} = ${formatAmount(mulDiv(data, 10n ** BigInt(holding.decimals), tokens))} ${LST}` : '–'],
          [t('quote.fee'), t('convert.fee', { percent: (pool.state.fees.depositBps / 100).toFixed(2) })],
          [t('quote.minimum'), minOut === null ? '–' : `${formatAmount(minOut)} ${LST}`],
        ]}
      />
      {!validator && <Notice tone="warn" title={t('convert.noShared')} />}
      {isStale && <Notice tone="warn" title={t('convert.stale')} />}
      {error && <Notice tone="bad" title={explain(t, error).todo}>{explain(t, error).detail}</Notice>}
      <button type="submit" className="button button-main button-wide" disabled={isWrong || minOut === null}>
        {t('convert.go')}
      </button>
    </form>
  );
}
