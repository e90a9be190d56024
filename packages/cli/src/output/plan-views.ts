import type { BalancerBody, PlanBody, PlanDetailBody, PlanStepBody } from '@ferry/api';
import { formatFields, formatTable } from './table.ts';
import { formatBytes, formatDuration } from './units.ts';

/** All balancers, one a line. */
export function formatBalancers(balancers: readonly BalancerBody[]): string {
  if (balancers.length === 0) return 'No balancer is set; make one with `ferry balancer set NAME`.';
  return formatTable(
    [{ heading: 'NAME' }, { heading: 'MODE' }, { heading: 'HOSTS' }, { heading: 'LAST LOOK' }],
    balancers.map((one) => [one.name, one.mode, hostsOf(one), lastOf(one)]),
  );
}

/** One balancer. */
export function formatBalancer(one: BalancerBody): string {
  const planId = one.last?.planId ?? null;
  return [
    `balancer:   ${one.name}`,
    `mode:       ${one.mode}`,
    `hosts:      ${hostsOf(one)}`,
    `moves:      ${one.onContentionOnly ? 'only where a host has more load than it can carry' : 'where it gains more than it costs'}`,
    `every:      ${formatDuration(one.everyMs)}; what has moved is let alone for ${formatDuration(one.cooldownMs)}`,
    `last look:  ${lastOf(one)}`,
    ...(planId === null ? [] : [`plan:       ${planId}${nextOf(one, planId)}`]),
    ...(one.dueAt === null ? [] : [`next look:  ${one.dueAt}`]),
  ].join('\n');
}

function hostsOf({ groups }: BalancerBody): string {
  return groups.length === 0 ? 'all' : groups.join(', ');
}

function lastOf({ last, mode }: BalancerBody): string {
  if (last === null) return mode === 'off' ? '-' : 'not yet';
  return `${last.at}: ${last.kind}, ${last.because}`;
}

function nextOf({ last }: BalancerBody, planId: string): string {
  return last?.kind === 'proposed' ? ` (carry it out: ferry apply ${planId})` : '';
}

/** A plan for people: what it does, in order; what keeps it from its goal; what it takes. */
export function formatPlan(detail: PlanDetailBody, steps: readonly PlanStepBody[]): string {
  const { plan, blockers, stays, notes } = detail;
  const shown = steps.filter(({ state }) => state !== 'dropped');
  const dropped = steps.length - shown.length;
  const parts = [
    formatFields(planFields(plan)),
    shown.length === 0 ? 'Nothing is to be done.' : formatSteps(shown, plan.state !== 'made'),
    ...(dropped === 0 ? [] : [`${dropped} steps of earlier plannings were dropped.`]),
    ...formatRehearsal(plan, shown),
    ...stays.map(({ instance, because }) => `${instance.name} stays: ${because}`),
    ...blockers.map(formatBlocker),
    ...formatMemory(detail),
    ...notes.map((note) => `note: ${note}`),
  ];
  return parts.join('\n\n');
}

/** What the rehearsal of its moves found: all of it, move by move. */
function formatRehearsal({ rehearsal }: PlanBody, steps: readonly PlanStepBody[]): string[] {
  if (rehearsal === undefined) return [];
  const { by, begunAt, finishedAt, passed, failed, leftOut } = rehearsal;
  const open = steps.filter(
    ({ rehearsal: one }) => one?.state === 'waiting' || one?.state === 'running',
  ).length;
  const counts =
    finishedAt === null
      ? `${open} still to end`
      : `${passed} would get as far as the transfer, ${failed} would not, ${leftOut} left out`;
  const found = steps.flatMap(({ number, action, rehearsal: one }) => {
    const what = `step ${number}, ${action.instance?.name ?? ''} to ${action.target?.name ?? ''}`;
    if (one?.state === 'left-out') return [`not rehearsed: ${what}: ${one.reason ?? ''}`];
    return (one?.problems ?? []).map(({ message, remedy }) =>
      [`WOULD FAIL: ${what}: ${message}`, ...(remedy === '' ? [] : [`  -> ${remedy}`])].join('\n'),
    );
  });
  return [`rehearsed by ${by} at ${begunAt}: ${counts}`, ...found];
}

/** Plans, a line each. */
export function formatPlans(plans: readonly PlanBody[]): string {
  if (plans.length === 0) return 'No plans.';
  return formatTable(
    [
      { heading: 'PLAN' },
      { heading: 'GOAL' },
      { heading: 'STATE' },
      { heading: 'DONE', align: 'right' },
      { heading: 'BY' },
      { heading: 'MADE' },
    ],
    plans.map((plan) => [
      plan.id,
      goalText(plan),
      plan.state,
      doneText(plan),
      plan.createdBy,
      plan.createdAt,
    ]),
  );
}

/** How far a plan is, in a line: by what has ended, and by what runs. */
export function progressText(plan: PlanBody, running: readonly PlanStepBody[]): string {
  const moving = running.map(({ action, progressPercent }) => {
    const name = action.instance?.name ?? action.host.name;
    return progressPercent === null ? name : `${name} ${progressPercent} %`;
  });
  const failed = plan.steps['failed'] ?? 0;
  return [
    `${plan.state}: ${doneText(plan)} steps`,
    ...(failed === 0 ? [] : [`${failed} failed`]),
    ...(moving.length === 0 ? [] : [moving.join(', ')]),
    ...(plan.reason === null ? [] : [plan.reason]),
  ].join('  ');
}

/** What it is to reach, in a few words. */
export function goalText({ goal }: PlanBody): string {
  const hosts = goal.hosts.map(({ name }) => name).join(' ');
  const below = goal.below === null ? '' : ` below ${Math.round(goal.below * 100)} %`;
  return (
    [goal.kind, hosts === '' ? goal.groups.join(' ') : hosts].filter((one) => one !== '').join(' ') + below
  );
}

function doneText({ steps }: PlanBody): string {
  const all = Object.entries(steps).reduce(
    (sum, [state, count]) => (state === 'dropped' ? sum : sum + count),
    0,
  );
  return `${steps['done'] ?? 0} of ${all}`;
}

function planFields(plan: PlanBody): [string, string][] {
  const { lowerBound, totalMs, deadline, replannedBecause } = plan;
  const ratio = lowerBound.ms > 0 ? ` (${(totalMs / lowerBound.ms).toFixed(2)} times that)` : '';
  return [
    ['plan', plan.id],
    ['goal', goalText(plan)],
    ['state', plan.reason === null ? plan.state : `${plan.state}: ${plan.reason}`],
    ['made', `${plan.createdAt} by ${plan.createdBy}`],
    ['takes', `${formatDuration(totalMs)}, ${formatBytes(plan.bytes)}`],
    ['at least', `${formatDuration(lowerBound.ms)}: ${lowerBound.because}${ratio}`],
    ...(deadline === null
      ? []
      : [
          ['deadline', `${deadline.met ? 'can be met' : 'cannot be met'}: ${deadline.because}`] as [
            string,
            string,
          ],
        ]),
    ...(replannedBecause === null
      ? []
      : [['planned anew', `${plan.replans} times; the last: ${replannedBecause}`] as [string, string]]),
    ...(plan.finishedAt === null ? [] : [['ended', plan.finishedAt] as [string, string]]),
    ...plan.problems.map((problem): [string, string] => ['not done', problem]),
  ];
}

function formatSteps(steps: readonly PlanStepBody[], withState: boolean, nowMs = Date.now()): string {
  return formatTable(
    [
      { heading: '#', align: 'right' },
      { heading: 'WHAT' },
      { heading: 'FROM' },
      { heading: 'TO' },
      { heading: 'HOW' },
      { heading: 'BEGINS', align: 'right' },
      { heading: 'TAKES', align: 'right' },
      { heading: 'PAUSE', align: 'right' },
      { heading: 'AFTER' },
      ...(withState ? [{ heading: 'STATE' }] : []),
      { heading: withState ? 'REASON' : 'WHY' },
    ],
    steps.map((step) => {
      const { action, startsAtMs, endsAtMs } = step;
      return [
        String(step.number),
        action.instance === null
          ? action.kind
          : action.kind === 'move'
            ? action.instance.name
            : `${action.kind} ${action.instance.name}`,
        action.host.name,
        action.target?.name ?? '',
        `${action.how ?? ''}${action.isPivot ? ', to go on' : ''}`,
        formatDuration(startsAtMs),
        formatDuration(endsAtMs - startsAtMs),
        action.downtimeMs === null ? '' : formatDuration(action.downtimeMs),
        step.after.join(','),
        ...(withState ? [stateText(step)] : []),
        withState ? reasonText(step, nowMs) : step.because,
      ];
    }),
  );
}

/** What it waits for, and for how long it has: `42 s: the inbound slot of compute12 is taken`. */
function reasonText({ state, reason, since }: PlanStepBody, nowMs: number): string {
  if (reason === null) return '';
  const waits = state === 'waiting' || state === 'held';
  return waits ? `${formatDuration(Math.max(0, nowMs - Date.parse(since)))}: ${reason}` : reason;
}

function stateText({ state, progressPercent }: PlanStepBody): string {
  return progressPercent === null ? state : `${state} ${progressPercent} %`;
}

function formatBlocker({ because, remedies }: PlanDetailBody['blockers'][number]): string {
  return [`BLOCKED: ${because}`, ...remedies.map((remedy) => `  -> ${remedy}`)].join('\n');
}

/** The most that guests take of each host while it is carried out. */
function formatMemory({ memory }: PlanDetailBody): string[] {
  if (memory.length === 0) return [];
  const rows = memory.map(({ host, limitBytes, points }) => {
    const most = points.reduce((high, { bytes }) => Math.max(high, bytes), 0);
    return [
      host.name,
      formatBytes(points[0]?.bytes ?? 0),
      formatBytes(most),
      formatBytes(points.at(-1)?.bytes ?? 0),
      formatBytes(limitBytes),
    ];
  });
  const columns = ['MEMORY OF', 'FIRST', 'MOST', 'LAST', 'LIMIT'];
  return [
    formatTable(
      columns.map((heading, index) => (index === 0 ? { heading } : { heading, align: 'right' })),
      rows,
    ),
  ];
}
