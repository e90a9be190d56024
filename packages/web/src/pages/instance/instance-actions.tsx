import type { InstanceBody } from '@ferry/api';
import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { ferry, type PowerAction } from '../../api/ferry.ts';
import type { Problem } from '../../api/request.ts';
import { queries } from '../../api/queries.ts';
import type { MessageKey } from '../../i18n/en.ts';
import { useText } from '../../i18n/text.tsx';
import { useAskMove } from '../../move/move-provider.tsx';
import { defaultKind } from '../../move/checks.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Menu } from '../../ui/menu.tsx';
import { Notice } from '../../ui/page.tsx';

const words = {
  start: 'power.start',
  stop: 'power.stop',
  'reboot-soft': 'power.reboot',
  'reboot-hard': 'power.reset',
  pause: 'power.pause',
  unpause: 'power.unpause',
  suspend: 'power.suspend',
  resume: 'power.resume',
} as const satisfies Record<PowerAction, MessageKey>;
const actions = Object.keys(words) as PowerAction[];
/** What a guest loses something by is asked about first. */
const asked: ReadonlySet<PowerAction> = new Set(['stop', 'reboot-soft', 'reboot-hard', 'suspend']);

/** What can be done with an instance: each as the controller allows it, or with the reason why not. */
export function InstanceActions({ instance }: { readonly instance: InstanceBody }): ReactNode {
  const { say } = useText();
  const askMove = useAskMove();
  const [asks, setAsks] = useState<PowerAction | null>(null);
  const power = useMutation<unknown, Problem, PowerAction>({
    mutationFn: (action) => ferry.power(instance.id, action),
    onSuccess: () => {
      setAsks(null);
      void queries.invalidateQueries({ queryKey: ['instance', instance.id] });
    },
  });
  const verdict = instance.actions?.[defaultKind(instance) === 'live-migration' ? 'live-migrate' : 'migrate'];
  const start = (action: PowerAction): void => {
    power.reset();
    if (asked.has(action)) setAsks(action);
    else power.mutate(action);
  };
  return (
    <>
      {power.error === null || asks !== null ? null : <Notice tone="bad">{power.error.message}</Notice>}
      <Menu
        trigger={
          <Button>
            {say('instance.powerMenu')}
            <Icon name="down" size={12} />
          </Button>
        }
        entries={actions.map((action) => ({
          label: say(words[action]),
          because: instance.actions?.[action].because ?? null,
          onChoose: () => start(action),
        }))}
      />
      <Button look="primary" because={verdict?.because ?? null} onClick={() => askMove(instance)}>
        {say('instance.move')}
      </Button>
      {asks === null ? null : (
        <Dialog
          title={`${say(words[asks])}: ${instance.name}`}
          closeLabel={say('close')}
          onClose={() => setAsks(null)}
          actions={
            <>
              <Button onClick={() => setAsks(null)}>{say('close')}</Button>
              <Button look="primary" disabled={power.isPending} onClick={() => power.mutate(asks)}>
                {say(words[asks])}
              </Button>
            </>
          }
        >
          <p>{say('power.asks', { name: instance.name })}</p>
          {power.error === null ? null : <Notice tone="bad">{power.error.message}</Notice>}
        </Dialog>
      )}
    </>
  );
}
