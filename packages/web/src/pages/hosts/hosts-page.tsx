import type { AddHostBody, HostBody, HostDetailBody } from '@ferry/api';
import { type ReactNode, useState } from 'react';
import { Link, useLocation, useSearch } from 'wouter';
import { ActDialog } from '../../acts/act-dialog.tsx';
import type { Filled } from '../../acts/asked.ts';
import { ferry } from '../../api/ferry.ts';
import { useHosts, useMay } from '../../api/queries.ts';
import { Commands } from '../../doctor/doctor-findings.tsx';
import { Doctor } from '../../doctor/doctor.tsx';
import { useText } from '../../i18n/text.tsx';
import { Button } from '../../ui/button.tsx';
import { Choice, SearchField } from '../../ui/field.tsx';
import { Empty, Notice, Page } from '../../ui/page.tsx';
import { HostTable, labelsOf } from './host-table.tsx';

/** What a plain Debian host lacks before a controller can look after it by ssh. */
const beforehand = [
  'apt install libvirt-daemon-system qemu-system-x86 qemu-utils python3',
  "install -m 700 -d /root/.ssh && echo 'CONTROLLER-PUBLIC-KEY' >> /root/.ssh/authorized_keys",
];

/** Takes a host in: the form, and what to type before and after. */
export function AddHostDialog({ onClose }: { readonly onClose: () => void }): ReactNode {
  const { say } = useText();
  return (
    <ActDialog
      onClose={onClose}
      asked={{
        title: say('addHost.title'),
        act: say('addHost.act'),
        text: (
          <>
            {say('addHost.intro')}
            <Commands title={say('addHost.before')} lines={beforehand} />
          </>
        ),
        fields: [
          { name: 'uri', kind: 'text', label: say('addHost.address'), hint: say('addHost.addressHint') },
          {
            name: 'name',
            kind: 'text',
            label: say('addHost.name'),
            hint: say('addHost.nameHint'),
            isOptional: true,
          },
          {
            name: 'peerUri',
            kind: 'text',
            label: say('addHost.peer'),
            hint: say('addHost.peerHint'),
            isOptional: true,
          },
          {
            name: 'labels',
            kind: 'lines',
            label: say('addHost.labels'),
            hint: say('addHost.labelsHint'),
            isOptional: true,
          },
        ],
        run: (filled) => ferry.addHost(bodyOf(filled)),
        changes: [['hosts']],
        result: (answer) => <Added detail={answer as HostDetailBody} />,
      }}
    />
  );
}

function Added({ detail: { host, domains } }: { readonly detail: HostDetailBody }): ReactNode {
  const { say } = useText();
  return (
    <>
      <Link href={`/hosts/${host.id}`}>
        {say('addHost.found', { host: host.name, count: domains.length })}
      </Link>
      <Commands
        title={say('addHost.after')}
        lines={[`ferry host configure ${host.name} --transport tls --dry-run`, 'ferry doctor']}
      />
    </>
  );
}

function bodyOf({ values: { uri = '', name = '', peerUri = '', labels = '' } }: Filled): AddHostBody {
  return {
    uri,
    ...(name === '' ? {} : { name }),
    ...(peerUri === '' ? {} : { peerUri }),
    ...(labels === '' ? {} : { labels: labelsOf(labels) }),
  };
}

/** Hosts with their resources, versions and states, and what the doctor finds at them and between them. */
export function HostsPage(): ReactNode {
  const { say } = useText();
  const [, go] = useLocation();
  const asked = new URLSearchParams(useSearch()).get('view');
  const [search, setSearch] = useState('');
  const [isAdding, setIsAdding] = useState(false);
  const [mayAdd, mayExamine] = [useMay('admin'), useMay('operator')];
  const view = asked === 'doctor' && mayExamine ? 'doctor' : 'hosts';
  const { data: hosts, error } = useHosts();
  const shown = (hosts ?? []).filter((host) => isNamed(host, search.trim().toLowerCase()));
  return (
    <Page
      fills={view === 'hosts'}
      title={say('hosts.title')}
      actions={
        <>
          {view === 'hosts' ? (
            <SearchField
              label={say('hosts.search')}
              value={search}
              onChange={({ target }) => setSearch(target.value)}
            />
          ) : null}
          {mayExamine ? (
            <Choice
              label={say('fleet.show')}
              value={view}
              onChange={(next) => go(next === 'doctor' ? '/hosts?view=doctor' : '/hosts')}
              options={[
                { value: 'hosts', label: say('hosts.hosts') },
                { value: 'doctor', label: say('doctor.title') },
              ]}
            />
          ) : null}
          {mayAdd ? (
            <Button look="primary" onClick={() => setIsAdding(true)}>
              {say('addHost.title')}
            </Button>
          ) : null}
        </>
      }
    >
      {error === null ? null : <Notice tone="bad">{error.message}</Notice>}
      {view === 'doctor' ? (
        <Doctor hosts={hosts ?? []} />
      ) : shown.length > 0 ? (
        <HostTable hosts={shown} />
      ) : hosts === undefined ? null : (
        <Empty>{hosts.length === 0 ? say('hosts.none') : say('fleet.nothing')}</Empty>
      )}
      {isAdding ? <AddHostDialog onClose={() => setIsAdding(false)} /> : null}
    </Page>
  );
}

/** Whether a host has a word in its name, its zone or a label. */
function isNamed({ name, zone = '', labels }: HostBody, word: string): boolean {
  const words = [name, zone, ...Object.entries(labels).map((label) => label.join('='))];
  return words.some((one) => one.toLowerCase().includes(word));
}
