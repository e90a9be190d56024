import type { Result } from './results.ts';

/** How one goal came out, with its figures. */
export interface Goal {
  readonly goal: string;
  readonly met: 'yes' | 'no' | 'not measured';
  readonly figures: string;
}

/** Ferry's own figure, as each was measured; the pause that an outside probe sees is some wake-ups longer. */
const toleranceMs = 0;
const cellOf = ({ guest, link }: Result): string => `${guest} @ ${link}`;

/** The goals that a figure of the results answers. */
export function judgeGoals(results: readonly Result[]): readonly Goal[] {
  return [finishes(results), leastPause(results), budgets(results), ...forecasts(results)];
}

/** Of a cell in which anybody finishes, some policy of Ferry has to. */
function finishes(results: readonly Result[]): Goal {
  const cells = Map.groupBy(
    results.filter(({ end }) => end === 'moved'),
    cellOf,
  );
  const without = [...cells].filter(([, ones]) => !ones.some(({ way }) => way.startsWith('ferry')));
  return {
    goal: 'finishes wherever any way does',
    met: cells.size === 0 ? 'not measured' : without.length === 0 ? 'yes' : 'no',
    figures: `${cells.size - without.length} of ${cells.size} cells${without.length === 0 ? '' : `; not in ${without.map(([cell]) => cell).join(', ')}`}`,
  };
}

const least = (ones: readonly Result[], by: string): number =>
  Math.min(...ones.filter(({ way }) => way.startsWith(by)).map(({ outsideGapMs }) => outsideGapMs));

function leastPause(results: readonly Result[]): Goal {
  const cells = [
    ...Map.groupBy(
      results.filter(({ end }) => end === 'moved'),
      cellOf,
    ),
  ];
  const both = cells
    .map(([cell, ones]) => ({ cell, ferry: least(ones, 'ferry'), virsh: least(ones, 'virsh') }))
    .filter(({ ferry, virsh }) => Number.isFinite(ferry) && Number.isFinite(virsh));
  const won = both.filter(({ ferry, virsh }) => ferry <= virsh);
  const list = both.map(({ cell, ferry, virsh }) => `${cell}: ${ferry} against ${virsh} ms`);
  return {
    goal: "the least pause of Ferry's policies is no longer than virsh's, seen from outside",
    met: both.length === 0 ? 'not measured' : won.length === both.length ? 'yes' : 'no',
    figures: `${won.length} of ${both.length} cells (${list.join('; ')})`,
  };
}

function budgets(results: readonly Result[]): Goal {
  const held = results.filter(
    ({ end, budgetMs, hypervisorDowntimeMs }) =>
      end === 'moved' && budgetMs !== null && hypervisorDowntimeMs !== null,
  );
  const broken = held.filter(
    ({ budgetMs, hypervisorDowntimeMs }) => (hypervisorDowntimeMs ?? 0) > (budgetMs ?? 0) + toleranceMs,
  );
  const alone = results
    .filter(({ guest, end }) => guest === 'idle' && end === 'moved')
    .flatMap(({ hypervisorDowntimeMs }) => hypervisorDowntimeMs ?? []);
  const floor =
    alone.length === 0
      ? ''
      : `. With an idle guest, of which nothing is left to send, all ways took ${Math.min(...alone)} to ${Math.max(...alone)} ms: what the switch-over itself takes here is no part of what QEMU compares with its limit`;
  const list = broken.map(
    (one) => `${cellOf(one)}, ${one.way}: ${one.hypervisorDowntimeMs} ms of ${one.budgetMs} ms`,
  );
  return {
    goal: 'no downtime budget is exceeded, by the figure of the hypervisor',
    met: held.length === 0 ? 'not measured' : broken.length === 0 ? 'yes' : 'no',
    figures: `${broken.length} of ${held.length} moves with a budget${list.length === 0 ? '' : `: ${list.join('; ')}`}${floor}`,
  };
}

/** Those of which a figure was said, that ended by themselves. */
function forecasts(results: readonly Result[]): Goal[] {
  const all = results.flatMap(({ forecast }) => (forecast === null ? [] : [forecast]));
  const converged = all.filter(({ end, verdict }) => end === 'converged' && verdict === 'converges');
  const totals = converged.flatMap(({ totalMs: [low, middle, high], factTotalMs: fact }) =>
    low === null || middle === null || high === null || fact === null ? [] : [{ low, middle, high, fact }],
  );
  const pauses = converged.flatMap(({ downtimeMs: [, middle], factDowntimeMs: fact }) =>
    middle === null || fact === null ? [] : [Math.abs(middle - fact)],
  );
  const errors = totals.map(({ middle, fact }) => Math.abs(middle - fact) / fact);
  const within = totals.filter(({ low, high, fact }) => fact >= low && fact <= high).length;
  const said = all.filter(({ verdict }) => verdict !== 'not-known');
  const right = said.filter(({ verdict, end }) => (verdict === 'converges') === (end === 'converged')).length;
  const [p50, p90, pause90] = [quantile(errors, 0.5), quantile(errors, 0.9), quantile(pauses, 0.9)];
  return [
    {
      goal: 'total time: |forecast − fact| / fact at most 10 % at P50, 25 % at P90',
      met: p50 === null || p90 === null ? 'not measured' : p50 <= 0.1 && p90 <= 0.25 ? 'yes' : 'no',
      figures: `${percent(p50)} at P50, ${percent(p90)} at P90, of ${errors.length} that converged`,
    },
    {
      goal: 'pause: |forecast − fact| at most 150 ms at P90',
      met: pause90 === null ? 'not measured' : pause90 <= 150 ? 'yes' : 'no',
      figures: pause90 === null ? 'none' : `${Math.round(pause90)} ms of ${pauses.length}`,
    },
    {
      goal: 'P10 to P90 holds 75 to 85 % of the facts',
      met:
        totals.length === 0 ? 'not measured' : isBetween(within / totals.length, 0.75, 0.85) ? 'yes' : 'no',
      figures: `${within} of ${totals.length}`,
    },
    {
      goal: 'the verdict is right in 95 %',
      met: said.length === 0 ? 'not measured' : right / said.length >= 0.95 ? 'yes' : 'no',
      figures: `${right} of ${said.length} that were said${all.length === said.length ? '' : `, ${all.length - said.length} not known`}`,
    },
  ];
}

function isBetween(value: number, low: number, high: number): boolean {
  return value >= low && value <= high;
}

function quantile(values: readonly number[], share: number): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? null;
}

function percent(share: number | null): string {
  return share === null ? '-' : `${Math.round(share * 100)} %`;
}
