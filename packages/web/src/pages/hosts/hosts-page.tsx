import type { HostBody } from '@ferry/api';
import { type ReactNode, useState } from 'react';
import { useLocation, useSearch } from 'wouter';
import { useHosts, useMay } from '../../api/queries.ts';
import { Doctor } from '../../doctor/doctor.tsx';
import { useText } from '../../i18n/text.tsx';
import { Button } from '../../ui/button.tsx';
import { Choice, SearchField } from '../../ui/field.tsx';
import { Empty, Notice, Page } from '../../ui/page.tsx';
import { AddHostDialog } from './add-host-dialog.tsx';
import { HostTable } from './host-table.tsx';

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
