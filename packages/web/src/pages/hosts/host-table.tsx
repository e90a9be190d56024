import type { HostBody } from '@ferry/api';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { bytes, fullTime, time, version } from '../../i18n/format.ts';
import { useText } from '../../i18n/text.tsx';
import { hostTone, useWords } from '../../i18n/words.ts';
import { Meter, State, Tags } from '../../ui/state.tsx';
import { Table } from '../../ui/table.tsx';
import { When } from '../../ui/when.tsx';
import style from './host-table.module.css';

/** Labels as words: `rack=a3`. */
export function labelWords(labels: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(labels).map(([name, value]) => (value === '' ? name : `${name}=${value}`));
}

/** The same read from lines: what stands behind the first sign of equality is the value. */
export function labelsOf(lines: string): Record<string, string> {
  const named = lines
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line): [string, string] => {
      const [name = '', ...rest] = line.split('=');
      return [name.trim(), rest.join('=').trim()];
    });
  return Object.fromEntries(named);
}

/** Hosts as rows: how they are, what they have and what of it is taken, which versions they run. */
export function HostTable({ hosts }: { readonly hosts: readonly HostBody[] }): ReactNode {
  const { say, language } = useText();
  const words = useWords();
  return (
    <Table
      label={say('hosts.title')}
      rows={hosts}
      keyOf={({ id }) => id}
      columns={[
        { head: say('column.name'), cell: ({ id, name }) => <Link href={`/hosts/${id}`}>{name}</Link> },
        {
          head: say('column.state'),
          cell: (host) => <State tone={hostTone(host)}>{words.hostState(host)}</State>,
        },
        { head: say('hosts.zone'), cell: ({ zone }) => zone ?? '' },
        {
          head: say('column.instances'),
          isNumber: true,
          cell: ({ recorded }) => recorded?.instances ?? 0,
        },
        { head: say('column.memory'), cell: (host) => <HostMemory host={host} /> },
        { head: say('hosts.load'), cell: (host) => <HostLoad host={host} /> },
        {
          head: say('hosts.versions'),
          cell: ({ facts }) =>
            facts === null ? (
              ''
            ) : (
              <code>
                {version(facts.hypervisorVersion)} · {version(facts.libvirtVersion)}
              </code>
            ),
        },
        {
          head: say('host.labels'),
          cell: ({ labels }) => <Tags words={labelWords(labels)} />,
        },
        {
          head: say('host.seen'),
          cell: ({ service: { lastSeenAt: at } }) =>
            at === null ? '' : <When iso={at} short={time(at, language)} full={fullTime(at, language)} />,
        },
        {
          head: say('reason.label'),
          cell: ({ service, maintenance }) => maintenance?.reason ?? service.reason,
        },
      ]}
    />
  );
}

function HostMemory({ host: { facts } }: { readonly host: HostBody }): ReactNode {
  const { say } = useText();
  if (facts === null) return null;
  const used = facts.memoryBytes - facts.memoryAvailableBytes;
  const words = say('host.memory', { used: bytes(used), total: bytes(facts.memoryBytes) });
  return <Measured value={used / Math.max(1, facts.memoryBytes)} words={words} />;
}

function HostLoad({ host: { facts, load } }: { readonly host: HostBody }): ReactNode {
  const { say } = useText();
  if (facts === null || load === null) return null;
  const words = say('host.cpusUsed', { used: Number(load.cpus.toFixed(1)), all: facts.cpus });
  const short = `${Number(load.cpus.toFixed(1))} / ${facts.cpus}`;
  return <Measured value={load.cpus / Math.max(1, facts.cpus)} words={words} short={short} />;
}

function Measured({
  value,
  words,
  short = words,
}: {
  readonly value: number;
  readonly words: string;
  readonly short?: string;
}): ReactNode {
  return (
    <span className={style['measured']}>
      <Meter value={value} label={words} />
      <span>{short}</span>
    </span>
  );
}
