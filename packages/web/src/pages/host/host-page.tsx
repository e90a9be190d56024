import type { DiagnosisBody, HostDetailBody } from '@ferry/api';
import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { Refusal } from '../../acts/refusal.tsx';
import { ferry } from '../../api/ferry.ts';
import { queries, useHost, useHosts, useMay } from '../../api/queries.ts';
import type { Problem } from '../../api/request.ts';
import { DoctorFindings } from '../../doctor/doctor-findings.tsx';
import { fullTime } from '../../i18n/format.ts';
import { useText } from '../../i18n/text.tsx';
import { hostTone, useWords } from '../../i18n/words.ts';
import { Button } from '../../ui/button.tsx';
import { HoursChart } from '../../ui/chart.tsx';
import { Columns, Empty, Notice, Page, Panel } from '../../ui/page.tsx';
import { State, Tag } from '../../ui/state.tsx';
import { BaseImages } from './base-images.tsx';
import { Domains } from './domains.tsx';
import { HostActions } from './host-actions.tsx';
import { HostFacts } from './host-facts.tsx';

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

/** One host: what it has and runs, how busy it is, what is found at it, and what can be done with it. */
export function HostPage({ id }: { readonly id: string }): ReactNode {
  const { say } = useText();
  const words = useWords();
  const { data: found, error } = useHost(id);
  const [isAdmin, isOperator] = [useMay('admin'), useMay('operator')];
  const listed = useHosts().data?.find((one) => one.id === found?.host.id);
  if (found === undefined) return error === null ? null : <Empty>{error.message}</Empty>;
  const { host } = found;
  return (
    <Page
      title={host.name}
      above={<Link href="/hosts">{say('hosts.title')}</Link>}
      beside={
        <>
          <State tone={hostTone(host)}>{words.hostState(host)}</State>
          {listed?.zone === undefined ? null : <Tag>{listed.zone}</Tag>}
        </>
      }
      actions={isOperator ? <HostActions host={host} isAdmin={isAdmin} /> : undefined}
    >
      <Troubles found={found} />
      <Columns
        main={
          <>
            <Domains found={found} />
            {isOperator ? <HostDoctor host={host.name} /> : null}
            <BaseImages host={host} />
          </>
        }
        side={
          <>
            <HostFacts host={host} zone={listed?.zone ?? null} />
            <Panel title={say('host.load')}>
              <HoursChart
                title={say('host.load')}
                hours={host.load?.hours ?? null}
                most={host.facts?.cpus ?? null}
                words={(hour, cpus) => say('host.loadAt', { hour, cpus: Number(cpus.toFixed(2)) })}
                none={say('host.loadNone')}
              />
            </Panel>
          </>
        }
      />
    </Page>
  );
}

/** What is to be known of it before anything else. */
function Troubles({ found: { host, problem } }: { readonly found: HostDetailBody }): ReactNode {
  const { say, language } = useText();
  const { service, maintenance, fence } = host;
  const isDown = service.state === 'down';
  return (
    <>
      {service.reason === '' || !(isDown || service.status === 'disabled') ? null : (
        <Notice tone={isDown ? 'bad' : 'warn'}>{service.reason}</Notice>
      )}
      {maintenance === null ? null : (
        <Notice tone="warn">
          {say('host.since', {
            at: fullTime(maintenance.since, language),
            by: maintenance.by,
            reason: maintenance.reason,
          })}
        </Notice>
      )}
      {fence === null ? null : (
        <Notice tone="warn">{say('host.fenced', { at: fullTime(fence.at, language), by: fence.by })}</Notice>
      )}
      {problem === null || isDown ? null : (
        <Notice tone="bad" title={say('host.silent')}>
          {problem}
        </Notice>
      )}
    </>
  );
}
