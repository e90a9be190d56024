import type { CheckReportBody } from '@ferry/api';
import type { ReactNode } from 'react';
import { bytes, duration } from '../i18n/format.ts';
import { useText } from '../i18n/text.tsx';
import { Facts } from '../ui/page.tsx';
import { State } from '../ui/state.tsx';
import type { TargetVerdict } from './checks.ts';
import { Findings } from './findings.tsx';
import style from './move-report.module.css';

/** What a check says of one target: the verdict, how it would go, how long it would take, and all that was found. */
export function MoveReport({
  verdict,
  from,
  to,
}: {
  readonly verdict: TargetVerdict;
  readonly from: string;
  readonly to: string;
}): ReactNode {
  const { say } = useText();
  const report = verdict.kind === 'possible' || verdict.kind === 'refused' ? verdict.report : null;
  return (
    <div className={style['report']} aria-live="polite">
      <p className={style['verdict']}>
        <strong>
          {from} → {to}
        </strong>
        {verdict.kind === 'possible' ? <State tone="good">{say('target.possible')}</State> : null}
        {verdict.kind === 'refused' ? <State tone="bad">{say('target.refused')}</State> : null}
        {verdict.kind === 'asking' || verdict.kind === 'not-asked' ? (
          <State tone="moving">{say('target.asking')}</State>
        ) : null}
      </p>
      {verdict.kind === 'refused' && report === null ? <p>{verdict.because}</p> : null}
      {report === null ? null : (
        <>
          <Plan report={report} />
          <Findings findings={report.findings} />
        </>
      )}
    </div>
  );
}

function Plan({
  report: { plan, forecast, forecastSummary },
}: {
  readonly report: CheckReportBody;
}): ReactNode {
  const { say } = useText();
  const copied = plan?.disks.filter(({ action }) => action === 'copy') ?? [];
  const kept = plan?.disks.filter(({ action }) => action === 'keep') ?? [];
  const span = (
    { p10, p90 }: { p10: number | null; p90: number | null },
    unit: (value: number) => string,
  ): string => (p10 === null || p90 === null ? say('forecast.unknown') : `${unit(p10)} – ${unit(p90)}`);
  return (
    <div className={style['plan']}>
      <Facts
        facts={[
          plan === null
            ? null
            : [
                say('plan.disks'),
                copied.length === 0
                  ? say('plan.noCopy', { count: kept.length })
                  : say('plan.copy', {
                      disks: copied.map(({ target }) => target).join(', '),
                      bytes: bytes(plan.copyBytes),
                    }),
              ],
          ...(forecast === null || forecast.verdict.kind === 'not-known'
            ? []
            : ([
                [say('forecast.total'), span(forecast.totalMs, duration)],
                [say('forecast.pause'), span(forecast.downtimeMs, duration)],
                [say('forecast.bytes'), span(forecast.bytes, bytes)],
              ] as const)),
          forecastSummary === null ? null : [say('forecast.title'), forecastSummary],
        ]}
      />
    </div>
  );
}
