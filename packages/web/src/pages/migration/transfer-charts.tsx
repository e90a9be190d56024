import type { MigrationBody } from '@ferry/api';
import type { ReactNode } from 'react';
import { bytes, rate } from '../../i18n/format.ts';
import { useText } from '../../i18n/text.tsx';
import { Chart, type Point } from '../../ui/chart.tsx';
import { Panel } from '../../ui/page.tsx';
import style from './transfer-charts.module.css';

/** One look at a transfer. */
interface Look {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly progress: NonNullable<MigrationBody['progress']>;
}

/** Something that was said or decided while it went on. */
interface Mark {
  readonly at: number;
  readonly kind: 'event' | 'decision';
  readonly text: string;
}

/** What a migration showed, as its recording tells. */
interface Recorded {
  readonly looks: readonly Look[];
  readonly marks: readonly Mark[];
  /** Its transfer's end is in it. What is written last may come a moment after the migration is over. */
  readonly isWhole: boolean;
}

interface Line {
  readonly at?: string;
  readonly kind: string;
  readonly message?: string;
  readonly sample?: { readonly progress: Look['progress'] | null };
  readonly decision?: { readonly kind: string; readonly why?: string };
}

/** Reads a recording, a line of JSON each. A line that cannot be read hides no other: the last may still be written. */
export function readRecorded(text: string): Recorded {
  const looks: Look[] = [];
  const marks: Mark[] = [];
  let isWhole = false;
  for (const one of text.split('\n')) {
    const line = lineOf(one);
    const at = Date.parse(line?.at ?? '');
    if (line === null || Number.isNaN(at)) continue;
    if (line.kind === 'sample' && line.sample?.progress) looks.push({ at, progress: line.sample.progress });
    if (line.kind === 'ended') isWhole = true;
    if (line.kind === 'event') marks.push({ at, kind: 'event', text: line.message ?? '' });
    if (line.kind === 'decision' && line.decision !== undefined) {
      const { kind, why } = line.decision;
      marks.push({ at, kind: 'decision', text: why === undefined ? kind : `${kind} (${why})` });
    }
  }
  return { looks, isWhole, marks: marks.toSorted((one, other) => one.at - other.at) };
}

function lineOf(text: string): Line | null {
  if (text.trim() === '') return null;
  try {
    return JSON.parse(text) as Line;
  } catch {
    return null;
  }
}

/** What the transfer showed over time, on one axis: decisions stand at their moment in each. */
export function TransferCharts({ recorded: { looks, marks } }: { readonly recorded: Recorded }): ReactNode {
  const { say } = useText();
  const from = looks[0]?.at ?? 0;
  const to = looks.at(-1)?.at ?? 1;
  const decided = marks.filter(({ kind, at }) => kind === 'decision' && at >= from && at <= to);
  const points = (value: (progress: Look['progress']) => number | null | undefined): Point[] =>
    looks.flatMap(({ at, progress }) => {
      const found = value(progress);
      return found === null || found === undefined ? [] : [{ at, value: found }];
    });
  const common = { from, to, marks: decided, none: say('chart.none') };
  return (
    <Panel
      title={say('chart.title')}
      beside={decided.length === 0 ? null : <span className={style['note']}>{say('chart.decisions')}</span>}
    >
      <div className={style['charts']}>
        <Chart
          {...common}
          title={say('chart.remaining')}
          format={bytes}
          points={points((one) => one.remainingBytes)}
        />
        <Chart
          {...common}
          title={say('chart.rate')}
          format={rate}
          points={points((one) => one.rateBytesPerSecond)}
        />
        <Chart
          {...common}
          title={say('chart.dirty')}
          format={rate}
          points={points((one) => one.dirtyBytesPerSecond)}
        />
        <Chart
          {...common}
          title={say('chart.throttle')}
          format={(value) => `${Math.round(value)} %`}
          points={points((one) => one.throttlePercent)}
        />
      </div>
    </Panel>
  );
}
