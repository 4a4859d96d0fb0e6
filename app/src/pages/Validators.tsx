/** Everybody the pool delegates to, or could: up to five thousand, of which only those in sight are drawn. */
import { useMemo, useState } from 'react';
import type { Snapshot } from '../chain/pool';
import { annual, competes, concentration, rowsOf, useSelection, type Selection } from '../chain/selection';
import { useRecords } from '../chain/stakes';
import { useWords } from '../i18n';
import { formatYield } from '../lib/amount';
import { Card, Empty, Loading, Notice, Stat } from '../ui/basics';
import { ShareChart } from '../ui/ShareChart';
import { WithPool } from '../ui/pool';
import { ValidatorTable } from '../ui/ValidatorTable';

const NEVER = (1n << 64n) - 1n;

export default function Validators() {
  return <WithPool>{pool => <Page pool={pool} />}</WithPool>;
}

function Page({ pool }: { pool: Snapshot }) {
  const t = useWords();
  const { data: selection } = useSelection();
  const { data: records } = useRecords();
  const [search, setSearch] = useState('');
  const rows = useMemo(() => (selection !== undefined && records ? rowsOf(selection, records) : null), [selection, records]);
  const competing = selection?.candidates.filter(competes).length;
  return (
    <>
      <header className="page-head">
        <h1>{t('validators.title')}</h1>
        <p className="lead">
          {selection ? t('validators.lead', { competing: competing ?? 0, count: selection.candidates.length }) : t('validators.leadPlain')}
        </p>
      </header>
      <div className="stack">
        {selection === null && <Notice tone="warn" title={t('validators.noSelection')} />}
        {!rows ? (
          <Card>
            <Loading lines={10} />
          </Card>
        ) : (
          <>
            <Concentration rows={rows} selection={selection ?? null} />
            <Card
              className="validators-card"
              title={
                <label className="search">
                  <span className="visually-hidden">{t('validators.search')}</span>
                  <input type="search" className="input" value={search} placeholder={t('validators.search')} onChange={event => setSearch(event.target.value)} />
                </label>
              }
            >
              {rows.length === 0 ? <Empty title={t('validators.none')} /> : <ValidatorTable rows={rows} selection={selection ?? null} pool={pool} search={search} />}
            </Card>
          </>
        )}
      </div>
    </>
  );
}

function Concentration({ rows, selection }: { rows: ReturnType<typeof rowsOf>; selection: Selection | null }) {
  const t = useWords();
  const told = useMemo(() => concentration(rows), [rows]);
  const clearing = selection && selection.config.clearing > 0n ? formatYield(annual(selection.config.clearing, selection)) : null;
  const allocated = selection && selection.config.allocatedEpoch !== NEVER ? t('validators.allocated', { epoch: selection.config.allocatedEpoch }) : t('validators.never');
  return (
    <Card title={t('validators.concentration')}>
      <div className="columns columns-even">
        <div className="stats stats-small">
          <Stat label={t('validators.withStake')}>{told.validators}</Stat>
          <Stat label={t('validators.nakamoto')} note={t('validators.nakamotoNote')}>
            {told.nakamoto}
          </Stat>
          <Stat label={t('validators.hhi')} note={t('validators.hhiNote')}>
            {told.hhi.toLocaleString('en-US')}
          </Stat>
          {selection && (
            <Stat label={t('validators.clearing')} note={clearing ? t('validators.clearingNote') : allocated}>
              {clearing ?? t('validators.clearingNone')}
            </Stat>
          )}
        </div>
        <ShareChart shares={told.shares} label={t('validators.shareChart')} />
      </div>
    </Card>
  );
}
