import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link, useLocation } from 'wouter';
import { resources } from '../../api/resources.ts';
import { bytes, fullTime } from '../../i18n/format.ts';
import { useText } from '../../i18n/text.tsx';
import { DetailPage } from '../../nouns/detail-page.tsx';
import { CopyId } from '../../ui/copy-id.tsx';
import { Empty, Notice, Panel } from '../../ui/page.tsx';
import { State } from '../../ui/state.tsx';
import { Table } from '../../ui/table.tsx';
import { isOnItsWay, useVolumeNoun, volumeTone } from '../resources/volumes-page.tsx';

const lookMs = 1_000;

/** One volume: where it is, who has it, and what can be done with it. */
export function VolumePage({ id }: { readonly id: string }): ReactNode {
  const { say, language } = useText();
  const [, go] = useLocation();
  const noun = useVolumeNoun([], () => go('/volumes'));
  const { data: volume, error } = useQuery({
    queryKey: ['volumes', id],
    queryFn: () => resources.volume(id),
    retry: false,
    refetchInterval: ({ state }) => (state.data !== undefined && isOnItsWay(state.data) ? lookMs : false),
  });
  if (volume === undefined) return error === null ? null : <Empty>{error.message}</Empty>;
  return (
    <DetailPage
      title={noun.nameOf(volume)}
      above={{ path: '/volumes', label: noun.label }}
      beside={<State tone={volumeTone(volume)}>{volume.status}</State>}
      acts={noun.actsOf?.(volume) ?? []}
      facts={[
        volume.sizeBytes === null ? null : [say('devices.size'), bytes(volume.sizeBytes)],
        [say('devices.format'), volume.format],
        [say('devices.source'), <code>{volume.source}</code>],
        [say('hosts.hosts'), volume.hosts.join(', ')],
        [say('volumes.madeBy'), say(volume.made ? 'volumes.byFerry' : 'volumes.byOthers')],
        volume.description === null ? null : [say('credential.description'), volume.description],
        [say('images.created'), fullTime(volume.createdAt, language)],
        [say('id'), <CopyId id={volume.id} label={say('copy')} />],
      ]}
    >
      {volume.fault === null ? null : <Notice tone="bad">{volume.fault}</Notice>}
      <Panel title={say('volumes.attached')}>
        {volume.attachments.length === 0 ? (
          <Empty>{say('volumes.nobody')}</Empty>
        ) : (
          <Table
            inset
            label={say('volumes.attached')}
            rows={volume.attachments}
            keyOf={(one) => one.id}
            columns={[
              {
                head: say('column.instance'),
                cell: ({ instance, instanceId }) => <Link href={`/instances/${instanceId}`}>{instance}</Link>,
              },
              { head: say('devices.target'), cell: ({ device }) => <code>{device}</code> },
              { head: say('column.state'), cell: ({ state }) => state },
              {
                head: say('volumes.goes'),
                cell: ({ deleteOnTermination }) =>
                  say(deleteOnTermination ? 'volumes.goesAlong' : 'volumes.stays'),
              },
            ]}
          />
        )}
      </Panel>
    </DetailPage>
  );
}
