import type { HostBody, SetHostBody } from '@ferry/api';
import type { ReactNode } from 'react';
import { useLocation } from 'wouter';
import type { Asked, Filled } from '../../acts/asked.ts';
import { useAct } from '../../acts/use-act.tsx';
import { ferry } from '../../api/ferry.ts';
import { useText } from '../../i18n/text.tsx';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Menu } from '../../ui/menu.tsx';
import type { MenuEntry } from '../../ui/menu-popup.tsx';
import { labelsOf, labelWords } from '../hosts/host-table.tsx';

type Verdicts = NonNullable<HostBody['actions']>;

/** What can be done with a host: each as the controller allows it, or with the reason why not. */
export function HostActions({
  host,
  isAdmin,
}: {
  readonly host: HostBody;
  readonly isAdmin: boolean;
}): ReactNode {
  const { say } = useText();
  const { ask, dialog } = useAct();
  const asked = useHostActs(host);
  const entry = (act: Asked, verdict: keyof Verdicts): MenuEntry => ({
    label: act.act,
    because: host.actions?.[verdict].because ?? null,
    onChoose: () => ask(act),
  });
  const isMaintained = host.maintenance !== null;
  const isDisabled = host.service.status === 'disabled';
  return (
    <>
      <Button onClick={() => ask(asked.drain)}>{say('host.drain')}</Button>
      {isAdmin ? (
        <>
          <Button onClick={() => ask(isMaintained ? asked.endMaintenance : asked.maintain)}>
            {say(isMaintained ? 'host.endMaintenance' : 'host.maintain')}
          </Button>
          <Menu
            trigger={
              <Button>
                {say('column.actions')}
                <Icon name="down" size={12} />
              </Button>
            }
            entries={[
              isDisabled ? entry(asked.enable, 'enable') : entry(asked.disable, 'disable'),
              entry(asked.labels, 'set'),
              'line',
              entry(asked.fence, 'fence'),
              entry(asked.remove, 'remove'),
            ]}
          />
        </>
      ) : null}
      {dialog}
    </>
  );
}

type HostAct = 'drain' | 'maintain' | 'endMaintenance' | 'enable' | 'disable' | 'labels' | 'fence' | 'remove';

/** What each of them means, needs and asks of the controller. */
function useHostActs({ id, name: host, labels }: HostBody): Readonly<Record<HostAct, Asked>> {
  const { say } = useText();
  const [, go] = useLocation();
  const reason = { name: 'reason', kind: 'text', label: say('reason.label') } as const;
  const changes = [['hosts']];
  const set = (bodyOf: (filled: Filled) => SetHostBody): Asked['run'] => {
    return (filled) => ferry.setHost(id, bodyOf(filled));
  };
  const titled = (asked: Omit<Asked, 'title' | 'changes'>): Asked => ({
    ...asked,
    title: `${asked.act}: ${host}`,
    changes,
  });
  return {
    drain: {
      ...titled({
        act: say('host.drain'),
        text: say('host.drainAsks', { host }),
        run: () => ferry.makePlan({ goal: { kind: 'drain', hosts: [id] } }),
        onDone: (answer) => go(`/plans/${(answer as { plan: { id: string } }).plan.id}`),
      }),
      changes: [['plans']],
    },
    maintain: titled({
      act: say('host.maintain'),
      text: say('host.maintainAsks', { host }),
      fields: [reason],
      run: set(({ values }) => ({ maintenance: { reason: values['reason'] ?? '' } })),
    }),
    endMaintenance: titled({
      act: say('host.endMaintenance'),
      text: say('host.endMaintenanceAsks', { host }),
      run: set(() => ({ maintenance: null })),
    }),
    enable: titled({
      act: say('host.enable'),
      text: say('host.enableAsks', { host }),
      run: set(() => ({ status: 'enabled' })),
    }),
    disable: titled({
      act: say('host.disable'),
      text: say('host.disableAsks', { host }),
      fields: [reason],
      run: set(({ values }) => ({ status: 'disabled', disabledReason: values['reason'] ?? '' })),
    }),
    labels: titled({
      act: say('host.setLabels'),
      fields: [
        {
          name: 'labels',
          kind: 'lines',
          label: say('host.labels'),
          hint: say('addHost.labelsHint'),
          initial: labelWords(labels).join('\n'),
          isOptional: true,
        },
      ],
      run: set(({ values }) => ({ labels: labelsOf(values['labels'] ?? '') })),
    }),
    fence: titled({
      act: say('host.fence'),
      text: say('host.fenceAsks', { host }),
      isDangerous: true,
      run: () => ferry.fenceHost(id, { poweredOff: true }),
    }),
    remove: titled({
      act: say('host.remove'),
      text: say('host.removeAsks', { host }),
      isDangerous: true,
      run: () => ferry.removeHost(id),
      onDone: () => go('/hosts'),
    }),
  };
}
