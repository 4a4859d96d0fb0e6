/**
 * From a wish to a confirmed transaction, in one dialog: what would happen (simulated), what it costs, whom it calls; then the
 * signature, and what became of it. Nothing is said to have happened before the cluster has confirmed it.
 */
import { useQueryClient } from '@tanstack/react-query';
import { createContext, useCallback, useContext, useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import type { Address, Signature } from '@solana/kit';
import type { Cluster } from '../chain/cluster';
import { useChain } from '../chain/context';
import { ChainMoved } from '../chain/errors';
import { nameOfProgram } from '../chain/programs';
import { changesOf, confirm, preview, requireCluster, sign, type Changes, type Preview, type Request } from '../chain/send';
import { useWords } from '../i18n';
import { formatAmount } from '../lib/amount';
import { useSettings } from '../settings';
import { useWallet } from '../wallet/context';
import { AddressText, Facts, Loading, Notice } from './basics';
import { explain, type Explained } from './explain';
import { Icon } from './icons';

export interface Wish {
  title: string;
  /** What is promised beyond what the preview shows: the least that is received, when a ticket is due. */
  promises?: readonly (readonly [ReactNode, ReactNode])[];
  /** Reads what it needs and says what to send; called again when the preview is made anew. */
  build: (payer: Address) => Promise<Request>;
  /** What is said when it is done. */
  done: string;
  onDone?: () => void;
}

/** A preview, and what it holds for: another wallet or another cluster is not what was shown. */
interface Made {
  request: Request;
  shown: Preview;
  payer: Address;
  cluster: Cluster;
}

type State =
  | { step: 'checking' }
  | { step: 'refused'; error: unknown }
  | { step: 'ready'; made: Made }
  | { step: 'signing'; made: Made }
  | { step: 'sending'; made: Made; signature: Signature }
  | { step: 'confirmed'; changes: Changes; isPreviewed: boolean; signature: Signature; slot: bigint }
  | { step: 'failed'; error: unknown; signature?: Signature };

/** A transaction that is on its way, whoever looks. */
interface Sent {
  wish: Wish;
  signature: Signature;
  outcome: Promise<{ slot: bigint }>;
}

const Context = createContext<((wish: Wish) => void) | null>(null);

export function useTransact(): (wish: Wish) => void {
  const transact = useContext(Context);
  if (!transact) throw new Error('useTransact outside of TransactionProvider');
  return transact;
}

export function TransactionProvider({ children }: { children: ReactNode }) {
  const [wish, setWish] = useState<Wish | null>(null);
  const [left, setLeft] = useState<readonly Sent[]>([]);
  const leave = useCallback((sent: Sent) => setLeft(others => [...others, sent]), []);
  return (
    <Context value={setWish}>
      {children}
      <div className="toasts" aria-live="polite">
        {left.map(sent => (
          <Left key={sent.signature} sent={sent} onClose={() => setLeft(others => others.filter(other => other !== sent))} />
        ))}
      </div>
      {wish && <Dialog wish={wish} onClose={() => setWish(null)} onLeave={leave} />}
    </Context>
  );
}

/** What becomes of a transaction whose dialog was closed before it was known. */
function Left({ sent: { wish, signature, outcome }, onClose }: { sent: Sent; onClose: () => void }) {
  const t = useWords();
  const [ended, setEnded] = useState<{ slot: bigint } | { error: unknown } | null>(null);
  useEffect(() => void outcome.then(setEnded, (error: unknown) => setEnded({ error })), [outcome]);
  const told = ended && 'error' in ended ? explain(t, ended.error) : null;
  return (
    <Notice
      tone={told ? 'bad' : ended ? 'good' : 'plain'}
      title={told ? `${wish.title}: ${told.title}` : ended ? wish.done : t('tx.pending', { title: wish.title })}
      action={
        ended && (
          <button type="button" className="icon-button" onClick={onClose} aria-label={t('common.close')}>
            <Icon name="close" />
          </button>
        )
      }
    >
      {told && <p>{told.todo}</p>}
      {told?.detail && <p className="small mono failure-detail">{told.detail}</p>}
      {ended && 'slot' in ended && <p>{t('tx.confirmed', { slot: ended.slot })}</p>}
      <p className="small">
        {t('tx.signature')} <AddressText address={signature} />
      </p>
    </Notice>
  );
}

function Dialog({ wish, onClose, onLeave }: { wish: Wish; onClose: () => void; onLeave: (sent: Sent) => void }) {
  const t = useWords();
  const { rpc, cluster: current } = useChain();
  // The one the wish was made on. What the context says follows the server, whatever it turns into.
  const [cluster] = useState(current);
  const { wallet } = useWallet();
  const { priority } = useSettings().settings;
  const queries = useQueryClient();
  const dialog = useRef<HTMLDialogElement>(null);
  const [state, setState] = useState<State>({ step: 'checking' });
  // The state as it is, not as it was drawn last: a second click may come before the first is drawn.
  const now = useRef<State>(state);
  const put = useCallback((next: State) => setState((now.current = next)), []);
  const sent = useRef<Sent | null>(null);
  const isClosed = useRef(false);
  // Which preview counts: one that was asked for earlier may be answered later.
  const generation = useRef(0);

  useEffect(() => dialog.current?.showModal(), []);

  const payer = wallet?.address;
  const check = useCallback(async () => {
    if (!payer || !cluster) return;
    const mine = ++generation.current;
    const show = (next: State) => mine === generation.current && put(next);
    show({ step: 'checking' });
    try {
      await requireCluster(rpc, cluster);
      const request = await wish.build(payer);
      show({ step: 'ready', made: { request, shown: await preview(rpc, payer, request, priority), payer, cluster } });
    } catch (error) {
      show({ step: 'refused', error });
    }
  }, [wish, payer, cluster, rpc, priority, put]);

  // Another account or server needs another preview, but what is being signed or is on its way stays what it is.
  useEffect(() => {
    if (isOpen(now.current)) void check();
  }, [check]);

  const hasMoved = current !== null && current.genesis !== cluster?.genesis;
  useEffect(() => {
    if (!hasMoved || !isOpen(now.current)) return;
    generation.current += 1;
    put({ step: 'refused', error: new ChainMoved() });
  }, [hasMoved, put]);

  const go = async () => {
    if (now.current.step !== 'ready' || wallet?.address !== now.current.made.payer) return;
    const { made } = now.current;
    put({ step: 'signing', made });
    let signature: Signature | undefined;
    try {
      const signed = await sign(rpc, made.cluster, wallet, made.request, made.shown);
      signature = signed.signature;
      put({ step: 'sending', made, signature });
      const outcome = confirm(rpc, signed, made.request);
      sent.current = { wish, signature, outcome };
      // A browser may let a dialog be closed that asked not to be.
      if (isClosed.current) onLeave(sent.current);
      const { slot } = await outcome;
      const changes = isClosed.current ? null : await changesOf(rpc, signature, made.payer, made.request);
      put({ step: 'confirmed', changes: changes ?? made.shown, isPreviewed: changes === null, signature, slot });
      wish.onDone?.();
    } catch (error) {
      put({ step: 'failed', error, signature });
    }
    void queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'cluster' });
  };

  const close = () => {
    isClosed.current = true;
    if (now.current.step === 'sending' && sent.current) onLeave(sent.current);
    onClose();
  };

  // Nothing can be taken back once it is signed, so there is nothing to stay for.
  const busy = state.step === 'signing';
  const told = useMemo(() => ('error' in state ? explain(t, state.error) : null), [t, state]);
  return (
    <dialog ref={dialog} className="dialog" aria-labelledby="transaction-title" onCancel={event => busy && event.preventDefault()} onClose={close}>
      <header className="dialog-head">
        <h2 id="transaction-title">{wish.title}</h2>
        <button type="button" className="icon-button" onClick={() => dialog.current?.close()} disabled={busy} aria-label={t('common.close')}>
          <Icon name="close" />
        </button>
      </header>
      <Steps state={state} />
      <div aria-live="polite" className="dialog-body">
        {state.step === 'checking' && <Loading lines={3} />}
        {told && <Failure told={told} />}
        {'made' in state && <Shown made={state.made} promises={wish.promises ?? []} />}
        {state.step === 'signing' && <p className="dialog-say">{t('tx.signing', { wallet: wallet?.name ?? '' })}</p>}
        {state.step === 'sending' && <p className="dialog-say">{t('tx.sending')}</p>}
        {state.step === 'confirmed' && (
          <>
            <Notice tone="good" title={wish.done}>
              {t('tx.confirmed', { slot: state.slot })}
            </Notice>
            <ChangeList changes={state.changes} label={t(state.isPreviewed ? 'tx.changes' : 'tx.changed')} />
            {state.isPreviewed && <p className="small muted">{t('tx.changedPreviewed')}</p>}
          </>
        )}
        {'signature' in state && state.signature && (
          <p className="small muted dialog-signature">
            {t('tx.signature')} <AddressText address={state.signature} />
          </p>
        )}
      </div>
      <footer className="dialog-foot">
        {(state.step === 'ready' || state.step === 'checking') && (
          <>
            <button type="button" className="button" onClick={() => dialog.current?.close()}>
              {t('common.cancel')}
            </button>
            <button type="button" className="button button-main" disabled={state.step !== 'ready' || wallet?.address !== state.made.payer} onClick={() => void go()}>
              {t('tx.sign')}
            </button>
          </>
        )}
        {(told || state.step === 'sending') && (
          <button type="button" className={`button ${told?.isFinal ? 'button-main' : ''}`} onClick={() => dialog.current?.close()}>
            {t('common.close')}
          </button>
        )}
        {told && !told.isFinal && (
          <button type="button" className="button button-main" onClick={() => void check()}>
            {t('tx.again')}
          </button>
        )}
        {state.step === 'confirmed' && (
          <button type="button" className="button button-main" onClick={() => dialog.current?.close()}>
            {t('common.done')}
          </button>
        )}
      </footer>
    </dialog>
  );
}

/** Nothing is asked of the wallet, nothing is sent: a new preview takes nothing away. */
const isOpen = ({ step }: State) => step === 'checking' || step === 'ready' || step === 'refused';

const ORDER = ['checking', 'signing', 'sending', 'confirmed'] as const;

function Steps({ state }: { state: State }) {
  const t = useWords();
  const at = state.step === 'ready' ? 0 : state.step === 'failed' ? (state.signature ? 2 : 1) : Math.max(0, ORDER.indexOf(state.step as (typeof ORDER)[number]));
  const failed = state.step === 'failed' || state.step === 'refused';
  const names = [t('tx.stepPreview'), t('tx.stepSign'), t('tx.stepSend'), t('tx.stepDone')];
  return (
    <ol className="steps">
      {names.map((name, index) => (
        <li key={name} className={index < at || state.step === 'confirmed' ? 'is-done' : index === at ? (failed ? 'is-failed' : 'is-now') : ''} aria-current={index === at ? 'step' : undefined}>
          {name}
        </li>
      ))}
    </ol>
  );
}

function ChangeList({ changes: { lamports, tokens }, label }: { changes: Changes; label: string }) {
  const signed = (value: bigint, decimals = 9) => (value > 0n ? '+' : '') + formatAmount(value, decimals).replace('-', '−');
  const changes = [
    ...(lamports !== 0n ? [{ symbol: 'SOL', decimals: 9, change: lamports }] : []),
    ...tokens.filter(({ change }) => change !== 0n),
  ];
  return (
    <ul className="changes" aria-label={label}>
      {changes.map(({ symbol, decimals, change }) => (
        <li key={symbol} className={change > 0n ? 'is-in' : 'is-out'}>
          <span className="changes-amount">{signed(change, decimals)}</span> {symbol}
        </li>
      ))}
    </ul>
  );
}

function Shown({ made: { shown, cluster }, promises }: { made: Made; promises: readonly (readonly [ReactNode, ReactNode])[] }) {
  const t = useWords();
  return (
    <>
      <ChangeList changes={shown} label={t('tx.changes')} />
      <Facts
        dense
        rows={[
          ...promises,
          [t('tx.fee'), `${formatAmount(shown.fee)} SOL`],
          [t('tx.cluster'), t(`cluster.${cluster.kind}`)],
          [
            t('tx.programs'),
            <span key="programs" className="programs">
              {shown.programs.map(program => (
                <span key={program}>
                  {nameOfProgram(program) ?? t('tx.unknownProgram')} <AddressText address={program} />
                </span>
              ))}
            </span>,
          ],
        ]}
      />
    </>
  );
}

function Failure({ told }: { told: Explained }) {
  return (
    <Notice tone="bad" title={told.title}>
      <p>{told.todo}</p>
      {told.detail && <p className="small mono failure-detail">{told.detail}</p>}
    </Notice>
  );
}
