import type { ForecastReportBody, InstanceBody } from '@ferry/api';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { Refusal } from '../../acts/refusal.tsx';
import { ferry } from '../../api/ferry.ts';
import type { Problem } from '../../api/request.ts';
import { queries, useHosts, useMay } from '../../api/queries.ts';
import { bytes, duration, rate } from '../../i18n/format.ts';
import { type Say, useText } from '../../i18n/text.tsx';
import { Button } from '../../ui/button.tsx';
import { SelectField } from '../../ui/field.tsx';
import { HoursChart } from '../../ui/chart.tsx';
import { Facts, Panel } from '../../ui/page.tsx';
import style from './forecast.module.css';

/** What would become of moving it live, measured now, and how busy its memory is by the hour. */
export function ForecastOfInstance({ instance }: { readonly instance: InstanceBody }): ReactNode {
  const { say } = useText();
  const { data } = useQuery({
    queryKey: ['memory-profile', instance.id],
    queryFn: () => ferry.memoryProfile(instance.id),
  });
  const hours = Array.from(
    { length: 24 },
    (_, hour) => data?.hours.find((one) => one.hour === hour)?.bytesPerSecond ?? null,
  );
  return (
    <Panel title={say('forecast.title')}>
      {useMay('operator') ? <Measured instance={instance} /> : null}
      <h3 className={style['busy']}>{say('forecast.busy')}</h3>
      <HoursChart
        title={say('forecast.busy')}
        hours={hours}
        most={null}
        words={(hour, value) => say('forecast.busyAt', { hour, rate: rate(value) })}
        none={say('forecast.busyNone')}
      />
    </Panel>
  );
}

function Measured({ instance }: { readonly instance: InstanceBody }): ReactNode {
  const { say } = useText();
  const others = (useHosts().data ?? []).filter(({ id }) => id !== instance.hostId);
  const [host, setHost] = useState('');
  const asking = useMutation<ForecastReportBody, Problem>({
    mutationFn: () =>
      ferry.forecast(instance.id, { kind: 'live-migration', ...(host === '' ? {} : { host }) }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['memory-profile', instance.id] }),
  });
  return (
    <>
      <div className={style['ask']}>
        <SelectField
          label={say('move.target')}
          hint={say('forecast.asks')}
          value={host}
          onChange={setHost}
          options={[
            { value: '', label: say('forecast.anyHost') },
            ...others.map(({ name }) => ({ value: name, label: name })),
          ]}
        />
        <Button disabled={asking.isPending} onClick={() => asking.mutate()}>
          {say(asking.isPending ? 'forecast.measuring' : 'forecast.act')}
        </Button>
      </div>
      <Refusal problem={asking.error} />
      {asking.data === undefined ? null : <Report report={asking.data} />}
    </>
  );
}

function Report({
  report: { summary, sourceHost, targetHost, forecast },
}: {
  readonly report: ForecastReportBody;
}): ReactNode {
  const { say } = useText();
  const { likelihood, neededBytesPerSecond, means } = forecast;
  const span = (
    { p10, p50, p90 }: ForecastReportBody['forecast']['totalMs'],
    unit: (value: number) => string,
  ): string => {
    if (p10 !== null && p90 !== null) return `${unit(p10)} – ${unit(p90)}`;
    return p50 === null ? say('forecast.unknown') : unit(p50);
  };
  return (
    <div aria-live="polite">
      <p className={style['summary']}>{summary}</p>
      <Facts
        facts={[
          [say('column.way'), `${sourceHost} → ${targetHost}`],
          [say('forecast.verdict'), verdictWords(forecast.verdict, say)],
          likelihood === null ? null : [say('forecast.likelihood'), `${Math.round(likelihood * 100)} %`],
          [say('forecast.total'), span(forecast.totalMs, duration)],
          [say('forecast.pause'), span(forecast.downtimeMs, duration)],
          [say('forecast.bytes'), span(forecast.bytes, bytes)],
          neededBytesPerSecond === null ? null : [say('forecast.needs'), rate(neededBytesPerSecond)],
          means.length === 0
            ? null
            : [
                say('forecast.means'),
                means.map((one) => (
                  <p key={one.means}>
                    {one.means}: {helpWord(one.helps, say)}. {one.because}
                  </p>
                )),
              ],
        ]}
      />
    </div>
  );
}

function helpWord(helps: boolean | null, say: Say): string {
  if (helps === null) return say('forecast.unknown');
  return say(helps ? 'forecast.helps' : 'forecast.useless');
}

function verdictWords(verdict: ForecastReportBody['forecast']['verdict'], say: Say): string {
  switch (verdict.kind) {
    case 'converges':
      return say('forecast.ends');
    case 'stalls':
      return say('forecast.stalls', { bytes: bytes(verdict.atBytes) });
    case 'cannot':
      return say('forecast.cannot', { because: verdict.because });
    case 'not-known':
      return say('forecast.notKnown', { because: verdict.because.join('; ') });
    default:
      return verdict satisfies never;
  }
}
