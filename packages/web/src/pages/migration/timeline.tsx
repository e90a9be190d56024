import type { MigrationStepBody } from '@ferry/api';
import type { ReactNode } from 'react';
import { duration } from '../../i18n/format.ts';
import type { MessageKey } from '../../i18n/en.ts';
import { useText } from '../../i18n/text.tsx';
import { Empty, Panel } from '../../ui/page.tsx';
import style from './timeline.module.css';

const words = {
  'to-come': 'step.toCome',
  running: 'step.running',
  waiting: 'step.waiting',
  done: 'step.done',
  failed: 'step.failed',
  undoing: 'step.undoing',
  undone: 'step.undone',
} as const satisfies Record<MigrationStepBody['state'], MessageKey>;

/** Its steps one after the other, each with how long it took. */
export function Timeline({ steps }: { readonly steps: readonly MigrationStepBody[] }): ReactNode {
  const { say } = useText();
  return (
    <Panel title={say('step.title')}>
      {steps.length === 0 ? <Empty>{say('step.none')}</Empty> : null}
      <ol className={style['steps']}>
        {steps.map((step) => (
          <li key={step.name} data-state={step.state}>
            <span className={style['dot']} aria-hidden="true" />
            <span className={style['name']}>{step.name}</span>
            <span className={style['state']}>
              {step.state === 'done' && step.startedAt !== null && step.endedAt !== null
                ? duration(Date.parse(step.endedAt) - Date.parse(step.startedAt))
                : say(words[step.state])}
            </span>
          </li>
        ))}
      </ol>
    </Panel>
  );
}
