/** SOL, stake, or another pool's token goes in; slSOL comes out. */
import { quote } from '../chain/quotes';
import { useMemo, useState } from 'react';
import { depositSol, depositStake, LST } from '../actions/holder';
import { useSolBalance } from '../chain/balances';
import type { Snapshot } from '../chain/pool';
import { useRecords, useStakeAccounts, type StakeAccount } from '../chain/stakes';
import { useWords } from '../i18n';
import { formatAmount } from '../lib/amount';
import { useSettings } from '../settings';
import { AmountField, NO_AMOUNT, amountProblem, type Amount } from '../ui/AmountField';
import { AddressText, Badge, Card, Empty, Facts, Loading, Segmented } from '../ui/basics';
import { quoteProblem } from '../ui/explain';
import { PoolFacts, WithPool, rateOf } from '../ui/pool';
import { useTransact } from '../ui/Transaction';
import { ConnectButton } from '../ui/WalletMenu';
import { useWallet } from '../wallet/context';
import { Convert } from './Convert';

type Way = 'sol' | 'stake' | 'lst';

export default function Stake() {
  const t = useWords();
  const [way, setWay] = useState<Way>('sol');
  return (
    <>
      <header className="page-head">
        <h1>{t('stake.title')}</h1>
        <p className="lead">{t('stake.lead')}</p>
      </header>
      <WithPool>
        {pool => (
          <div className="columns">
            <Card className="action">
              <Segmented
                legend={t('stake.way')}
                value={way}
                onChange={setWay}
                choices={[
                  { value: 'sol', label: t('stake.waySol') },
                  { value: 'stake', label: t('stake.wayStake') },
                  { value: 'lst', label: t('stake.wayLst') },
                ]}
              />
              {way === 'sol' && <DepositSol pool={pool} />}
              {way === 'stake' && <DepositStake pool={pool} />}
              {way === 'lst' && <Convert pool={pool} />}
            </Card>
            <PoolFacts pool={pool} />
          </div>
        )}
      </WithPool>
    </>
  );
}

function DepositSol({ pool }: { pool: Snapshot }) {
  const t = useWords();
  const { wallet } = useWallet();
  const { slippageBps } = useSettings().settings;
  const { data: balance } = useSolBalance();
  const transact = useTransact();
  const [amount, setAmount] = useState<Amount>(NO_AMOUNT);
  const lamports = amount.parsed.ok ? amount.parsed.value : null;
  const quoted = useMemo(
    () => (lamports ? quote.attempt(() => quote.depositSol(pool.quoted, pool.moment, lamports, false)) : null),
    [lamports, pool],
  );
  const problem = quoted && !quoted.ok ? quoteProblem(t, quoted, pool) : null;
  const isWrong = amountProblem(t, amount, wallet ? balance : null, 'SOL') !== null || problem !== null;
  const minOut = quoted?.ok ? quote.least(quoted.value.minted, slippageBps) : 0n;
  const submit = () => {
    if (!lamports) return;
    transact({
      title: t('stake.txTitle', { amount: formatAmount(lamports) }),
      promises: [[t('quote.minimum'), `${formatAmount(minOut)} ${LST}`]],
      build: user => depositSol(pool, user, lamports, minOut),
      done: t('stake.txDone'),
      onDone: () => setAmount(NO_AMOUNT),
    });
  };
  const rate = rateOf(pool);
  return (
    <form onSubmit={event => (event.preventDefault(), submit())}>
      <AmountField
        label={t('stake.amount')}
        symbol="SOL"
        amount={amount}
        onChange={setAmount}
        balance={wallet ? balance : null}
        problem={problem}
      />
      <Facts
        rows={[
          [t('quote.receive'), <output key="out" className="out">{quoted?.ok ? formatAmount(quoted.value.minted) : '0'} {LST}</output>],
          [t('quote.rate'), rate ? `1 ${LST} = ${formatAmount(rate.lamportsPerLst)} SOL` : '–'],
          [t('quote.fee'), quoted?.ok ? `${formatAmount(quoted.value.fee)} ${LST}` : `${(pool.state.fees.depositBps / 100).toFixed(2)} %`],
          [t('quote.minimum'), quoted?.ok ? `${formatAmount(minOut)} ${LST}` : '–'],
        ]}
      />
      {wallet ? (
        <button type="submit" className="button button-main button-wide" disabled={!lamports || isWrong || !quoted?.ok}>
          {t('stake.go')}
        </button>
      ) : (
        <ConnectButton />
      )}
    </form>
  );
}

function DepositStake({ pool }: { pool: Snapshot }) {
  const t = useWords();
  const { wallet } = useWallet();
  const { data: stakes } = useStakeAccounts();
  const { data: records } = useRecords();
  if (!wallet) {
    return (
      <>
        <p className="muted">{t('stake.stakeLead')}</p>
        <ConnectButton />
      </>
    );
  }
  if (!stakes || !records) return <Loading lines={3} />;
  if (stakes.length === 0) return <Empty title={t('stake.noStakes')}>{t('stake.noStakesNote')}</Empty>;
  return (
    <>
      <p className="muted">{t('stake.stakeLead')}</p>
      <ul className="rows">
        {stakes.map(stake => (
          <StakeRow key={stake.address} stake={stake} pool={pool} index={records.findIndex(({ vote }) => vote === stake.vote)} />
        ))}
      </ul>
    </>
  );
}

function StakeRow({ stake, pool, index }: { stake: StakeAccount; pool: Snapshot; index: number }) {
  const t = useWords();
  const { slippageBps } = useSettings().settings;
  const { wallet } = useWallet();
  const transact = useTransact();
  const { epoch } = pool.moment;
  const obstacle =
    index < 0
      ? t('stake.foreignValidator')
      : stake.isLocked
        ? t('stake.locked')
        : stake.staker !== wallet?.address
          ? t('stake.otherStaker')
          : stake.deactivationEpoch !== null
            ? t('stake.coolingDown')
            : stake.activationEpoch >= epoch
              ? t('stake.warmingUp', { epoch: stake.activationEpoch + 1n })
              : null;
  const quoted = obstacle ? null : quote.attempt(() => quote.depositStake(pool.quoted, pool.moment, stake.lamports, false));
  const problem = quoted && !quoted.ok ? quoteProblem(t, quoted, pool) : null;
  const minOut = quoted?.ok ? quote.least(quoted.value.minted, slippageBps) : 0n;
  const rate = rateOf(pool);
  const submit = () => {
    if (!quoted?.ok) return;
    transact({
      title: t('stake.txStakeTitle', { amount: formatAmount(stake.lamports) }),
      promises: [[t('quote.minimum'), `${formatAmount(minOut)} ${LST}`]],
      build: user => depositStake(pool, user, { account: stake.address, vote: stake.vote, index }, minOut),
      done: t('stake.txStakeDone'),
    });
  };
  return (
    <li className="row row-wide">
      <div className="row-main">
        <strong>{formatAmount(stake.lamports)} SOL</strong>
        <span className="small muted">
          {t('stake.with')} <AddressText address={stake.vote} />
        </span>
      </div>
      <div className="row-end">
        {(obstacle ?? problem) ? <Badge tone="warn">{obstacle ?? problem}</Badge> : null}
        <button type="button" className="button" disabled={!quoted?.ok} onClick={submit} aria-label={t('stake.goStake', { amount: formatAmount(stake.lamports) })}>
          {t('stake.go')}
        </button>
      </div>
      {quoted?.ok && (
        <Facts
          dense
          rows={[
            [t('quote.receive'), `${formatAmount(quoted.value.minted)} ${LST}`],
            [t('quote.rate'), rate ? `1 ${LST} = ${formatAmount(rate.lamportsPerLst)} SOL` : '–'],
            [t('quote.fee'), `${formatAmount(quoted.value.fee)} ${LST}`],
            [t('quote.minimum'), `${formatAmount(minOut)} ${LST}`],
          ]}
        />
      )}
    </li>
  );
}

