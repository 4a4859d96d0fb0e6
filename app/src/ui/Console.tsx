/** What a validator can do here itself: bring its vote account in, bid, add to its bond, leave. */
import { useId, useState } from 'react';
import type { Address } from '@solana/kit';
import { LST } from '../actions/holder';
import { claimBond, fundBond, join, leave, setBid, withdrawBond } from '../actions/validator';
import { useToken } from '../chain/balances';
import type { Snapshot } from '../chain/pool';
import type { Row, Selection } from '../chain/selection';
import type { VoteAccount } from '../chain/vote';
import { useWords } from '../i18n';
import { formatAmount } from '../lib/amount';
import { MOST_BID } from '../lib/binding';
import { sayOf } from '../lib/say';
import { useWallet } from '../wallet/context';
import { AmountField, NO_AMOUNT, amountProblem, type Amount } from './AmountField';
import { Card } from './basics';
import { useTransact } from './Transaction';
import { ConnectButton } from './WalletMenu';

const LEFT = 2;

export function JoinForm({ vote, pool, selection }: { vote: Address; pool: Snapshot; selection: Selection }) {
  const t = useWords();
  const { wallet } = useWallet();
  const holding = useToken(pool.mint);
  const transact = useTransact();
  const [amount, setAmount] = useState<Amount>(NO_AMOUNT);
  const { joinBond } = selection.config.params;
  const bond = amount.parsed.ok ? amount.parsed.value : null;
  const tooLittle = bond !== null && bond < joinBond ? t('console.bondLeast', { bond: formatAmount(joinBond) }) : null;
  const isWrong = amountProblem(t, amount, wallet ? holding?.amount : null, LST) !== null || tooLittle !== null;
  const account = holding?.account;
  const submit = () => {
    if (bond === null || !account) return;
    transact({
      title: t('console.txJoin', { amount: formatAmount(bond) }),
      build: payer => join(selection, pool, payer, account, vote, bond),
      done: t('console.txJoinDone'),
    });
  };
  return (
    <Card title={t('console.join')} className="action">
      <p className="muted">{t('console.joinLead', { bond: formatAmount(joinBond) })}</p>
      <form onSubmit={event => (event.preventDefault(), submit())}>
        <AmountField label={t('console.bondAmount')} symbol={LST} amount={amount} onChange={setAmount} balance={wallet ? holding?.amount : null} problem={tooLittle} />
        {wallet ? (
          <button type="submit" className="button button-main button-wide" disabled={isWrong || bond === null || !account}>
            {t('console.joinGo')}
          </button>
        ) : (
          <ConnectButton />
        )}
      </form>
    </Card>
  );
}

interface Props {
  row: Row;
  pool: Snapshot;
  selection: Selection;
  account: VoteAccount | null;
}

/** Shown to whoever has a say: identity, withdrawer, or the bond's owner. */
export function Console({ row, pool, selection, account }: Props) {
  const t = useWords();
  const { wallet } = useWallet();
  const transact = useTransact();
  if (!wallet) return null;
  const say = sayOf(wallet.address, account, row.candidate!.bondOwner);
  if (!say) return null;
  const place = { vote: row.vote, index: row.candidateIndex };
  const hasLeft = (row.candidate!.flags & LEFT) !== 0;
  return (
    <Card title={t('console.title')}>
      <p className="muted">{t('console.lead', { role: t(`console.${say.role}`) })}</p>
      <div className="console">
        {say.decides && <BidForm selection={selection} place={place} bid={row.candidate!.nextBid} />}
        <BondForm selection={selection} pool={pool} place={place} />
        {say.ownsBond && <WithdrawForm selection={selection} pool={pool} row={row} place={place} />}
        {say.decides && (
          <div className="stack-tight">
            <h3>{t('console.leave')}</h3>
            <p className="small muted">{t('console.leaveNote')}</p>
            <button
              type="button"
              className={`button ${hasLeft ? '' : 'button-bad'}`}
              onClick={() =>
                transact({
                  title: t(hasLeft ? 'console.txBack' : 'console.txLeave'),
                  build: authority => leave(selection, authority, place, !hasLeft),
                  done: t(hasLeft ? 'console.txBackDone' : 'console.txLeaveDone'),
                })
              }
            >
              {t(hasLeft ? 'console.comeBack' : 'console.leaveGo')}
            </button>
          </div>
        )}
      </div>
    </Card>
  );
}

interface Place {
  vote: Address;
  index: number;
}

function BidForm({ selection, place, bid }: { selection: Selection; place: Place; bid: number }) {
  const t = useWords();
  const id = useId();
  const transact = useTransact();
  const [text, setText] = useState(String(bid));
  const isRight = /^\d{1,7}$/.test(text.trim()) && BigInt(text.trim()) <= MOST_BID;
  const submit = () => {
    const wanted = Number(text.trim());
    transact({
      title: t('console.txBid', { bid: wanted.toLocaleString('en-US') }),
      build: authority => setBid(selection, authority, place, wanted),
      done: t('console.txBidDone'),
    });
  };
  return (
    <form className="stack-tight" onSubmit={event => (event.preventDefault(), isRight && submit())}>
      <h3>{t('console.bid')}</h3>
      <p className="small muted" id={`${id}-note`}>
        {t('console.bidNote')}
      </p>
      <label className="field">
        <span>{t('console.bidLabel')}</span>
        <input type="text" inputMode="numeric" value={text} aria-invalid={!isRight || undefined} aria-describedby={`${id}-note ${id}-problem`} onChange={event => setText(event.target.value)} />
      </label>
      <p className="field-problem small" id={`${id}-problem`} aria-live="polite">
        {!isRight && t('console.bidWrong')}
      </p>
      <button type="submit" className="button button-main" disabled={!isRight}>
        {t('console.bidGo')}
      </button>
    </form>
  );
}

function BondForm({ selection, pool, place }: { selection: Selection; pool: Snapshot; place: Place }) {
  const t = useWords();
  const holding = useToken(pool.mint);
  const transact = useTransact();
  const [amount, setAmount] = useState<Amount>(NO_AMOUNT);
  const shares = amount.parsed.ok && amount.parsed.value > 0n ? amount.parsed.value : null;
  const isWrong = amountProblem(t, amount, holding?.amount, LST) !== null;
  const account = holding?.account;
  const submit = () => {
    if (shares === null || !account) return;
    transact({
      title: t('console.txBond', { amount: formatAmount(shares) }),
      build: payer => fundBond(selection, payer, account, place, shares),
      done: t('console.txBondDone'),
      onDone: () => setAmount(NO_AMOUNT),
    });
  };
  return (
    <form className="stack-tight" onSubmit={event => (event.preventDefault(), submit())}>
      <h3>{t('console.addBond')}</h3>
      <AmountField label={t('console.bondAmount')} symbol={LST} amount={amount} onChange={setAmount} balance={holding?.amount} />
      <button type="submit" className="button button-main" disabled={isWrong || shares === null || !account}>
        {t('console.addBondGo')}
      </button>
    </form>
  );
}

function WithdrawForm({ selection, pool, row, place }: { selection: Selection; pool: Snapshot; row: Row; place: Place }) {
  const t = useWords();
  const transact = useTransact();
  const [amount, setAmount] = useState<Amount>(NO_AMOUNT);
  const candidate = row.candidate!;
  const shares = amount.parsed.ok && amount.parsed.value > 0n ? amount.parsed.value : null;
  const isWrong = amountProblem(t, amount, candidate.bond, LST) !== null;
  const isFree = candidate.bondLeaving > 0n && pool.moment.epoch >= candidate.releaseEpoch;
  const submit = () => {
    if (shares === null) return;
    transact({
      title: t('console.txWithdraw', { amount: formatAmount(shares) }),
      build: owner => withdrawBond(selection, owner, place, shares),
      done: t('console.txWithdrawDone'),
      onDone: () => setAmount(NO_AMOUNT),
    });
  };
  return (
    <form className="stack-tight" onSubmit={event => (event.preventDefault(), submit())}>
      <h3>{t('console.withdraw')}</h3>
      <p className="small muted">{t('console.withdrawNote', { epochs: selection.config.params.noticeEpochs })}</p>
      <AmountField label={t('console.bondAmount')} symbol={LST} amount={amount} onChange={setAmount} balance={candidate.bond} />
      <div className="form-buttons">
        <button type="submit" className="button" disabled={isWrong || shares === null}>
          {t('console.withdrawGo')}
        </button>
        {isFree && (
          <button
            type="button"
            className="button"
            onClick={() =>
              transact({
                title: t('console.txClaim'),
                build: owner => claimBond(selection, pool, owner, place),
                done: t('console.txClaimDone'),
              })
            }
          >
            {t('console.claim')}
          </button>
        )}
      </div>
    </form>
  );
}
