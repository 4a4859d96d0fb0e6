/** Events in words, newest first. */
import { useState } from 'react';
import type { Happened } from '../chain/events';
import { useWords, type Translate } from '../i18n';
import { en, type Key } from '../i18n/en';
import { tell } from '../lib/feed';
import { formatMoment } from '../lib/time';
import { useSettings } from '../settings';
import { AddressText, Empty, Loading } from './basics';

/** So many are shown at first. */
const FIRST = 8;

export function Feed({ feed }: { feed: readonly Happened[] | undefined }) {
  const t = useWords();
  const { language } = useSettings().settings;
  const [isWhole, setWhole] = useState(false);
  if (!feed) return <Loading lines={4} />;
  if (feed.length === 0) return <Empty title={t('feed.none')} />;
  return (
    <>
      <ol className="rows feed">
        {feed.slice(0, isWhole ? feed.length : FIRST).map(({ signature, slot, time, events }) => (
          <li className="row" key={signature}>
            <div className="row-main">
              {tell(events).map(({ name, detail, times }, index) => (
                <span key={index}>
                  <strong>{nameOf(t, name)}</strong>{' '}
                  <span className="small muted">
                    {detail}
                    {times > 1 && ` × ${times}`}
                  </span>
                </span>
              ))}
            </div>
            <div className="row-end small muted">
              <span>{time === null ? t('feed.slot', { slot }) : formatMoment(new Date(Number(time) * 1000), language)}</span>
              <AddressText address={signature} />
            </div>
          </li>
        ))}
      </ol>
      {feed.length > FIRST && !isWhole && (
        <button type="button" className="button" onClick={() => setWhole(true)}>
          {t('feed.more', { count: feed.length - FIRST })}
        </button>
      )}
    </>
  );
}

/** Events that have words; others go by the program's own name for them. */
function nameOf(t: Translate, name: string): string {
  const key = `event.${name}`;
  return key in en ? t(key as Key) : name.replace(/([a-z])([A-Z])/g, '$1 $2');
}
