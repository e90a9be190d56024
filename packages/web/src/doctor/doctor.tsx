import type { DiagnosisBody, HostBody } from '@ferry/api';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { Refusal } from '../acts/refusal.tsx';
import { ferry } from '../api/ferry.ts';
import type { Problem } from '../api/request.ts';
import { queries, useMay } from '../api/queries.ts';
import { time } from '../i18n/format.ts';
import { useText } from '../i18n/text.tsx';
import { Button } from '../ui/button.tsx';
import { Empty, Notice, Panel } from '../ui/page.tsx';
import { DoctorFindings } from './doctor-findings.tsx';
import { FixFindings } from './fix-findings.tsx';
import { WayMatrix, type Way } from './way-matrix.tsx';

/** The controller looks by itself, and nothing tells when it has. */
const lookMs = 60_000;

/**
 * What the checks of the fleet found last, whoever had them run, a word to run them again, and another to have mended what can
 * be. Both start a shell on each host: nobody's page does it by itself.
 */
export function Doctor({ hosts }: { readonly hosts: readonly HostBody[] }): ReactNode {
  const { say, language } = useText();
  const mayFix = useMay('admin');
  const [way, setWay] = useState<Way | null>(null);
  const { data, error } = useQuery({
    queryKey: ['doctor'],
    queryFn: ferry.keptDiagnosis,
    refetchInterval: lookMs,
  });
  const asking = useMutation<DiagnosisBody, Problem>({
    mutationFn: () => ferry.doctor([]),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['doctor'] });
      setWay(null);
    },
  });
  if (data === undefined) return error === null ? null : <Notice tone="bad">{error.message}</Notice>;
  const { at } = data;
  const beside = (
    <span>
      {mayFix ? <FixFindings because={at === null ? say('doctor.notYet') : null} /> : null}{' '}
      <Button
        look={at === null ? 'primary' : 'plain'}
        disabled={asking.isPending || hosts.length === 0}
        onClick={() => asking.mutate()}
      >
        {say('doctor.ask')}
      </Button>
    </span>
  );
  if (at === null)
    return (
      <Panel title={say('doctor.title')} beside={beside}>
        <Refusal problem={asking.error} />
        <Empty>{asking.isPending ? say('doctor.running') : say('doctor.none')}</Empty>
      </Panel>
    );
  const findings = [...data.hosts, ...data.pairs].flatMap((one) => one.findings);
  const ofWay = data.pairs.find(({ fromId, toId }) => fromId === way?.fromId && toId === way.toId);
  return (
    <>
      <Panel
        title={`${say('doctor.ways')} · ${say('doctor.took', { at: time(at, language) })}`}
        beside={beside}
      >
        <Refusal problem={asking.error} />
        {asking.isPending ? <Notice tone="still">{say('doctor.running')}</Notice> : null}
        <WayMatrix diagnosis={data} chosen={way} onChoose={setWay} />
      </Panel>
      <Panel
        title={ofWay === undefined ? say('doctor.all') : `${ofWay.from} → ${ofWay.to}`}
        beside={
          ofWay === undefined ? undefined : (
            <Button look="quiet" onClick={() => setWay(null)}>
              {say('doctor.all')}
            </Button>
          )
        }
      >
        <DoctorFindings findings={ofWay?.findings ?? findings} />
      </Panel>
    </>
  );
}
