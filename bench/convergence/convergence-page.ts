import { cpus, totalmem } from 'node:os';
import { guestMib, type Link, type Load, ways } from './cells.ts';
import { dotPlot, type Series } from './dot-plot.ts';
import { judgeGoals } from './judge-goals.ts';
import type { Result } from './results.ts';

/** The page of what was measured, and its plots by the names of their files. */
export function convergencePage(
  results: readonly Result[],
  loads: readonly Load[],
  links: readonly Link[],
): { readonly page: string; readonly plots: ReadonlyMap<string, string> } {
  const cells = links.flatMap((link) =>
    loads
      .filter((load) => results.some((one) => one.guest === load.name && one.link === link.name))
      .map((load) => ({ load, link })),
  );
  const rows = cells.map(({ load, link }) => `${load.name} @ ${link.name}`);
  const plots = new Map([
    [
      'time.svg',
      dotPlot('Time of the move (hollow: it did not move)', 'ms', rows, seriesOf(results, 'elapsedMs')),
    ],
    [
      'pause.svg',
      dotPlot(
        'Longest time without an answer (hollow: it did not move)',
        'ms',
        rows,
        seriesOf(results, 'outsideGapMs'),
      ),
    ],
  ]);
  const page = [
    '# Live moves of busy guests, by policies and by virsh',
    '',
    'Written by `make bench-convergence` from [its results](convergence/results.json); not by hand.',
    '',
    ...conditions(results, cells.length, loads.length * links.length),
    '',
    '## Guests',
    '',
    `Each has ${guestMib} MiB and one processor. It writes what is said here as far as emulation gets; pages are verified before they are written again.`,
    '',
    '| guest | changes |',
    '|---|---|',
    ...loads.map(({ name, says }) => `| ${name} | ${says} |`),
    '',
    '## Goals',
    '',
    '| goal | met | figures |',
    '|---|---|---|',
    ...judgeGoals(results).map(({ goal, met, figures }) => `| ${cell(goal)} | ${met} | ${cell(figures)} |`),
    '',
    'What the lab makes of them: guests run under software emulation on processors that the hosts, the controller and the probe share. A guest that writes takes processor time from the QEMU that sends it, so that bandwidth goes down as the load goes up, and what other work the machine had stands in each figure (see the load average). Times and pauses of a forecast are held against that, and say less than they would on machines of their own; so do least pauses, which differ by what the machine did at that moment. A budget of 150 ms says nothing here either: the switch-over of a guest that changes nothing takes longer, by every way. Whether a guest finishes, and whether a budget of seconds is kept, does not depend on it.',
    '',
    '## Results',
    '',
    '![time of the move](convergence/time.svg)',
    '',
    '![longest time without an answer](convergence/pause.svg)',
    '',
    ...cells.flatMap(({ load, link }) => cellTable(results, load, link)),
  ];
  return { page: `${page.join('\n')}\n`, plots };
}

function conditions(results: readonly Result[], measured: number, all: number): string[] {
  const loads = results.map(({ loadAverage }) => loadAverage);
  const at = results.map((one) => one.at).toSorted();
  const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB`;
  return [
    `Measured ${at[0] ?? '-'} to ${at.at(-1) ?? '-'} on ${machine}, software emulation (TCG), hosts in network namespaces of one machine. The load average of the machine was ${Math.min(...loads)} to ${Math.max(...loads)}: other work ran on it. ${results.length} moves, ${measured} of ${all} cells.`,
    '',
    '- *time*: from the command to its end. *sent*: memory and disks, as the hypervisor counted. *downtime*: as the hypervisor says it. *gap*: the longest time in which the guest gave no answer, asked each 5 ms from another machine of its network.',
    '- A move that goes on too long is aborted (45 s or 60 s), and has *stayed*.',
    "- virsh moves a guest that Ferry does not know. Ferry's policies know what the link carries where it is shaped.",
  ];
}

function seriesOf(results: readonly Result[], field: 'elapsedMs' | 'outsideGapMs'): Series[] {
  return ways.map(({ name }) => ({
    name,
    values: results
      .filter(({ way, end }) => way === name && end !== 'not-possible')
      .map((one) => ({
        row: `${one.guest} @ ${one.link}`,
        value: one[field],
        hollow: one.end !== 'moved',
      })),
  }));
}

function cellTable(results: readonly Result[], load: Load, link: Link): string[] {
  const ones = results.filter(({ guest, link: name }) => guest === load.name && name === link.name);
  return [
    `### ${load.name}, ${link.name}`,
    '',
    '| way | end | time | sent | downtime | gap | budget | load |',
    '|---|---|---|---|---|---|---|---|',
    ...ways.flatMap(({ name }) => ones.filter(({ way }) => way === name).map(row)),
    '',
    ...ones.flatMap(({ forecast }) => (forecast === null ? [] : [saidOf(forecast), ''])),
  ];
}

const cell = (text: string): string => text.replaceAll('|', '\\|');

function row(one: Result): string {
  const budget = one.budgetMs === null ? '-' : `${one.budgetMs} ms`;
  const cells = [
    one.way,
    one.end === 'moved' ? 'moved' : `${one.end}: ${short(one.because ?? '')}`,
    `${(one.elapsedMs / 1000).toFixed(1)} s`,
    one.bytes === null ? '-' : `${Math.round(one.bytes / 2 ** 20)} MiB`,
    one.hypervisorDowntimeMs === null ? '-' : `${one.hypervisorDowntimeMs} ms`,
    `${one.outsideGapMs} ms`,
    budget,
    one.loadAverage,
  ];
  return `| ${cells.join(' | ')} |`;
}

/** The first sentence; what libvirt says in lines stands in one. */
function short(text: string): string {
  const [first = ''] = text
    .replaceAll('|', '/')
    .replaceAll('\n', ' ')
    .split(/(?<=[.;]) /);
  return first.length > 140 ? `${first.slice(0, 140)}…` : first;
}

function saidOf({
  verdict,
  totalMs,
  factTotalMs,
  downtimeMs,
  factDowntimeMs,
  end,
}: NonNullable<Result['forecast']>): string {
  const [low, middle, high] = totalMs;
  return `Forecast without a policy: *${verdict}*; it ended as *${end}*. Time: ${show(middle)} (${show(low)} to ${show(high)}) was said, ${show(factTotalMs)} it was. Pause: ${show(downtimeMs[1])} was said, ${show(factDowntimeMs)} it was.`;
}

const show = (value: number | null): string => (value === null ? '-' : `${Math.round(value)} ms`);
