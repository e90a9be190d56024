import type { InstanceBody } from '@ferry/api';
import type { ReactNode } from 'react';
import { useLocation } from 'wouter';
import { useSession } from '../../api/queries.ts';
import { useText } from '../../i18n/text.tsx';
import { useAskMove } from '../../move/move-provider.tsx';
import { IconButton } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Menu } from '../../ui/menu.tsx';

/** What can be done with an instance from its row: the twin of dragging it. A reader is offered what a reader may do. */
export function InstanceMenu({
  instance,
  label,
}: {
  readonly instance: InstanceBody;
  readonly label: string;
}): ReactNode {
  const { say } = useText();
  const [, navigate] = useLocation();
  const askMove = useAskMove();
  const isReader = useSession().data?.user?.role === 'reader';
  const busy = instance.taskState === null ? null : say('instance.busy');
  return (
    <Menu
      trigger={
        <IconButton label={label} tabIndex={-1}>
          <Icon name="dots" />
        </IconButton>
      }
      entries={[
        ...(isReader
          ? []
          : [{ label: say('instance.move'), because: busy, onChoose: () => askMove(instance) }]),
        { label: say('instance.open'), onChoose: () => navigate(`/instances/${instance.id}`) },
        ...(instance.migrationId === null
          ? []
          : [
              {
                label: say('instance.migration'),
                onChoose: () => navigate(`/migrations/${instance.migrationId}`),
              },
            ]),
      ]}
    />
  );
}
