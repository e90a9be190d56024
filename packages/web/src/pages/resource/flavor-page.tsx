import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useLocation } from 'wouter';
import { resources } from '../../api/resources.ts';
import { bytes } from '../../i18n/format.ts';
import { useText } from '../../i18n/text.tsx';
import { DetailPage } from '../../nouns/detail-page.tsx';
import { InstancesWith } from '../../nouns/instances-with.tsx';
import { CopyId } from '../../ui/copy-id.tsx';
import { Empty, Facts, Panel } from '../../ui/page.tsx';
import { useFlavorNoun } from '../resources/flavors-page.tsx';

const mebibyte = 1024 ** 2;

/** One flavor: what it gives, what it asks of hosts, and which instances were made in it. */
export function FlavorPage({ id }: { readonly id: string }): ReactNode {
  const { say } = useText();
  const [, go] = useLocation();
  const noun = useFlavorNoun(() => go('/flavors'));
  const { data, error } = useQuery({ queryKey: ['flavors'], queryFn: resources.flavors });
  const specs = useQuery({ queryKey: ['flavors', id, 'specs'], queryFn: () => resources.flavorSpecs(id) });
  if (data === undefined) return error === null ? null : <Empty>{error.message}</Empty>;
  const flavor = data.find((one) => one.id === id);
  if (flavor === undefined) return <Empty>{say('flavors.noSuch', { id })}</Empty>;
  const asked = Object.entries(specs.data ?? {});
  return (
    <DetailPage
      title={flavor.name}
      above={{ path: '/flavors', label: noun.label }}
      acts={noun.actsOf?.(flavor) ?? []}
      facts={[
        [say('column.vcpus'), flavor.vcpus],
        [say('column.memory'), bytes(flavor.memoryMib * mebibyte)],
        [say('flavors.root'), flavor.rootGib === 0 ? say('flavors.asImage') : `${flavor.rootGib} GiB`],
        [say('flavors.for'), say(flavor.isPublic ? 'flavors.all' : 'flavors.some')],
        flavor.description === null ? null : [say('credential.description'), flavor.description],
        [say('id'), <CopyId id={flavor.id} label={say('copy')} />],
      ]}
    >
      {asked.length === 0 ? null : (
        <Panel title={say('flavors.specs')}>
          <Facts facts={asked.map(([name, value]) => [name, <code>{value}</code>] as const)} />
        </Panel>
      )}
      <InstancesWith filter={{ flavor: id }} />
    </DetailPage>
  );
}
