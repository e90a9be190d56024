import type { HostBody } from '@ferry/api';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { groupsOfHost, useMay } from '../../api/queries.ts';
import { bytes, fullTime, time, version } from '../../i18n/format.ts';
import { useText } from '../../i18n/text.tsx';
import { CopyId } from '../../ui/copy-id.tsx';
import { Facts, Panel } from '../../ui/page.tsx';
import { Tags } from '../../ui/state.tsx';
import { When } from '../../ui/when.tsx';
import { labelWords } from '../hosts/host-table.tsx';

/** What a host is, what it has, and how it is reached. */
export function HostFacts({
  host,
  zone,
}: {
  readonly host: HostBody;
  readonly zone: string | null;
}): ReactNode {
  const { say, language } = useText();
  const { facts, load, service, labels } = host;
  const isAdmin = useMay('admin');
  const groups = useQuery({
    queryKey: ['groups', host.name],
    queryFn: () => groupsOfHost(host.name),
    enabled: isAdmin,
  });
  const tags = labelWords(labels);
  const seen = service.lastSeenAt;
  const used = facts === null ? 0 : facts.memoryBytes - facts.memoryAvailableBytes;
  return (
    <Panel title={say('host.facts')}>
      <Facts
        facts={[
          zone === null ? null : [say('host.zone'), zone],
          groups.data === undefined || groups.data.length === 0
            ? null
            : [say('host.groups'), groups.data.join(', ')],
          tags.length === 0 ? null : [say('host.labels'), <Tags words={tags} />],
          ...(facts === null
            ? []
            : ([
                [
                  say('column.memory'),
                  say('host.memory', { used: bytes(used), total: bytes(facts.memoryBytes) }),
                ],
                [
                  say('host.cpus'),
                  load === null
                    ? facts.cpus
                    : say('host.cpusUsed', { used: Number(load.cpus.toFixed(1)), all: facts.cpus }),
                ],
                [say('host.cpuModel'), facts.cpuModel],
                [say('host.arch'), facts.arch],
                [say('host.qemu'), <code>{version(facts.hypervisorVersion)}</code>],
                [say('host.libvirt'), <code>{version(facts.libvirtVersion)}</code>],
                [
                  say('host.networks'),
                  facts.networks.map(({ name, active }) => (active ? name : `(${name})`)).join(', '),
                ],
              ] as const)),
          [say('host.uri'), <code>{host.uri}</code>],
          host.peerUri === host.uri ? null : [say('host.peerUri'), <code>{host.peerUri}</code>],
          host.allowedDirectories.length === 0
            ? null
            : [say('host.directories'), <code>{host.allowedDirectories.join(' ')}</code>],
          seen === null
            ? null
            : [
                say('host.seen'),
                <When iso={seen} short={time(seen, language)} full={fullTime(seen, language)} />,
              ],
          [say('id'), <CopyId id={host.id} label={say('copy')} />],
        ]}
      />
    </Panel>
  );
}
