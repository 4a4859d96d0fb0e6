/** One validator: what it has and why, what it can do, its numbers, its history; and its console, when its key is connected. */
import { useMemo } from 'react';
import { VOTE_PROGRAM_ADDRESS } from '@sluice-protocol/sdk';
import { address, isAddress, type Address } from '@solana/kit';
import { toldOf, useExplanation } from '../chain/explanation';
import { useHistory } from '../chain/events';
import type { Snapshot } from '../chain/pool';
import { annual, competes, rowsOf, useSelection, worth, type Row, type Selection } from '../chain/selection';
import { useRecords } from '../chain/stakes';
import { useVoteAccount, type VoteAccount } from '../chain/vote';
import { useWords } from '../i18n';
import { formatAmount, formatBps, formatShort, formatYield } from '../lib/amount';
import { constraintLabel, next, why, type Sentence } from '../lib/binding';
import { AddressText, Badge, Card, Empty, Facts, Loading, Notice } from '../ui/basics';
import { Console, JoinForm } from '../ui/Console';
import { Feed } from '../ui/Feed';
import { WithPool } from '../ui/pool';

const NEVER = (1n << 64n) - 1n;

export default function Validator({ vote }: { vote: string }) {
  return <WithPool>{pool => (isAddress(vote) ? <Page vote={address(vote)} pool={pool} /> : null)}</WithPool>;
}

function Page({ vote, pool }: { vote: Address; pool: Snapshot }) {
  const t = useWords();
  const { data: selection } = useSelection();
  const { data: records } = useRecords();
  const { data: account } = useVoteAccount(vote);
  const row = useMemo(() => {
    if (selection === undefined || !records) return undefined;
    return rowsOf(selection, records).find(known => known.vote === vote) ?? null;
  }, [selection, records, vote]);
  return (
    <>
      <header className="page-head">
        <p className="crumb">
          <a href="#/validators">{t('validator.back')}</a>
        </p>
        <h1>{t('title.validator')}</h1>
        <p className="lead">
          <AddressText address={vote} whole />
        </p>
      </header>
      {row === undefined || selection === undefined || account === undefined ? (
        <Card>
          <Loading lines={6} />
        </Card>
      ) : row === null || (selection && !row.candidate) ? (
        <Stranger vote={vote} pool={pool} selection={selection} account={account} row={row} />
      ) : (
        <Known row={row} pool={pool} selection={selection} account={account} />
      )}
    </>
  );
}

function Stranger({ vote, pool, selection, account, row }: { vote: Address; pool: Snapshot; selection: Selection | null; account: VoteAccount | null; row: Row | null }) {
  const t = useWords();
  if (!account || account.owner !== VOTE_PROGRAM_ADDRESS) return <Notice tone="bad" title={t('validator.notVote')} />;
  return (
    <div className="stack">
      {row && <Facts rows={[[t('validator.held'), `${formatAmount(row.held)} SOL`]]} />}
      {selection && (
        <>
          <Notice title={t('validator.missing')}>
            {t('validator.missingNote', {
              bond: formatAmount(selection.config.params.joinBond),
              history: selection.config.params.minHistory,
              taken: selection.candidates.length,
              places: selection.capacity,
            })}
          </Notice>
          <JoinForm vote={vote} pool={pool} selection={selection} />
        </>
      )}
    </div>
  );
}

function Known({ row, pool, selection, account }: { row: Row; pool: Snapshot; selection: Selection | null; account: VoteAccount | null }) {
  const t = useWords();
  const { data: answer } = useExplanation(row, selection, pool);
  const own = useHistory(row.vote, selection?.config.registry ?? null);
  const told = selection && row.candidate ? toldOf(row, selection, pool, answer ?? null) : null;
  const say = ({ key, parameters }: Sentence) => t(key, parameters);
  return (
    <div className="stack">
      {told && (
        <div className="columns columns-even">
          <Card title={t('validator.when')} aside={<Badge tone={competes(row.candidate!) ? 'good' : 'warn'}>{say(constraintLabel(row.candidate!.seat.constraint))}</Badge>}>
            <p className="say">{why(told).map(say).join(' ')}</p>
          </Card>
          <Card title={t('validator.whatNext')} tone="sunken">
            <ul className="next">
              {next(told).map(sentence => (
                <li key={sentence.key}>{say(sentence)}</li>
              ))}
            </ul>
          </Card>
        </div>
      )}
      {selection && row.candidate && <Console row={row} pool={pool} selection={selection} account={account} />}
      {selection && row.candidate && <Numbers row={row} pool={pool} selection={selection} />}
      <Card title={t('validator.history')}>
        {own && own.length === 0 ? <Empty title={t('validator.noHistory')} /> : <Feed feed={own} />}
      </Card>
    </div>
  );
}

function Numbers({ row, pool, selection }: { row: Row; pool: Snapshot; selection: Selection }) {
  const t = useWords();
  const candidate = row.candidate!;
  const { seat } = candidate;
  const competing = selection.candidates.filter(competes);
  const rank = competing.filter(other => other.seat.score > seat.score).length + 1;
  const sol = (lamports: bigint) => `${formatShort(lamports, 4)} SOL`;
  const year = (perEpoch: bigint) => formatYield(annual(perEpoch, selection));
  // By epoch modulo eight: from the newest observed to the oldest.
  const commissions = Array.from({ length: 8 }, (_, age) => candidate.observedEpoch - BigInt(age)).filter(epoch => epoch >= 0n && candidate.observedEpoch !== NEVER);
  return (
    <Card title={t('validator.numbers')}>
      <div className="columns columns-even">
        <Facts
          dense
          rows={[
            [t('validator.rank'), competes(candidate) ? t('validator.rankOf', { rank, count: competing.length }) : t('validator.noRank')],
            [t('validator.score'), year(seat.score)],
            [t('validator.expected'), `${year(candidate.expected)} (${t('validator.extra')}: ${year(candidate.extra)})`],
            [t('validator.realised'), candidate.earning > 0n ? year(candidate.realised) : '–'],
            [t('validator.lastCredits'), `${candidate.lastCredits.toLocaleString('en-US')} (${t('validator.reference', { credits: selection.config.referenceCredits.toLocaleString('en-US') })})`],
            [t('validator.worst'), formatBps(candidate.worstCommissionBps)],
            [t('validator.commissions'), commissions.map(epoch => `${epoch}: ${formatBps(candidate.commissions[Number(epoch % 8n)] ?? 0)}`).join(' · ')],
            [t('validator.block'), formatBps(candidate.blockCommissionBps)],
          ]}
        />
        <Facts
          dense
          rows={[
            [t('validator.held'), sol(row.held)],
            [t('validator.target'), sol(seat.target)],
            [t('validator.ideal'), sol(seat.ideal)],
            [t('validator.bound'), `${sol(seat.bound)} (${t('validator.boundBy', { reason: t(constraintLabel(seat.boundBy).key, constraintLabel(seat.boundBy).parameters) })})`],
            [t('validator.bond'), `${formatAmount(candidate.bond)} slSOL = ${sol(worth(candidate.bond, pool))}`],
            candidate.bondLeaving > 0n && [t('validator.bond'), t('validator.bondLeaving', { amount: formatAmount(candidate.bondLeaving), epoch: candidate.releaseEpoch })],
            [t('validator.bid'), t('validator.perSol', { bid: candidate.bid.toLocaleString('en-US') })],
            candidate.nextBid !== candidate.bid && [t('validator.bid'), t('validator.nextBid', { bid: candidate.nextBid.toLocaleString('en-US') })],
            [t('validator.directed'), `${formatShort(candidate.directed, 4)} slSOL`],
            [t('validator.joined'), String(candidate.joinedEpoch)],
          ]}
        />
      </div>
    </Card>
  );
}
