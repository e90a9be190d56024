import type { DiagnosisBody } from '@ferry/api';
import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Refusal } from '../../acts/refusal.tsx';
import { ferry } from '../../api/ferry.ts';
import type { Problem } from '../../api/problem.ts';
import { queries } from '../../api/queries.ts';
import { DoctorFindings } from '../../doctor/doctor-findings.tsx';
import { useText } from '../../i18n/text.tsx';
import { Button } from '../../ui/button.tsx';
import { Empty, Panel } from '../../ui/page.tsx';

/** What is found at one host: now, or when the whole fleet was checked last. */
export function HostDoctor({ host }: { readonly host: string }): ReactNode {
  const { say } = useText();
  const asking = useMutation<DiagnosisBody, Problem>({ mutationFn: () => ferry.doctor([host]) });
  const found = asking.data ?? queries.getQueryData<DiagnosisBody>(['doctor']);
  const findings = [
    ...(found?.hosts ?? []).filter((one) => one.host === host).flatMap((one) => one.findings),
    ...(found?.pairs ?? [])
      .filter(({ from, to }) => from === host || to === host)
      .flatMap((one) => one.findings),
  ];
  return (
    <Panel
      title={say('doctor.title')}
      beside={
        <Button look="quiet" disabled={asking.isPending} onClick={() => asking.mutate()}>
          {say('doctor.ask')}
        </Button>
      }
    >
      <Refusal problem={asking.error} />
      {findings.length === 0 ? (
        <Empty>{asking.isPending ? say('doctor.running') : say('doctor.none')}</Empty>
      ) : (
        <DoctorFindings findings={findings} />
      )}
    </Panel>
  );
}
