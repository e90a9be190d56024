import type { AddHostBody, HostDetailBody } from '@ferry/api';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { ActDialog } from '../../acts/act-dialog.tsx';
import type { Filled } from '../../acts/asked.ts';
import { ferry } from '../../api/ferry.ts';
import { useText } from '../../i18n/text.tsx';
import { Commands } from '../../doctor/commands.tsx';
import { labelsOf } from './labels.ts';

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
