import type { MigrationBody, MigrationStepBody } from '@ferry/api';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { ferry } from '../../api/ferry.ts';
import { isMoving, useMigration } from '../../api/queries.ts';
import type { MessageKey } from '../../i18n/en.ts';
import { bytes, duration, fullTime, rate, time } from '../../i18n/format.ts';
import { useText } from '../../i18n/text.tsx';
import { migrationTone, useWords } from '../../i18n/words.ts';
import { Findings } from '../../move/findings.tsx';
import { CopyId } from '../../ui/copy-id.tsx';
import { Empty, Facts, Notice, Page, Panel } from '../../ui/page.tsx';
import { Meter, State } from '../../ui/state.tsx';
import { When } from '../../ui/when.tsx';
import { ForecastPanel } from './forecast-panel.tsx';
import { MigrationActions } from './migration-actions.tsx';
import style from './migration-page.module.css';
import timelineStyle from './timeline.module.css';
import { Screens } from './screens.tsx';
import { readRecorded, TransferCharts } from './transfer-charts.tsx';

const stepWords = {
  'to-come': 'step.toCome',
  running: 'step.running',
  waiting: 'step.waiting',
  done: 'step.done',
  failed: 'step.failed',
  undoing: 'step.undoing',
  undone: 'step.undone',
} as const satisfies Record<MigrationStepBody['state'], MessageKey>;

/** Its steps one after the other, each with how long it took. */
export function Timeline({ steps }: { readonly steps: readonly MigrationStepBody[] }): ReactNode {
  const { say } = useText();
  return (
    <Panel title={say('step.title')}>
      {steps.length === 0 ? <Empty>{say('step.none')}</Empty> : null}
      <ol className={timelineStyle['steps']}>
        {steps.map((step) => (
          <li key={step.name} data-state={step.state}>
            <span className={timelineStyle['dot']} aria-hidden="true" />
            <span className={timelineStyle['name']}>{step.name}</span>
            <span className={timelineStyle['state']}>
              {step.state === 'done' && step.startedAt !== null && step.endedAt !== null
                ? duration(Date.parse(step.endedAt) - Date.parse(step.startedAt))
                : say(stepWords[step.state])}
            </span>
          </li>
        ))}
      </ol>
    </Panel>
  );
}

/** How often the recording is read while it grows. */
const lookMs = 2_000;
/** So long after the end what was seen last may still be written down. */
const lateMs = 20_000;

/** One migration: where it stands, how it went, and what can be done to it. */
export function MigrationPage({ id }: { readonly id: string }): ReactNode {
  const { say, language, read } = useText();
  const words = useWords();
  const { data: migration, error } = useMigration(id);
  const isOn = migration !== undefined && isMoving(migration);
  const recording = useQuery({
    queryKey: ['recording', id, isOn],
    queryFn: async () => readRecorded(await ferry.recording(id)),
    refetchInterval: ({ state }) =>
      isOn || (state.data?.isWhole === false && endedLately(migration)) ? lookMs : false,
  });
  if (migration === undefined) return error === null ? null : <Empty>{error.message}</Empty>;
  const recorded = recording.data ?? { looks: [], marks: [], isWhole: false };
  return (
    <Page
      title={migration.instanceName}
      above={<Link href="/migrations">{say('migrations.title')}</Link>}
      beside={
        <>
          <State tone={migrationTone(migration)}>{words.migrationStatus(migration.status)}</State>
          <span className={style['way']}>
            {migration.sourceHost} → {migration.targetHost}
          </span>
        </>
      }
      actions={<MigrationActions migration={migration} />}
    >
      {migration.error === null ? null : (
        <Notice tone="bad" title={migration.error.message}>
          {migration.error.remedy}
        </Notice>
      )}
      <Progress migration={migration} />
      <div className={style['columns']}>
        <div className={style['column']}>
          <TransferCharts recorded={recorded} />
          <Screens migration={migration} />
          <Panel title={say('migration.said')}>
            {recorded.marks.length === 0 ? <Empty>{say('migration.silent')}</Empty> : null}
            <ol className={style['said']}>
              {recorded.marks.map((mark, index) => (
                <li key={`${mark.at}-${index}`} data-kind={mark.kind}>
                  <time dateTime={new Date(mark.at).toISOString()}>
                    {time(new Date(mark.at).toISOString(), language)}
                  </time>
                  <span>{read(mark.text)}</span>
                </li>
              ))}
            </ol>
          </Panel>
        </div>
        <div className={style['column']}>
          <Timeline steps={migration.steps ?? []} />
          <ForecastPanel migration={migration} />
          <Panel title={say('migration.facts')}>
            <Facts
              facts={[
                [
                  say('column.instance'),
                  <Link href={`/instances/${migration.instanceId}`}>{migration.instanceName}</Link>,
                ],
                [say('column.kind'), words.migrationKind(migration.kind)],
                [
                  say('column.begun'),
                  <When
                    iso={migration.createdAt}
                    short={time(migration.createdAt, language)}
                    full={fullTime(migration.createdAt, language)}
                  />,
                ],
                migration.finishedAt === null
                  ? null
                  : [
                      say('migration.ended'),
                      <When
                        iso={migration.finishedAt}
                        short={time(migration.finishedAt, language)}
                        full={fullTime(migration.finishedAt, language)}
                      />,
                    ],
                migration.result === null ? null : [say('column.took'), duration(migration.result.elapsedMs)],
                (migration.result?.downtimeMs ?? null) === null
                  ? null
                  : [say('column.pause'), duration(migration.result?.downtimeMs ?? 0)],
                (migration.result?.guestSeenAlive ?? null) === null
                  ? null
                  : [say('migration.alive'), migration.result?.guestSeenAlive],
                [say('id'), <CopyId id={migration.id} label={say('copy')} />],
              ]}
            />
          </Panel>
          <Panel title={say('migration.checks')}>
            <div className={style['findings']}>
              <Findings findings={migration.findings} />
            </div>
          </Panel>
        </div>
      </div>
    </Page>
  );
}

function endedLately(migration: MigrationBody | undefined): boolean {
  return Date.now() - Date.parse(migration?.finishedAt ?? '') < lateMs;
}

function Progress({ migration }: { readonly migration: MigrationBody }): ReactNode {
  const { say, read } = useText();
  const { progress, phase, plan, result } = migration;
  const isOn = isMoving(migration);
  const part = progress === null || progress.totalBytes === 0 ? 0 : progress.doneBytes / progress.totalBytes;
  const copied = plan?.disks.filter(({ action }) => action === 'copy') ?? [];
  return (
    <section className={style['progress']} aria-label={say('migration.progress')}>
      <p className={style['phase']} aria-live="polite">
        {read(phase)}
      </p>
      {isOn ? (
        <Meter value={part} tone="moving" label={say('log.part', { percent: Math.floor(part * 100) })} />
      ) : null}
      <dl className={style['figures']}>
        {progress === null && result === null ? null : (
          <>
            <Figure
              name={say('migration.memory')}
              value={bytes(result?.memoryBytes ?? progress?.memoryBytes ?? 0)}
            />
            <Figure
              name={say('migration.disk')}
              value={bytes(result?.diskBytes ?? progress?.diskBytes ?? 0)}
            />
          </>
        )}
        {progress === null || !isOn ? null : (
          <>
            <Figure name={say('chart.remaining')} value={bytes(progress.remainingBytes)} />
            <Figure name={say('chart.rate')} value={rate(progress.rateBytesPerSecond)} />
            <Figure name={say('migration.pass')} value={String(progress.iteration)} />
          </>
        )}
        <Figure
          name={say('plan.copied')}
          value={copied.length === 0 ? say('plan.stay') : copied.map(({ target }) => target).join(', ')}
        />
      </dl>
    </section>
  );
}

function Figure({ name, value }: { readonly name: string; readonly value: string }): ReactNode {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
