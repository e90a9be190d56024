import type { DiagnosisBody, HostBody } from '@ferry/api';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { Refusal } from '../acts/refusal.tsx';
import { ferry } from '../api/ferry.ts';
import type { Problem } from '../api/request.ts';
import { queries } from '../api/queries.ts';
import { time } from '../i18n/format.ts';
import { useText } from '../i18n/text.tsx';
import { Button } from '../ui/button.tsx';
import { Empty, Panel } from '../ui/page.tsx';
import { DoctorFindings } from './doctor-findings.tsx';
import { WayMatrix, type Way } from './way-matrix.tsx';

/** What the checks of the fleet found last, and a word to run them again. They start a shell on each host: nobody's page does it by itself. */
export function Doctor({ hosts }: { readonly hosts: readonly HostBody[] }): ReactNode {
  const { say, language } = useText();
  const [way, setWay] = useState<Way | null>(null);
  const { data } = useQuery<DiagnosisBody | null>({
    queryKey: ['doctor'],
    queryFn: () => queries.getQueryData<DiagnosisBody>(['doctor']) ?? null,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const asking = useMutation<DiagnosisBody, Problem>({
    mutationFn: () => ferry.doctor([]),
    onSuccess: (found) => {
      queries.setQueryData(['doctor'], found);
      setWay(null);
    },
  });
  const found = data ?? null;
  const beside = (
    <Button
      look={found === null ? 'primary' : 'plain'}
      disabled={asking.isPending || hosts.length === 0}
      onClick={() => asking.mutate()}
    >
      {say('doctor.ask')}
    </Button>
  );
  if (found === null)
    return (
      <Panel title={say('doctor.title')} beside={beside}>
        <Refusal problem={asking.error} />
        <Empty>{asking.isPending ? say('doctor.running') : say('doctor.none')}</Empty>
      </Panel>
    );
  const findings = [
    ...found.hosts.flatMap((one) => one.findings),
    ...found.pairs.flatMap((one) => one.findings),
  ];
  const ofWay = found.pairs.find(({ fromId, toId }) => fromId === way?.fromId && toId === way.toId);
  return (
    <>
      <Panel
        title={`${say('doctor.ways')} · ${say('doctor.took', { at: time(found.at, language) })}`}
        beside={beside}
      >
        <Refusal problem={asking.error} />
        <WayMatrix diagnosis={found} chosen={way} onChoose={setWay} />
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
