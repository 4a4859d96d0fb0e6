/**
 * From a wish to a confirmed transaction, in one dialog: what would happen (simulated), what it costs, whom it calls; then the
 * signature, and what became of it. Nothing is said to have happened before the cluster has confirmed it.
 */
import { useQueryClient } from '@tanstack/react-query';
import { createContext, useCallback, useContext, useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import type { Address, Signature } from '@solana/kit';
import { useChain } from '../chain/context';
import { nameOfProgram } from '../chain/programs';
import { confirm, preview, sign, type Preview, type Request } from '../chain/send';
import { useWords } from '../i18n';
import { formatAmount } from '../lib/amount';
import { useSettings } from '../settings';
import { useWallet } from '../wallet/context';
import { AddressText, Facts, Loading, Notice } from './basics';
import { explain } from './explain';
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

type State =
  | { step: 'checking' }
  | { step: 'refused'; error: unknown }
  | { step: 'ready'; request: Request; shown: Preview }
  | { step: 'signing'; request: Request; shown: Preview }
  | { step: 'sending'; shown: Preview; signature: Signature }
  | { step: 'confirmed'; shown: Preview; signature: Signature; slot: bigint }
  | { step: 'failed'; error: unknown; signature?: Signature };

const Context = createContext<((wish: Wish) => void) | null>(null);

export function useTransact(): (wish: Wish) => void {
  const transact = useContext(Context);
  if (!transact) throw new Error('useTransact outside of TransactionProvider');
  return transact;
}

export function TransactionProvider({ children }: { children: ReactNode }) {
  const [wish, setWish] = useState<Wish | null>(null);
  return (
    <Context value={setWish}>
      {children}
      {wish && <Dialog wish={wish} onClose={() => setWish(null)} />}
    </Context>
  );
}

function Dialog({ wish, onClose }: { wish: Wish; onClose: () => void }) {
  const t = useWords();
  const { rpc, cluster } = useChain();
  const { wallet } = useWallet();
  const { priority } = useSettings().settings;
  const queries = useQueryClient();
  const dialog = useRef<HTMLDialogElement>(null);
  const [state, setState] = useState<State>({ step: 'checking' });

  useEffect(() => dialog.current?.showModal(), []);

  const check = useCallback(async () => {
    if (!wallet) return;
    setState({ step: 'checking' });
    try {
      const request = await wish.build(wallet.address);
      setState({ step: 'ready', request, shown: await preview(rpc, wallet.address, request, priority) });
    } catch (error) {
      setState({ step: 'refused', error });
    }
  }, [wish, wallet, rpc, priority]);

  useEffect(() => void check(), [check]);

  const go = async (request: Request, shown: Preview) => {
    if (!wallet || !cluster) return;
    setState({ step: 'signing', request, shown });
    let signature: Signature | undefined;
    try {
      const signed = await sign(rpc, cluster, wallet, request, shown);
      signature = signed.signature;
      setState({ step: 'sending', shown, signature });
      const { slot } = await confirm(rpc, signed, request);
      setState({ step: 'confirmed', shown, signature, slot });
      wish.onDone?.();
    } catch (error) {
      setState({ step: 'failed', error, signature });
    }
    void queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'cluster' });
  };

  const busy = state.step === 'signing' || state.step === 'sending';
  return (
    <dialog ref={dialog} className="dialog" aria-labelledby="transaction-title" onCancel={event => busy && event.preventDefault()} onClose={onClose}>
      <header className="dialog-head">
        <h2 id="transaction-title">{wish.title}</h2>
        <button type="button" className="icon-button" onClick={() => dialog.current?.close()} disabled={busy} aria-label={t('common.close')}>
          <Icon name="close" />
        </button>
      </header>
      <Steps state={state} />
      <div aria-live="polite" className="dialog-body">
        {state.step === 'checking' && <Loading lines={3} />}
        {(state.step === 'refused' || state.step === 'failed') && <Failure error={state.error} />}
        {'shown' in state && state.step !== 'confirmed' && <Shown shown={state.shown} promises={wish.promises ?? []} />}
        {state.step === 'signing' && <p className="dialog-say">{t('tx.signing', { wallet: wallet?.name ?? '' })}</p>}
        {state.step === 'sending' && <p className="dialog-say">{t('tx.sending')}</p>}
        {state.step === 'confirmed' && (
          <>
            <Notice tone="good" title={wish.done}>
              {t('tx.confirmed', { slot: state.slot })}
            </Notice>
            <Changes shown={state.shown} />
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
            <button type="button" className="button button-main" disabled={state.step !== 'ready'} onClick={() => state.step === 'ready' && void go(state.request, state.shown)}>
              {t('tx.sign')}
            </button>
          </>
        )}
        {(state.step === 'refused' || state.step === 'failed') && (
          <>
            <button type="button" className="button" onClick={() => dialog.current?.close()}>
              {t('common.close')}
            </button>
            <button type="button" className="button button-main" onClick={() => void check()}>
              {t('tx.again')}
            </button>
          </>
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

function Changes({ shown }: { shown: Preview }) {
  const t = useWords();
  const signed = (value: bigint, decimals = 9) => (value > 0n ? '+' : '') + formatAmount(value, decimals).replace('-', '−');
  const changes = [
    ...(shown.lamports !== 0n ? [{ symbol: 'SOL', decimals: 9, change: shown.lamports }] : []),
    ...shown.tokens.filter(({ change }) => change !== 0n),
  ];
  return (
    <ul className="changes" aria-label={t('tx.changes')}>
      {changes.map(({ symbol, decimals, change }) => (
        <li key={symbol} className={change > 0n ? 'is-in' : 'is-out'}>
          <span className="changes-amount">{signed(change, decimals)}</span> {symbol}
        </li>
      ))}
    </ul>
  );
}

function Shown({ shown, promises }: { shown: Preview; promises: readonly (readonly [ReactNode, ReactNode])[] }) {
  const t = useWords();
  const { cluster } = useChain();
  return (
    <>
      <Changes shown={shown} />
      <Facts
        dense
        rows={[
          ...promises,
          [t('tx.fee'), `${formatAmount(shown.fee)} SOL`],
          [t('tx.cluster'), cluster ? t(`cluster.${cluster.kind}`) : ''],
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

function Failure({ error }: { error: unknown }) {
  const t = useWords();
  const told = useMemo(() => explain(t, error), [t, error]);
  return (
    <Notice tone="bad" title={told.title}>
      <p>{told.todo}</p>
      {told.detail && <p className="small mono failure-detail">{told.detail}</p>}
    </Notice>
  );
}
