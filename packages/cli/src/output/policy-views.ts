import type { EffectivePolicyBody, PolicyBody } from '@ferry/api';
import { formatTable } from './table.ts';
import { formatBytes, formatDuration } from './units.ts';

/** Names of the values as people read them, in the order of what is done. */
const names = {
  maxDowntimeMs: 'downtime budget',
  deadlineMs: 'deadline',
  bandwidthBytesPerSecond: 'bandwidth',
  maxBandwidthBytesPerSecond: 'most bandwidth',
  linkBytesPerSecond: 'link',
  parallelConnections: 'parallel connections',
  compression: 'compression',
  throttleFirstPercent: 'throttle, first',
  throttleMaxPercent: 'throttle, most',
  postCopy: 'post-copy',
  maxPauseMs: 'pause, most',
  whenStalled: 'when stalled',
  notice: 'notice to the guest',
  noticeWaitMs: 'wait for its answer',
  whenUnanswered: 'when unanswered',
  encryption: 'encryption',
  priority: 'priority',
} as const satisfies Record<keyof EffectivePolicyBody['values'], string>;
type Key = keyof typeof names;

/** All policies, one a line. */
export function formatPolicies(policies: readonly PolicyBody[]): string {
  if (policies.length === 0) return 'No policy is set; make one with `ferry policy set NAME`.';
  return formatTable(
    [{ heading: 'NAME' }, { heading: 'FOR' }, { heading: 'SAYS' }],
    policies.map((one) => [one.name, formatFor(one), sentences(one.values).join(', ') || 'nothing']),
  );
}

/** One policy. */
export function formatPolicy(policy: PolicyBody): string {
  return [
    `policy:       ${policy.name}`,
    `for:          ${formatFor(policy)}`,
    ...(policy.description === null ? [] : [`description:  ${policy.description}`]),
    ...sentences(policy.values).map(
      (one, index) => `${index === 0 ? 'says:         ' : '              '}${one}`,
    ),
  ].join('\n');
}

/** What holds for moves of an instance, each value with who said it. */
export function formatEffectivePolicy({ values, problems }: EffectivePolicyBody): string {
  const table = formatTable(
    [{ heading: 'VALUE' }, { heading: 'IS' }, { heading: 'SAID BY' }],
    keys.map((key) => [names[key], formatValue(key, values[key].value), values[key].from]),
  );
  return [table, ...problems.map((one) => `contradiction: ${one}`)].join('\n');
}

const keys = Object.keys(names) as readonly Key[];

function formatFor({ scope, subject }: PolicyBody): string {
  if (scope === 'default') return 'all moves';
  return scope === 'by-name' ? 'moves that name it' : `${scope} ${subject ?? ''}`.trimEnd();
}

function sentences(values: PolicyBody['values']): string[] {
  return keys.flatMap((key) => {
    const value = values[key];
    return value === undefined ? [] : [`${names[key]} ${formatValue(key, value)}`];
  });
}

function formatValue(key: Key, value: string | number | null): string {
  if (value === null) return 'not set';
  if (typeof value === 'string') return value;
  if (key.endsWith('BytesPerSecond')) return `${formatBytes(value)}/s`;
  if (key.endsWith('Ms')) return formatDuration(value);
  return key.endsWith('Percent') ? `${value} %` : String(value);
}
