import type { BalancerBody } from '@ferry/api';
import { formatTable } from './table.ts';
import { formatDuration } from './units.ts';

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
