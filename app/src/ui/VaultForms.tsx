/** Into a vault, from SOL or from its collateral; and the order to leave. */
import { useState } from 'react';
import { depositCollateral, enqueueWithdrawal, instantWithdraw, stakeAndRestake } from '../actions/vault';
import { useSolBalance, useToken } from '../chain/balances';
import type { Snapshot } from '../chain/pool';
import { quote } from '../chain/quotes';
import { collateralOf, sharesOf, type VaultEntry } from '../chain/vaults';
import { useWords } from '../i18n';
import { formatAmount } from '../lib/amount';
import { useSettings } from '../settings';
import { useWallet } from '../wallet/context';
import { AmountField, NO_AMOUNT, amountProblem, type Amount } from './AmountField';
import { Facts, Segmented } from './basics';
import { quoteProblem } from './explain';
import { EpochMoment } from './pool';
import { useTransact } from './Transaction';
import { ConnectButton } from './WalletMenu';

interface Props {
  vault: VaultEntry;
  pool: Snapshot;
  isJunior: boolean;
}

/** The pool's own tokens take no fee of transfers. */
const NO_FEE = { bps: 0, most: 0n };

type Way = 'sol' | 'collateral' | 'leave';

export function VaultForms(props: Props) {
  const t = useWords();
  const { vault, pool } = props;
  const takesSol = vault.state.collateralMint === pool.mint;
  const [way, setWay] = useState<Way>(takesSol ? 'sol' : 'collateral');
  const { symbol } = collateralOf(vault.state, pool);
  return (
    <>
      <Segmented<Way>
        legend={t('vault.way')}
        value={way}
        onChange={setWay}
        choices={[
          ...(takesSol ? [{ value: 'sol' as const, label: t('vault.fromSol') }] : []),
          { value: 'collateral', label: t('vault.fromCollateral', { symbol }) },
          { value: 'leave', label: t('vault.leave') },
        ]}
      />
      {way === 'sol' && <FromSol {...props} />}
      {way === 'collateral' && <FromCollateral {...props} />}
      {way === 'leave' && <Leave {...props} />}
    </>
  );
}

function FromSol({ vault, pool, isJunior }: Props) {
  const t = useWords();
  const { wallet } = useWallet();
  const { slippageBps } = useSettings().settings;
  const { data: balance } = useSolBalance();
  const transact = useTransact();
  const [amount, setAmount] = useState<Amount>(NO_AMOUNT);
  const lamports = amount.parsed.ok && amount.parsed.value > 0n ? amount.parsed.value : null;
  const shares = sharesOf(vault.state, pool, isJunior);
  const quoted = lamports === null ? null : quote.attempt(() => quote.stakeAndRestake(quote.vault(vault.state), pool.quoted, pool.moment, isJunior, lamports));
  const isWrong = amountProblem(t, amount, wallet ? balance : null, 'SOL') !== null;
  const minOut = quoted?.ok ? quote.least(quoted.value.minted, slippageBps) : null;
  const submit = () => {
    if (lamports === null || minOut === null) return;
    transact({
      title: t('vault.txSol', { amount: formatAmount(lamports) }),
      promises: [[t('quote.minimum'), `${formatAmount(minOut)} ${shares.symbol}`]],
      build: user => stakeAndRestake(vault, pool, user, isJunior, lamports, minOut),
      done: t('vault.txInDone'),
      onDone: () => setAmount(NO_AMOUNT),
    });
  };
  return (
    <form onSubmit={event => (event.preventDefault(), submit())}>
      <AmountField
        label={t('vault.amountSol')}
        symbol="SOL"
        amount={amount}
        onChange={setAmount}
        balance={wallet ? balance : null}
        problem={quoted && !quoted.ok ? quoteProblem(t, quoted, pool) : null}
      />
      <Facts
        rows={[
          [t('quote.receive'), <output key="out" className="out">{quoted?.ok ? formatAmount(quoted.value.minted) : '0'} {shares.symbol}</output>],
          [t('quote.minimum'), minOut === null ? '–' : `${formatAmount(minOut)} ${shares.symbol}`],
        ]}
      />
      <Submit label={t('vault.restake')} isReady={!isWrong && minOut !== null} />
    </form>
  );
}

function FromCollateral({ vault, pool, isJunior }: Props) {
  const t = useWords();
  const { wallet } = useWallet();
  const { slippageBps } = useSettings().settings;
  const transact = useTransact();
  const { symbol, decimals } = collateralOf(vault.state, pool);
  const holding = useToken(vault.state.collateralMint);
  const [amount, setAmount] = useState<Amount>(NO_AMOUNT);
  const tokens = amount.parsed.ok && amount.parsed.value > 0n ? amount.parsed.value : null;
  const shares = sharesOf(vault.state, pool, isJunior);
  const quoted = tokens === null ? null : quote.attempt(() => quote.vaultDeposit(quote.vault(vault.state), pool.quoted, pool.moment, NO_FEE, isJunior, tokens));
  const isWrong = amountProblem(t, amount, wallet ? holding?.amount : null, symbol, decimals) !== null;
  const minOut = quoted?.ok ? quote.least(quoted.value.minted, slippageBps) : null;
  const account = holding?.account;
  const submit = () => {
    if (tokens === null || minOut === null || !account) return;
    transact({
      title: t('vault.txIn', { amount: formatAmount(tokens, decimals), symbol }),
      promises: [[t('quote.minimum'), `${formatAmount(minOut, decimals)} ${shares.symbol}`]],
      build: user => depositCollateral(vault, pool, user, account, isJunior, tokens, minOut),
      done: t('vault.txInDone'),
      onDone: () => setAmount(NO_AMOUNT),
    });
  };
  return (
    <form onSubmit={event => (event.preventDefault(), submit())}>
      <AmountField
        label={t('vault.amount')}
        symbol={symbol}
        decimals={decimals}
        amount={amount}
        onChange={setAmount}
        balance={wallet ? holding?.amount : null}
        problem={quoted && !quoted.ok ? quoteProblem(t, quoted, pool) : null}
      />
      <Facts
        rows={[
          [t('quote.receive'), <output key="out" className="out">{quoted?.ok ? formatAmount(quoted.value.minted, decimals) : '0'} {shares.symbol}</output>],
          [t('quote.minimum'), minOut === null ? '–' : `${formatAmount(minOut, decimals)} ${shares.symbol}`],
        ]}
      />
      <Submit label={t('vault.restake')} isReady={!isWrong && minOut !== null && !!account} />
    </form>
  );
}

function Leave({ vault, pool, isJunior }: Props) {
  const t = useWords();
  const { wallet } = useWallet();
  const { slippageBps } = useSettings().settings;
  const transact = useTransact();
  const [amount, setAmount] = useState<Amount>(NO_AMOUNT);
  const shares = sharesOf(vault.state, pool, isJunior);
  const { symbol, decimals } = collateralOf(vault.state, pool);
  const holding = useToken(shares.mint);
  const vrt = amount.parsed.ok && amount.parsed.value > 0n ? amount.parsed.value : null;
  const state = quote.vault(vault.state);
  const ordered = vrt === null ? null : quote.attempt(() => quote.enqueueWithdrawal(state, pool.moment, isJunior, vrt));
  const instant = vrt === null ? null : quote.attempt(() => quote.instantWithdraw(state, pool.moment, NO_FEE, isJunior, vrt));
  const isWrong = amountProblem(t, amount, wallet ? holding?.amount : null, shares.symbol, decimals) !== null;
  const account = holding?.account;
  const order = () => {
    if (vrt === null || !account || !ordered?.ok) return;
    transact({
      title: t('vault.txOrder', { amount: formatAmount(vrt, decimals), symbol: shares.symbol }),
      promises: [[t('unstake.when'), <EpochMoment key="when" pool={pool} epoch={ordered.value.unlockEpoch} />]],
      build: user => enqueueWithdrawal(vault, pool, user, account, isJunior, vrt),
      done: t('vault.txOrderDone'),
      onDone: () => setAmount(NO_AMOUNT),
    });
  };
  const leaveNow = () => {
    if (vrt === null || !account || !instant?.ok) return;
    const minOut = quote.least(instant.value.paid, slippageBps);
    transact({
      title: t('vault.txInstant', { amount: formatAmount(vrt, decimals), symbol: shares.symbol }),
      promises: [[t('quote.minimum'), `${formatAmount(minOut, decimals)} ${symbol}`]],
      build: user => instantWithdraw(vault, pool, user, account, isJunior, vrt, minOut),
      done: t('vault.txInstantDone'),
      onDone: () => setAmount(NO_AMOUNT),
    });
  };
  return (
    <form onSubmit={event => (event.preventDefault(), order())}>
      <AmountField label={t('vault.amountOut')} symbol={shares.symbol} decimals={decimals} amount={amount} onChange={setAmount} balance={wallet ? holding?.amount : null} />
      <Facts
        rows={[
          [t('vault.byTicket'), ordered?.ok ? `${formatAmount(ordered.value.value, decimals)} ${symbol}` : '–'],
          [t('unstake.when'), ordered?.ok ? <EpochMoment key="when" pool={pool} epoch={ordered.value.unlockEpoch} /> : t('restake.epochs', { count: vault.state.cooldownEpochs })],
          [t('vault.atOnce'), instant?.ok ? `${formatAmount(instant.value.paid, decimals)} ${symbol}` : '–'],
        ]}
      />
      <p className="exit-problem small" aria-live="polite">
        {instant && !instant.ok && ordered?.ok ? t('vault.notAtOnce', { why: quoteProblem(t, instant, pool) }) : ordered && !ordered.ok ? quoteProblem(t, ordered, pool) : null}
      </p>
      {wallet ? (
        <div className="form-buttons">
          <button type="submit" className="button button-main" disabled={isWrong || !ordered?.ok || !account}>
            {t('vault.order')}
          </button>
          <button type="button" className="button" disabled={isWrong || !instant?.ok || !account} onClick={leaveNow}>
            {t('vault.leaveNow')}
          </button>
        </div>
      ) : (
        <ConnectButton />
      )}
    </form>
  );
}

function Submit({ label, isReady }: { label: string; isReady: boolean }) {
  const { wallet } = useWallet();
  if (!wallet) return <ConnectButton />;
  return (
    <button type="submit" className="button button-main button-wide" disabled={!isReady}>
      {label}
    </button>
  );
}
