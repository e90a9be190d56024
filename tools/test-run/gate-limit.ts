/**
 * Processor minutes that the gate's own tests may take on the reference machine. A gate that takes so many lasts some 22
 * minutes there when nothing else runs; a neighbour makes it last longer.
 */
const maxMinutes = 26;
/**
 * How far a run may be beyond the limit before it fails: processor time is not the same from run to run. The same tests
 * took 1,157 and 1,572 processor seconds on two machines of the same kind on 2026-11-29, since cores that are shared do
 * less in a second; a fixed piece of work before and after tells most of that, not what happens between.
 */
const tolerance = 1.35;

/**
 * Why a gate that took so many processor minutes is too long, or null.
 * @param slowness times the reference machine's processor time that this machine needs for the same work
 */
export function gateFault(minutes: number, slowness: number): string | null {
  // A faster machine is no reason to ask more of the tests.
  const most = maxMinutes * tolerance * Math.max(1, slowness);
  if (minutes <= most) return null;
  return `the gate took ${minutes.toFixed(1)} processor minutes, and ${most.toFixed(1)} are its most here (${maxMinutes} on the reference machine, ${slowness.toFixed(2)} times as slow here, and ${Math.round((tolerance - 1) * 100)} % of tolerance): see the slowest files; what need not be in it belongs into tools/test-run/thorough-parts.ts`;
}
