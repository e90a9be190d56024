import { showBytes } from '../check/show-values.ts';
import { type PlanNames, showTime } from './describe-plan.ts';
import type { FleetPlan, PlanStep } from './fleet-plan.ts';

/** Measures of the picture, in its own units. */
const size = { left: 220, width: 900, row: 22, top: 48, bar: 14, curve: 60 };

const colours = {
  live: '#2f6fb3',
  cold: '#b36a2f',
  evacuate: '#8a3fa0',
  fixed: '#6b7280',
  curve: '#9db8d6',
  limit: '#b3372f',
};

/** A plan over time as an SVG picture: a bar for each step, and each host's memory with its limit below. No script, no links. */
export function drawPlan(plan: FleetPlan, names: PlanNames): string {
  const total = Math.max(1, plan.totalMs);
  const x = (ms: number): number => round(size.left + (size.width * ms) / total);
  const rows = plan.steps.map((step, place) => drawStep(step, size.top + place * size.row, x, names));
  const begin = size.top + rows.length * size.row + 16;
  const curves = plan.memory.map((memory, place) =>
    drawMemory(memory, total, begin + place * (size.curve + 18), x, names),
  );
  const height = begin + curves.length * (size.curve + 18) + 8;
  const width = size.left + size.width + 24;
  const bound = x(Math.min(plan.lowerBound.ms, total));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="11">`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    text(8, 18, `${plan.steps.length} steps, ${showBytes(plan.bytes)}, ${showTime(plan.totalMs)}`),
    text(8, 34, `lower bound ${showTime(plan.lowerBound.ms)}: ${plan.lowerBound.because}`),
    ...rows,
    `<line x1="${bound}" x2="${bound}" y1="${size.top}" y2="${begin}" stroke="${colours.limit}" stroke-dasharray="3 3"/>`,
    ...curves,
    '</svg>',
    '',
  ].join('\n');
}

function drawStep(step: PlanStep, y: number, x: (ms: number) => number, names: PlanNames): string {
  const { action, startsAtMs, endsAtMs, number } = step;
  const host = (id: string): string => names.hosts.get(id) ?? id;
  const guest = (id: string): string => names.guests.get(id) ?? id;
  const label =
    action.kind === 'move'
      ? `${guest(action.guestId)}: ${host(action.fromHostId)} → ${host(action.toHostId)}`
      : `${'guestId' in action ? guest(action.guestId) : host(action.hostId)}: ${action.kind}`;
  const colour = action.kind === 'move' ? colours[action.how] : colours.fixed;
  const width = Math.max(2, round(x(endsAtMs) - x(startsAtMs)));
  return [
    text(8, y + 11, `${number}. ${label}`),
    `<rect x="${x(startsAtMs)}" y="${y}" width="${width}" height="${size.bar}" fill="${colour}"><title>${escape(`${showTime(startsAtMs)}–${showTime(endsAtMs)} ${label}: ${step.because}`)}</title></rect>`,
  ].join('\n');
}

/** A host's memory as steps over time, from 0 to the limit or to what is above it. */
function drawMemory(
  { hostId, limitBytes, points }: FleetPlan['memory'][number],
  total: number,
  top: number,
  x: (ms: number) => number,
  names: PlanNames,
): string {
  const most = Math.max(1, limitBytes, ...points.map(({ bytes }) => bytes));
  const y = (bytes: number): number => round(top + size.curve - (size.curve * bytes) / most);
  const path = points.flatMap(({ atMs, bytes }, place) => {
    const next = points[place + 1]?.atMs ?? total;
    return [`${x(atMs)},${y(bytes)}`, `${x(next)},${y(bytes)}`];
  });
  const floor = top + size.curve;
  return [
    text(8, top + 12, names.hosts.get(hostId) ?? hostId),
    text(8, top + 26, `limit ${showBytes(limitBytes)}`),
    `<polygon points="${x(0)},${floor} ${path.join(' ')} ${x(total)},${floor}" fill="${colours.curve}"/>`,
    `<line x1="${x(0)}" x2="${x(total)}" y1="${y(limitBytes)}" y2="${y(limitBytes)}" stroke="${colours.limit}"/>`,
  ].join('\n');
}

function text(x: number, y: number, words: string): string {
  return `<text x="${x}" y="${y}">${escape(words)}</text>`;
}

/** Names are what hosts and guests say: they are text in the picture and nothing else. */
function escape(words: string): string {
  return words
    .toWellFormed()
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll(/[\p{Cc}\ufffe\uffff]/gu, '\ufffd');
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
