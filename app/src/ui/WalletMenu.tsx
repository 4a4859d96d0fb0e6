/** Connects a wallet, shows which, and lets go of it. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { lamports } from '@solana/kit';
import { call } from '../chain/cluster';
import { useChain } from '../chain/context';
import { useSolBalance } from '../chain/balances';
import { useWords } from '../i18n';
import { formatAmount } from '../lib/amount';
import { useWallet } from '../wallet/context';
import { Rejected } from '../wallet/types';
import { AddressText, Notice, Skeleton, shorten } from './basics';
import { Icon } from './icons';

export function WalletMenu() {
  const t = useWords();
  const { wallet } = useWallet();
  const dialog = useRef<HTMLDialogElement>(null);
  const [isOpen, setOpen] = useState(false);
  const open = () => {
    setOpen(true);
    dialog.current?.showModal();
  };
  useEffect(() => {
    const show = () => open();
    window.addEventListener('sluice:connect', show);
    return () => window.removeEventListener('sluice:connect', show);
  }, []);
  return (
    <>
      <button type="button" className={`button ${wallet ? 'wallet-button' : 'button-main'}`} onClick={open} aria-haspopup="dialog">
        <Icon name="wallet" size={18} />
        {wallet ? <span className="mono">{shorten(wallet.address)}</span> : t('wallet.connect')}
      </button>
      <dialog ref={dialog} className="dialog dialog-narrow" aria-labelledby="wallet-title" onClose={() => setOpen(false)}>
        <header className="dialog-head">
          <h2 id="wallet-title">{wallet ? t('wallet.title') : t('wallet.connectTitle')}</h2>
          <button type="button" className="icon-button" onClick={() => dialog.current?.close()} aria-label={t('common.close')}>
            <Icon name="close" />
          </button>
        </header>
        {isOpen && (wallet ? <Connected onLeave={() => dialog.current?.close()} /> : <Choices onConnected={() => dialog.current?.close()} />)}
      </dialog>
    </>
  );
}

/** Opens the dialog from anywhere on a page. */
export function ConnectButton() {
  const t = useWords();
  return (
    <button type="button" className="button button-main button-wide" onClick={() => window.dispatchEvent(new Event('sluice:connect'))}>
      {t('wallet.connectToGo')}
    </button>
  );
}

function Choices({ onConnected }: { onConnected: () => void }) {
  const t = useWords();
  const { available, connectStandard, connectBurner } = useWallet();
  const { cluster } = useChain();
  const [problem, setProblem] = useState<string | null>(null);
  const attempt = async (connecting: Promise<void>) => {
    setProblem(null);
    try {
      await connecting;
      onConnected();
    } catch (error) {
      setProblem(error instanceof Rejected ? t('wallet.refused') : error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <div className="dialog-body">
      <ul className="wallets">
        {available.map(wallet => (
          <li key={wallet.name}>
            <button type="button" className="wallet-choice" onClick={() => void attempt(connectStandard(wallet))}>
              <img src={wallet.icon} alt="" width={28} height={28} />
              {wallet.name}
            </button>
          </li>
        ))}
        {cluster?.kind === 'localnet' && (
          <li>
            <button type="button" className="wallet-choice" onClick={() => void attempt(connectBurner())}>
              <span className="wallet-burner">
                <Icon name="wallet" />
              </span>
              <span>
                {t('wallet.burner')}
                <small>{t('wallet.burnerNote')}</small>
              </span>
            </button>
          </li>
        )}
      </ul>
      {available.length === 0 && <p className="muted small">{t('wallet.none')}</p>}
      {problem && <Notice tone="bad" title={problem} />}
      <p className="small muted">{t('wallet.safety')}</p>
    </div>
  );
}

function Connected({ onLeave }: { onLeave: () => void }) {
  const t = useWords();
  const { wallet, disconnect } = useWallet();
  const { cluster } = useChain();
  const { data: balance } = useSolBalance();
  if (!wallet) return null;
  return (
    <div className="dialog-body">
      <p className="small muted">{wallet.name}</p>
      <AddressText address={wallet.address} whole />
      <p className="wallet-balance">{balance === undefined ? <Skeleton /> : formatAmount(balance)} SOL</p>
      {cluster?.kind === 'localnet' && <LocalnetTools />}
      <button type="button" className="button button-wide" onClick={() => (disconnect(), onLeave())}>
        {t('wallet.disconnect')}
      </button>
    </div>
  );
}

interface LocalValidator {
  name: string;
  vote: string;
  status: string;
}

/** Only on a localnet: SOL from nowhere, and a validator's own key. */
function LocalnetTools() {
  const t = useWords();
  const { rpc, url, key } = useChain();
  const { wallet, borrowValidator } = useWallet();
  const queries = useQueryClient();
  const { data: validators } = useQuery({
    queryKey: ['localValidators', ...key],
    queryFn: () => call<LocalValidator[]>(url, 'localnet_validators'),
  });
  const airdrop = async () => {
    if (!wallet) return;
    await rpc.requestAirdrop(wallet.address, lamports(100_000_000_000n)).send();
    await queries.invalidateQueries({ queryKey: ['balance'] });
  };
  return (
    <fieldset className="localnet-tools">
      <legend>{t('localnet.tools')}</legend>
      <button type="button" className="button" onClick={() => void airdrop()}>
        {t('localnet.airdrop')}
      </button>
      <label className="field">
        <span>{t('localnet.beValidator')}</span>
        <select value="" onChange={event => void borrowValidator(event.target.value)}>
          <option value="" disabled>
            {t('localnet.choose')}
          </option>
          {(validators ?? []).map(({ name, status }) => (
            <option key={name} value={name}>
              {name} ({status})
            </option>
          ))}
        </select>
      </label>
    </fieldset>
  );
}
