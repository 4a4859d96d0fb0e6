/** Which server, which pool, what it may cost, how it looks. */
import { useState } from 'react';
import { PROGRAMS } from '@sluice-protocol/sdk';
import { isAddress } from '@solana/kit';
import { useChain } from '../chain/context';
import { nameOfProgram } from '../chain/programs';
import { useWords } from '../i18n';
import { checkRpcUrl, useSettings, type Language, type Priority, type Theme } from '../settings';
import { AddressText, Card, Facts, Notice, Segmented } from '../ui/basics';

export default function Settings() {
  const t = useWords();
  const { settings, change } = useSettings();
  const { cluster } = useChain();
  return (
    <>
      <header className="page-head">
        <h1>{t('settings.title')}</h1>
        <p className="lead">{t('settings.lead')}</p>
      </header>
      <div className="columns columns-even">
        <div className="stack">
          <Card title={t('settings.rpc')}>
            <RpcForm />
            <Facts
              dense
              rows={[
                [t('settings.cluster'), cluster ? t(`cluster.${cluster.kind}`) : t('cluster.connecting')],
                [t('settings.genesis'), cluster ? <AddressText key="genesis" address={cluster.genesis} /> : '–'],
              ]}
            />
            <p className="small muted">{t('settings.rpcNote')}</p>
          </Card>
          <Card title={t('settings.pool')}>
            <MintForm />
            <p className="small muted">{t('settings.poolNote')}</p>
          </Card>
        </div>
        <div className="stack">
          <Card title={t('settings.transactions')}>
            <Segmented<Priority>
              hideLegend={false}
              legend={t('settings.priority')}
              value={settings.priority}
              onChange={priority => change({ priority })}
              choices={[
                { value: 'none', label: t('settings.priorityNone') },
                { value: 'normal', label: t('settings.priorityNormal') },
                { value: 'high', label: t('settings.priorityHigh') },
              ]}
            />
            <Segmented
              hideLegend={false}
              legend={t('settings.slippage')}
              value={String(settings.slippageBps)}
              onChange={bps => change({ slippageBps: Number(bps) })}
              choices={[0, 10, 50, 100].map(bps => ({ value: String(bps), label: `${bps / 100} %` }))}
            />
            <p className="small muted">{t('settings.slippageNote')}</p>
          </Card>
          <Card title={t('settings.look')}>
            <Segmented<Theme>
              hideLegend={false}
              legend={t('settings.theme')}
              value={settings.theme}
              onChange={theme => change({ theme })}
              choices={[
                { value: 'system', label: t('settings.themeSystem') },
                { value: 'light', label: t('settings.themeLight') },
                { value: 'dark', label: t('settings.themeDark') },
              ]}
            />
            <Segmented<Language>
              hideLegend={false}
              legend={t('settings.language')}
              value={settings.language}
              onChange={language => change({ language })}
              choices={[
                { value: 'en', label: <span lang="en">English</span> },
                { value: 'zh-CN', label: <span lang="zh-CN">中文</span> },
              ]}
            />
          </Card>
          <Card title={t('settings.programs')}>
            <Facts dense rows={Object.values(PROGRAMS).map(program => [nameOfProgram(program), <AddressText key={program} address={program} />] as const)} />
            <p className="small muted">{t('settings.programsNote')}</p>
          </Card>
        </div>
      </div>
    </>
  );
}

function RpcForm() {
  const t = useWords();
  const { settings, change } = useSettings();
  const [text, setText] = useState(settings.rpcUrl);
  const [isWrong, setWrong] = useState(false);
  const submit = () => {
    const checked = checkRpcUrl(text);
    setWrong(!checked.ok);
    if (checked.ok) change({ rpcUrl: checked.url });
  };
  return (
    <form onSubmit={event => (event.preventDefault(), submit())} className="inline-form">
      <label className="field">
        <span>{t('settings.rpcUrl')}</span>
        <input type="url" inputMode="url" value={text} spellCheck={false} autoComplete="off" aria-invalid={isWrong || undefined} onChange={event => setText(event.target.value)} />
      </label>
      <button type="submit" className="button">
        {t('settings.use')}
      </button>
      <p className="field-problem small" aria-live="polite">
        {isWrong && t('settings.rpcWrong')}
      </p>
    </form>
  );
}

function MintForm() {
  const t = useWords();
  const { settings, change } = useSettings();
  const [text, setText] = useState(settings.mint);
  const mint = text.trim();
  const isWrong = mint !== '' && !isAddress(mint);
  return (
    <form onSubmit={event => (event.preventDefault(), !isWrong && change({ mint }))} className="inline-form">
      <label className="field">
        <span>{t('settings.mint')}</span>
        <input type="text" value={text} spellCheck={false} autoComplete="off" placeholder={t('settings.mintDefault')} aria-invalid={isWrong || undefined} onChange={event => setText(event.target.value)} />
      </label>
      <button type="submit" className="button" disabled={isWrong}>
        {t('settings.use')}
      </button>
      <p className="field-problem small" aria-live="polite">
        {isWrong && t('settings.mintWrong')}
      </p>
      {settings.mint && <Notice tone="warn" title={t('settings.mintCustom')} />}
    </form>
  );
}
