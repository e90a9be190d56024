import type { HostBody, InstanceBody, MigrationBody, PlanBody, PlanStepBody } from '@ferry/api';
import type { Tone } from '../ui/state.tsx';
import type { MessageKey } from './en.ts';
import { useText } from './text.tsx';

const statusWords = {
  accepted: 'status.accepted',
  queued: 'status.queued',
  preparing: 'status.preparing',
  running: 'status.running',
  completed: 'status.completed',
  failed: 'status.failed',
  cancelled: 'status.cancelled',
  error: 'status.error',
  'pre-migrating': 'status.preparing',
  migrating: 'status.running',
  'post-migrating': 'status.finishing',
  finished: 'status.held',
  confirming: 'status.confirming',
  confirmed: 'status.completed',
  reverting: 'status.reverting',
  reverted: 'status.reverted',
  done: 'status.completed',
} as const satisfies Record<MigrationBody['status'], MessageKey>;

const kindWords = {
  'live-migration': 'kind.live',
  'cold-migration': 'kind.cold',
  evacuation: 'kind.evacuation',
  rehearsal: 'kind.rehearsal',
} as const satisfies Record<MigrationBody['kind'], MessageKey>;

const powerWords = {
  running: 'power.running',
  paused: 'power.paused',
  shutoff: 'power.off',
  crashed: 'power.crashed',
  suspended: 'power.suspended',
  unknown: 'power.unknown',
} as const satisfies Record<InstanceBody['powerState'], MessageKey>;

const taskWords = {
  migrating: 'task.migrating',
  resize_migrating: 'task.migrating',
  spawning: 'task.spawning',
  deleting: 'task.deleting',
  resize_confirming: 'task.confirming',
  resize_reverting: 'task.reverting',
  rebuilding: 'task.evacuating',
  attaching_volume: 'task.attaching',
  detaching_volume: 'task.detaching',
  rehearsing: 'task.rehearsing',
  'powering-on': 'task.starting',
  'powering-off': 'task.stopping',
  rebooting: 'task.rebooting',
  rebooting_hard: 'task.rebooting',
  pausing: 'task.pausing',
  unpausing: 'task.resuming',
  suspending: 'task.suspending',
  resuming: 'task.resuming',
} as const satisfies Record<NonNullable<InstanceBody['taskState']>, MessageKey>;

/** Nova's words of states in the reader's language. */
export function useWords(): {
  readonly migrationStatus: (status: MigrationBody['status']) => string;
  readonly migrationKind: (kind: MigrationBody['kind']) => string;
  readonly instanceState: (instance: InstanceBody) => string;
  readonly hostState: (host: HostBody) => string;
} {
  const { say } = useText();
  return {
    migrationStatus: (status) => say(statusWords[status]),
    migrationKind: (kind) => say(kindWords[kind]),
    instanceState: ({ taskState, powerState, fault, vmState }) => {
      if (taskState !== null) return say(taskWords[taskState]);
      if (fault !== null) return say('state.fault');
      if (vmState === 'error') return say('state.error');
      return vmState === 'resized' ? say('state.held') : say(powerWords[powerState]);
    },
    hostState: ({ service, maintenance }) => {
      if (service.state === 'down') return say('host.down');
      if (maintenance !== null) return say('host.maintenance');
      return service.status === 'disabled' ? say('host.disabled') : say('host.up');
    },
  };
}

export function migrationTone({ status, finishedAt }: Pick<MigrationBody, 'status' | 'finishedAt'>): Tone {
  if (status === 'failed' || status === 'error') return 'bad';
  if (status === 'cancelled' || status === 'reverted') return 'still';
  if (status === 'finished') return 'warn';
  return finishedAt === null ? 'moving' : 'good';
}

export function instanceTone({ taskState, powerState, fault, vmState }: InstanceBody): Tone {
  if (fault !== null || vmState === 'error' || powerState === 'crashed') return 'bad';
  if (taskState !== null) return 'moving';
  if (vmState === 'resized' || powerState === 'unknown') return 'warn';
  return powerState === 'running' ? 'good' : 'still';
}

export function hostTone({ service, maintenance }: HostBody): Tone {
  if (service.state === 'down') return 'bad';
  return maintenance !== null || service.status === 'disabled' ? 'warn' : 'good';
}

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
  rehearsing: { word: 'planState.rehearsing', tone: 'moving' },
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
