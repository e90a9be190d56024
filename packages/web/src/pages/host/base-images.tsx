import type { HostBody, ImageBody } from '@ferry/api';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { RowMenu } from '../../acts/row-menu.tsx';
import { useAct } from '../../acts/use-act.tsx';
import { ferry } from '../../api/ferry.ts';
import { useMay } from '../../api/queries.ts';
import { bytes } from '../../i18n/format.ts';
import { useText } from '../../i18n/text.tsx';
import { Empty, Panel } from '../../ui/page.tsx';
import { Table } from '../../ui/table.tsx';

/** Files of a host that disks stand on. */
export function BaseImages({ host }: { readonly host: HostBody }): ReactNode {
  const { say } = useText();
  const { ask, dialog } = useAct();
  const mayRemove = useMay('admin');
  const isUp = host.service.state === 'up';
  const { data, error } = useQuery({
    queryKey: ['base-images', host.id],
    queryFn: () => ferry.baseImages(host.id),
    enabled: isUp,
    retry: false,
  });
  const remove = ({ path }: ImageBody): void =>
    ask({
      title: say('host.images.remove'),
      text: say('host.images.removeAsks', { path, host: host.name }),
      act: say('host.images.remove'),
      isDangerous: true,
      run: () => ferry.removeBaseImage(host.id, path),
      changes: [['base-images', host.id]],
    });
  return (
    <Panel title={say('host.images')}>
      {error === null ? null : <Empty>{error.message}</Empty>}
      {(data ?? []).length === 0 && error === null ? <Empty>{say('host.imagesNone')}</Empty> : null}
      {(data ?? []).length === 0 ? null : (
        <Table
          inset
          label={say('host.images')}
          rows={data ?? []}
          keyOf={({ path }) => path}
          columns={[
            { head: say('devices.source'), cell: ({ path }) => <code title={path}>{path}</code> },
            { head: say('devices.format'), cell: ({ format }) => format },
            {
              head: say('devices.taken'),
              isNumber: true,
              cell: ({ allocationBytes }) => bytes(allocationBytes),
            },
            {
              head: say('host.imageUsers'),
              cell: ({ users, overlays }) => {
                const all = [...users.map(({ name }) => name), ...overlays].join(', ');
                return <span title={all}>{all}</span>;
              },
            },
            ...(mayRemove
              ? [
                  {
                    head: say('column.actions'),
                    isAction: true,
                    cell: (image: ImageBody) => (
                      <RowMenu
                        name={image.path}
                        entries={[{ label: say('host.images.remove'), onChoose: () => remove(image) }]}
                      />
                    ),
                  },
                ]
              : []),
          ]}
        />
      )}
      {dialog}
    </Panel>
  );
}
