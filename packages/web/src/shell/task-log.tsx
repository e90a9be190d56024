import type { MigrationBody, PlanBody } from '@ferry/api';
import { Fragment, type ReactNode, useState } from 'react';
import { Link } from 'wouter';
import { isMoving, useMigrations, useOpenMigrations, usePlans } from '../api/queries.ts';
import { bytes, duration, rate, time } from '../i18n/format.ts';
import { migrationTone, planTone, usePlanWords, useWords } from '../i18n/words.ts';
import { useText } from '../i18n/text.tsx';
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
  const plans = (usePlans().data ?? []).filter(({ state }) => state !== 'made');
  const rows = [
    ...recent.map((one) => ({
      at: one.createdAt,
      key: one.id,
      row: <Task migration={fresh.get(one.id) ?? one} />,
    })),
    ...plans.map((plan) => ({ at: plan.createdAt, key: plan.id, row: <PlanTask plan={plan} /> })),
  ]
    .toSorted((one, other) => other.at.localeCompare(one.at))
    .slice(0, shown);
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
          {rows.map(({ key, row }) => (
            <Fragment key={key}>{row}</Fragment>
          ))}
        </div>
      ) : null}
    </section>
  );
}

function Task({ migration }: { readonly migration: MigrationBody }): ReactNode {
  const { say, language, read } = useText();
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
          : (error?.message ?? read(migration.phase))}
      </span>
    </div>
  );
}

/** A plan that was applied, with how many of its steps are done. */
function PlanTask({ plan }: { readonly plan: PlanBody }): ReactNode {
  const { say, language } = useText();
  const words = usePlanWords();
  const all = Object.values(plan.steps).reduce((sum, count) => sum + count, 0);
  const done = plan.steps['done'] ?? 0;
  const at = plan.createdAt;
  const told = say('log.steps', { done, all });
  return (
    <div className={style['row']}>
      <time dateTime={at}>{time(at, language)}</time>
      <Link href={`/plans/${plan.id}`} className={style['name']}>
        {words.goal(plan.goal)}
      </Link>
      <span className={style['way']}>{told}</span>
      <State tone={planTone(plan.state)}>{words.planState(plan.state)}</State>
      {plan.state === 'running' ? (
        <Meter value={done / Math.max(1, all)} tone="moving" label={told} />
      ) : (
        <span className={style['figure']} />
      )}
      <span className={style['what']}>{plan.reason ?? plan.problems.join('; ')}</span>
    </div>
  );
}
