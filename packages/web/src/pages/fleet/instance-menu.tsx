import type { InstanceBody } from '@ferry/api';
import type { ReactNode } from 'react';
import { navigate } from 'wouter/use-browser-location';
import { useText } from '../../i18n/text.tsx';
import { useAskMove } from '../../move/move-provider.tsx';
import { IconButton } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Menu } from '../../ui/menu.tsx';

/** What can be done with an instance from its row: the twin of dragging it. A reader is offered what a reader may do. */
export function InstanceMenu({
  instance,
  mayMove,
  label,
}: {
  readonly instance: InstanceBody;
  readonly mayMove: boolean;
  readonly label: string;
}): ReactNode {
  const { say } = useText();
  const askMove = useAskMove();
  const busy = instance.taskState === null ? null : say('instance.busy');
  return (
    <Menu
      trigger={
        <IconButton label={label} tabIndex={-1}>
          <Icon name="dots" />
        </IconButton>
      }
      entries={[
        ...(mayMove
          ? [{ label: say('instance.move'), because: busy, onChoose: () => askMove(instance) }]
          : []),
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
