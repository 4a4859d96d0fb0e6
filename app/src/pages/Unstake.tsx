/** Three ways out, side by side, for one amount; and what was ordered before. */
import { useMemo, useState } from 'react';
import type { Address } from '@solana/kit';
import { LST, orderUnstake, withdrawSol, withdrawStake } from '../actions/holder';
import { useToken } from '../chain/balances';
import type { Snapshot } from '../chain/pool';
import { quote, type Quoted } from '../chain/quotes';
import { useExitStake } from '../chain/exits';
import { useWords } from '../i18n';
import { formatAmount, mulDiv } from '../lib/amount';
import { useSettings } from '../settings';
import { AmountField, NO_AMOUNT, amountProblem, type Amount } from '../ui/AmountField';
import { AddressText, Card, Facts, Skeleton } from '../ui/basics';
import { quoteProblem } from '../ui/explain';
import { EpochMoment, PoolBadges, WithPool, rateOf } from '../ui/pool';
import { Tickets } from '../ui/Tickets';
import { useTransact } from '../ui/Transaction';
import { ConnectButton } from '../ui/WalletMenu';
import { useWallet } from '../wallet/context';

export default function Unstake() {
  const t = useWords();
  return (
    <>
      <header className="page-head">
        <h1>{t('unstake.title')}</h1>
        <p className="lead">{t('unstake.lead')}</p>
      </header>
      <WithPool>{pool => <Exits pool={pool} />}</WithPool>
    </>
  );
}

interface ExitProps {
  pool: Snapshot;
  shares: bigint | null;
  /** The amount itself is wrong: nothing can be sent. */
  isWrong: boolean;
  account: Address | null;
  onDone: () => void;
}

function Exits({ pool }: { pool: Snapshot }) {
  const t = useWords();
  const { wallet } = useWallet();
  const holding = useToken(pool.mint);
  const [amount, setAmount] = useState<Amount>(NO_AMOUNT);
  const shares = amount.parsed.ok && amount.parsed.value > 0n ? amount.parsed.value : null;
  const isWrong = amountProblem(t, amount, wallet ? holding?.amount : null, LST) !== null;
  const rate = rateOf(pool);
  const exit: ExitProps = { pool, shares, isWrong, account: holding?.account ?? null, onDone: () => setAmount(NO_AMOUNT) };
  return (
    <div className="stack">
      <Card className="unstake-amount">
        <AmountField label={t('unstake.amount')} symbol={LST} amount={amount} onChange={setAmount} balance={wallet ? holding?.amount : null} />
        <div className="unstake-worth">
          <span>
            {t('unstake.worth')} <strong>{rate && shares ? formatAmount(mulDiv(shares, rate.value, pool.state.supply)) : '0'} SOL</strong>
          </span>
          <PoolBadges pool={pool} />
        </div>
        {!wallet && <ConnectButton />}
      </Card>
      <div className="exits">
        <InstantExit {...exit} />
        <TicketExit {...exit} />
        <StakeExit {...exit} />
      </div>
      {wallet && <Tickets pool={pool} />}
    </div>
  );
}

function ExitCard({ title, tag, pays, unit, facts, problem, action, onSubmit, isReady, children }: {
  title: string;
  tag: string;
  pays: bigint | null;
  unit: string;
  facts: readonly (readonly [React.ReactNode, React.ReactNode] | null)[];
  problem: string | null;
  action: string;
  onSubmit: () => void;
  isReady: boolean;
  children?: React.ReactNode;
}) {
  const t = useWords();
  return (
    <Card title={title} aside={<span className="exit-tag">{tag}</span>} className="exit">
      <p className="exit-pays">
        <span className="small muted">{t('unstake.pays')}</span>
        <output>
          {pays === null ? '–' : formatAmount(pays)} <span className="unit">{unit}</span>
        </output>
      </p>
      <Facts dense rows={facts} />
      {children}
      <p className="exit-problem small" aria-live="polite">
        {problem}
      </p>
      <button type="button" className="button button-main button-wide" disabled={!isReady} onClick={onSubmit}>
        {action}
      </button>
    </Card>
  );
}

function useQuoted<T>(shares: bigint | null, pool: Snapshot, ask: (shares: bigint) => T): Quoted<T> | null {
  // `ask` is made anew with every render and depends on nothing else.
  return useMemo(() => (shares ? quote.attempt(() => ask(shares)) : null), [shares, pool]);
}

function InstantExit({ pool, shares, isWrong, account, onDone }: ExitProps) {
  const t = useWords();
  const { slippageBps } = useSettings().settings;
  const transact = useTransact();
  const quoted = useQuoted(shares, pool, amount => quote.withdrawSol(pool.quoted, pool.moment, amount));
  const available = quote.attempt(() => quote.available(pool.quoted, pool.moment));
  const minOut = quoted?.ok ? quote.least(quoted.value.paid, slippageBps) : 0n;
  const submit = () => {
    if (!shares || !account) return;
    transact({
      title: t('unstake.txInstant', { amount: formatAmount(shares) }),
      promises: [[t('quote.minimum'), `${formatAmount(minOut)} SOL`]],
      build: user => withdrawSol(pool, user, account, shares, minOut),
      done: t('unstake.txInstantDone'),
      onDone,
    });
  };
  return (
    <ExitCard
      title={t('unstake.instant')}
      tag={t('unstake.instantTag')}
      pays={quoted?.ok ? quoted.value.paid : null}
      unit="SOL"
      facts={[
        [t('unstake.when'), t('unstake.whenNow')],
        [t('quote.fee'), quoted?.ok ? `${formatAmount(quoted.value.fee)} SOL` : t('unstake.instantFee', { least: pool.state.fees.instantLeastBps / 100, most: pool.state.fees.instantMostBps / 100 })],
        [t('quote.minimum'), quoted?.ok ? `${formatAmount(minOut)} SOL` : '–'],
        [t('unstake.available'), available.ok ? `${formatAmount(available.value.reserve + available.value.liquidity)} SOL` : '–'],
      ]}
      problem={quoted && !quoted.ok ? quoteProblem(t, quoted, pool) : null}
      action={t('unstake.goInstant')}
      onSubmit={submit}
      isReady={!isWrong && quoted?.ok === true && account !== null}
    />
  );
}

function TicketExit({ pool, shares, isWrong, account, onDone }: ExitProps) {
  const t = useWords();
  const { slippageBps } = useSettings().settings;
  const transact = useTransact();
  const quoted = useQuoted(shares, pool, amount => quote.orderUnstake(pool.quoted, pool.moment, amount));
  const minOut = quoted?.ok ? quote.least(quoted.value.lamports, slippageBps) : 0n;
  const expected = quoted?.ok ? quoted.value.expectedEpoch : pool.moment.epoch + 1n;
  const submit = () => {
    if (!shares || !account || !quoted?.ok) return;
    transact({
      title: t('unstake.txTicket', { amount: formatAmount(shares) }),
      promises: [
        [t('unstake.ticketPays'), `${formatAmount(quoted.value.lamports)} SOL`],
        [t('unstake.ticketLeast'), `${formatAmount(minOut)} SOL`],
        [t('unstake.when'), <EpochMoment key="when" pool={pool} epoch={expected} />],
        [t('unstake.rent'), t('unstake.rentBack')],
      ],
      build: user => orderUnstake(pool, user, account, shares, minOut),
      done: t('unstake.txTicketDone'),
      onDone,
    });
  };
  return (
    <ExitCard
      title={t('unstake.ticket')}
      tag={t('unstake.ticketTag')}
      pays={quoted?.ok ? quoted.value.lamports : null}
      unit="SOL"
      facts={[
        [t('unstake.when'), <EpochMoment key="when" pool={pool} epoch={expected} />],
        [t('quote.fee'), t('unstake.noFee')],
        [t('unstake.ticketRule'), t('unstake.ticketRuleValue')],
        [t('unstake.ticketLeast'), quoted?.ok ? `${formatAmount(minOut)} SOL` : '–'],
      ]}
      problem={quoted && !quoted.ok ? quoteProblem(t, quoted, pool) : null}
      action={t('unstake.goTicket')}
      onSubmit={submit}
      isReady={!isWrong && quoted?.ok === true && account !== null}
    />
  );
}

function StakeExit({ pool, shares, isWrong, account, onDone }: ExitProps) {
  const t = useWords();
  const { slippageBps } = useSettings().settings;
  const transact = useTransact();
  const { sources, isLoading } = useExitStake(pool, shares);
  const [chosen, setChosen] = useState<string>('');
  const source = sources.find(({ vote }) => vote === chosen) ?? sources[0] ?? null;
  const quoted = source?.quoted ?? null;
  const paid = quoted?.ok ? quoted.value.lamports : null;
  const submit = () => {
    if (!shares || !account || !source || paid === null) return;
    const minOut = quote.least(paid, slippageBps);
    transact({
      title: t('unstake.txStake', { amount: formatAmount(shares) }),
      promises: [[t('quote.minimum'), `${formatAmount(minOut)} SOL`]],
      build: user => withdrawStake(pool, user, account, source, shares, minOut),
      done: t('unstake.txStakeDone'),
      onDone,
    });
  };
  return (
    <ExitCard
      title={t('unstake.stake')}
      tag={t('unstake.stakeTag')}
      pays={paid}
      unit={t('unstake.stakeUnit')}
      facts={[
        [t('unstake.when'), t('unstake.whenStake')],
        [t('unstake.stakeFee'), quoted?.ok ? `${formatAmount(quoted.value.fee)} SOL` : t('unstake.stakeFeeMost')],
        quoted?.ok && shares && quoted.value.shares < shares ? [t('unstake.stakeShares'), `${formatAmount(quoted.value.shares)} ${LST}`] : null,
      ]}
      problem={quoted && !quoted.ok ? quoteProblem(t, quoted, pool) : shares && !isLoading && sources.length === 0 ? t('unstake.noSource') : null}
      action={t('unstake.goStake')}
      onSubmit={submit}
      isReady={!isWrong && paid !== null && account !== null}
    >
      {isLoading && shares ? (
        <Skeleton width="100%" block />
      ) : (
        sources.length > 0 && (
          <label className="field">
            <span>{t('unstake.from')}</span>
            <select value={source?.vote ?? ''} onChange={event => setChosen(event.target.value)}>
              {sources.map(({ vote, stake, held }) => (
                <option key={stake} value={vote}>
                  {vote.slice(0, 8)}… ({formatAmount(held)} SOL)
                </option>
              ))}
            </select>
          </label>
        )
      )}
      {source && (
        <p className="small muted">
          {t('unstake.validator')} <AddressText address={source.vote} />
        </p>
      )}
    </ExitCard>
  );
}
