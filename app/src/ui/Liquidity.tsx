/** Earn the fees of instant exits: SOL into the liquidity pool, and out again. */
import { useState } from 'react';
import { LP, LST, addLiquidity, removeLiquidity } from '../actions/holder';
import { useSolBalance, useToken } from '../chain/balances';
import type { Snapshot } from '../chain/pool';
import { SYSTEM } from '../chain/programs';
import { quote } from '../chain/quotes';
import { useWords } from '../i18n';
import { formatAmount, formatShort } from '../lib/amount';
import { useSettings } from '../settings';
import { useWallet } from '../wallet/context';
import { AmountField, NO_AMOUNT, amountProblem, type Amount } from './AmountField';
import { Card, Facts, Segmented } from './basics';
import { quoteProblem } from './explain';
import { useTransact } from './Transaction';
import { ConnectButton } from './WalletMenu';

export function Liquidity({ pool }: { pool: Snapshot }) {
  const t = useWords();
  const [way, setWay] = useState<'add' | 'remove'>('add');
  if (pool.state.lpMint === SYSTEM) return null;
  const { state } = pool;
  return (
    <Card title={t('liquidity.title')}>
      <p className="muted">{t('liquidity.lead')}</p>
      <div className="columns columns-even">
        <Facts
          rows={[
            [t('liquidity.sol'), `${formatShort(state.liquidityLamports, 4)} SOL`],
            [t('liquidity.shares'), `${formatShort(state.liquidityShares, 4)} ${LST}`],
            [t('liquidity.target'), `${formatShort(state.liquidityTarget, 2)} SOL`],
            [t('liquidity.cut'), `${(state.fees.liquidityCutBps / 100).toFixed(2)} %`],
          ]}
        />
        <div className="stack-tight">
          <Segmented
            legend={t('liquidity.title')}
            value={way}
            onChange={setWay}
            choices={[
              { value: 'add', label: t('liquidity.add') },
              { value: 'remove', label: t('liquidity.remove') },
            ]}
          />
          {way === 'add' ? <Add pool={pool} /> : <Remove pool={pool} />}
        </div>
      </div>
    </Card>
  );
}

function Add({ pool }: { pool: Snapshot }) {
  const t = useWords();
  const { wallet } = useWallet();
  const { slippageBps } = useSettings().settings;
  const { data: balance } = useSolBalance();
  const transact = useTransact();
  const [amount, setAmount] = useState<Amount>(NO_AMOUNT);
  const lamports = amount.parsed.ok && amount.parsed.value > 0n ? amount.parsed.value : null;
  const quoted = lamports === null ? null : quote.attempt(() => quote.addLiquidity(pool.quoted, pool.moment, lamports));
  const problem = quoted && !quoted.ok ? quoteProblem(t, quoted, pool) : null;
  const isWrong = amountProblem(t, amount, wallet ? balance : null, 'SOL') !== null;
  const submit = () => {
    if (!lamports || !quoted?.ok) return;
    const minOut = quote.least(quoted.value.minted, slippageBps);
    transact({
      title: t('liquidity.txAdd', { amount: formatAmount(lamports) }),
      promises: [[t('quote.minimum'), `${formatAmount(minOut)} ${LP}`]],
      build: user => addLiquidity(pool, user, lamports, minOut),
      done: t('liquidity.txAddDone'),
      onDone: () => setAmount(NO_AMOUNT),
    });
  };
  return (
    <form onSubmit={event => (event.preventDefault(), submit())}>
      <AmountField
        label={t('liquidity.amount')}
        symbol="SOL"
        amount={amount}
        onChange={setAmount}
        balance={wallet ? balance : null}
        problem={problem}
      />
      <Facts dense rows={[[t('quote.receive'), `${quoted?.ok ? formatAmount(quoted.value.minted) : '0'} ${LP}`]]} />
      {wallet ? (
        <button type="submit" className="button button-main button-wide" disabled={isWrong || !quoted?.ok}>
          {t('liquidity.add')}
        </button>
      ) : (
        <ConnectButton />
      )}
    </form>
  );
}

function Remove({ pool }: { pool: Snapshot }) {
  const t = useWords();
  const { wallet } = useWallet();
  const { slippageBps } = useSettings().settings;
  const holding = useToken(pool.state.lpMint);
  const transact = useTransact();
  const [amount, setAmount] = useState<Amount>(NO_AMOUNT);
  const tokens = amount.parsed.ok && amount.parsed.value > 0n ? amount.parsed.value : null;
  const quoted = tokens === null ? null : quote.attempt(() => quote.removeLiquidity(pool.quoted, tokens));
  const problem = quoted && !quoted.ok ? quoteProblem(t, quoted, pool) : null;
  const isWrong = amountProblem(t, amount, wallet ? holding?.amount : null, LP) !== null;
  const account = holding?.account;
  const submit = () => {
    if (!tokens || !quoted?.ok || !account) return;
    const [minLamports, minShares] = [quote.least(quoted.value.lamports, slippageBps), quote.least(quoted.value.shares, slippageBps)];
    transact({
      title: t('liquidity.txRemove', { amount: formatAmount(tokens) }),
      promises: [[t('quote.minimum'), `${formatAmount(minLamports)} SOL + ${formatAmount(minShares)} ${LST}`]],
      build: user => removeLiquidity(pool, user, account, tokens, minLamports, minShares),
      done: t('liquidity.txRemoveDone'),
      onDone: () => setAmount(NO_AMOUNT),
    });
  };
  return (
    <form onSubmit={event => (event.preventDefault(), submit())}>
      <AmountField label={t('liquidity.tokens')} symbol={LP} amount={amount} onChange={setAmount} balance={wallet ? holding?.amount : null} problem={problem} />
      <Facts dense rows={[[t('quote.receive'), quoted?.ok ? `${formatAmount(quoted.value.lamports)} SOL + ${formatAmount(quoted.value.shares)} ${LST}` : '–']]} />
      {wallet ? (
        <button type="submit" className="button button-main button-wide" disabled={isWrong || !quoted?.ok || !account}>
          {t('liquidity.remove')}
        </button>
      ) : (
        <ConnectButton />
      )}
    </form>
  );
}
