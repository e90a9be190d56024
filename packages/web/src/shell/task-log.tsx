import type { MigrationBody } from '@ferry/api';
import { type ReactNode, useState } from 'react';
import { Link } from 'wouter';
import { isMoving, useMigrations, useOpenMigrations } from '../api/queries.ts';
import { bytes, duration, rate, time } from '../i18n/format.ts';
import { useText } from '../i18n/text.tsx';
import { migrationTone, useWords } from '../i18n/words.ts';
import { Icon } from '../ui/icon.tsx';
import { Meter, State } from '../ui/state.tsx';
import style from './task-log.module.css';

const shown = 30;
const kept = 'ferry-log-open';

/** What goes on and what has ended lately, always in sight; folded it is one line. */
export function TaskLog(): ReactNode {
  const { say } = useText();
  const [isOpen, setOpen] = useState(() => localStorage.getItem(kept) !== 'no');
  const open = useOpenMigrations().data ?? [];
  const recent = useMigrations({ limit: String(shown) }).data ?? [];
  const moving = open.filter(isMoving);
  // Those that go on are told with how far they are; the list of the others is read when something changes.
  const fresh = new Map(open.map((one) => [one.id, one]));
  const rows = recent.map((one) => fresh.get(one.id) ?? one);
  const fold = (): void => {
    localStorage.setItem(kept, isOpen ? 'no' : 'yes');
    setOpen(!isOpen);
  };
  return (
    <section className={style['log']} aria-label={say('log.title')}>
      <button type="button" className={style['head']} aria-expanded={isOpen} onClick={fold}>
        <span className={style['arrow']} data-open={isOpen}>
          <Icon name="chevron" size={12} />
        </span>
        <span className={style['title']}>{say('log.title')}</span>
        <span className={style['count']} role="status">
          {moving.length === 0 ? say('log.quiet') : say('log.running', { count: moving.length })}
        </span>
      </button>
      {isOpen ? (
        <div className={style['rows']} tabIndex={0} role="group" aria-label={say('log.title')}>
          {rows.length === 0 ? <p className={style['none']}>{say('log.none')}</p> : null}
          {rows.map((one) => (
            <Task key={one.id} migration={one} />
          ))}
        </div>
      ) : null}
    </section>
  );
}

function Task({ migration }: { readonly migration: MigrationBody }): ReactNode {
  const { say, language } = useText();
  const words = useWords();
  const { progress, result, error } = migration;
  const part = progress === null || progress.totalBytes === 0 ? 0 : progress.doneBytes / progress.totalBytes;
  const isOn = isMoving(migration);
  return (
    <div className={style['row']}>
      <time dateTime={migration.createdAt}>{time(migration.createdAt, language)}</time>
      <Link href={`/migrations/${migration.id}`} className={style['name']}>
        {migration.instanceName}
      </Link>
      <span className={style['way']}>
        <span>{migration.sourceHost}</span>
        <Icon name="arrow" size={12} />
        <span>{migration.targetHost}</span>
      </span>
      <State tone={migrationTone(migration)}>{words.migrationStatus(migration.status)}</State>
      {isOn ? (
        <Meter value={part} tone="moving" label={say('log.part', { percent: Math.floor(part * 100) })} />
      ) : (
        <span className={style['figure']}>{result === null ? '' : duration(result.elapsedMs)}</span>
      )}
      <span className={style['what']}>
        {isOn && progress !== null
          ? `${bytes(progress.remainingBytes)} · ${rate(progress.rateBytesPerSecond)}`
          : (error?.message ?? migration.phase)}
      </span>
    </div>
  );
}
