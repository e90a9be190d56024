import type { PlanBody, PlanStepBody } from '@ferry/api';
import type { Tone } from '../ui/state.tsx';
import type { MessageKey } from './en.ts';
import { useText } from './text.tsx';

const goals = {
  drain: 'goal.drain',
  upgrade: 'goal.upgrade',
  offload: 'goal.offload',
  balance: 'goal.balance',
  return: 'goal.return',
  evacuate: 'goal.evacuate',
} as const satisfies Record<PlanBody['goal']['kind'], MessageKey>;

const planStates = {
  made: { word: 'planState.made', tone: 'warn' },
  running: { word: 'planState.running', tone: 'moving' },
  paused: { word: 'planState.paused', tone: 'warn' },
  cancelling: { word: 'planState.cancelling', tone: 'moving' },
  cancelled: { word: 'planState.cancelled', tone: 'still' },
  done: { word: 'planState.done', tone: 'good' },
  'done-with-problems': { word: 'planState.doneWithProblems', tone: 'bad' },
} as const satisfies Record<PlanBody['state'], { word: MessageKey; tone: Tone }>;

const stepStates = {
  waiting: { word: 'stepState.waiting', tone: 'still' },
  held: { word: 'stepState.held', tone: 'warn' },
  running: { word: 'stepState.running', tone: 'moving' },
  done: { word: 'stepState.done', tone: 'good' },
  failed: { word: 'stepState.failed', tone: 'bad' },
  dropped: { word: 'stepState.dropped', tone: 'still' },
} as const satisfies Record<PlanStepBody['state'], { word: MessageKey; tone: Tone }>;

const acts = {
  'shut-down': 'stepAct.shut-down',
  start: 'stepAct.start',
  'enter-maintenance': 'stepAct.enter-maintenance',
  'upgrade-host': 'stepAct.upgrade-host',
  'leave-maintenance': 'stepAct.leave-maintenance',
} as const satisfies Record<Exclude<PlanStepBody['action']['kind'], 'move'>, MessageKey>;

/** Plans and their steps in the reader's language. */
export function usePlanWords(): {
  readonly goal: (goal: PlanBody['goal']) => string;
  readonly planState: (state: PlanBody['state']) => string;
  readonly stepState: (state: PlanStepBody['state']) => string;
  readonly action: (action: PlanStepBody['action']) => string;
} {
  const { say } = useText();
  return {
    goal: ({ kind, hosts, groups, below }) =>
      [
        say(goals[kind]),
        [...hosts.map(({ name }) => name), ...groups].join(', '),
        below === null ? '' : `< ${Math.round(below * 100)} %`,
      ]
        .filter((word) => word !== '')
        .join(' '),
    planState: (state) => say(planStates[state].word),
    stepState: (state) => say(stepStates[state].word),
    action: ({ kind, instance }) =>
      kind === 'move' ? (instance?.name ?? '') : say(acts[kind], { instance: instance?.name ?? '' }),
  };
}

export function planTone(state: PlanBody['state']): Tone {
  return planStates[state].tone;
}

export function stepTone(state: PlanStepBody['state']): Tone {
  return stepStates[state].tone;
}
