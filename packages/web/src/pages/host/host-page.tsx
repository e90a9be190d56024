import type { HostDetailBody } from '@ferry/api';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { useHost, useHosts, useMay } from '../../api/queries.ts';
import { fullTime } from '../../i18n/format.ts';
import { useText } from '../../i18n/text.tsx';
import { hostTone, useWords } from '../../i18n/words.ts';
import { Columns, Empty, Notice, Page, Panel } from '../../ui/page.tsx';
import { State, Tag } from '../../ui/state.tsx';
import { BaseImages } from './base-images.tsx';
import { Domains } from './domains.tsx';
import { HostActions } from './host-actions.tsx';
import { HostDoctor } from './host-doctor.tsx';
import { HostFacts } from './host-facts.tsx';
import { HoursChart } from '../../ui/hours-chart.tsx';

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
