import type { FleetGuest } from './fleet-state.ts';
import type { PlanOptions } from './fleet-plan.ts';
import type { MoveLoad } from './move-time.ts';

/** Reckoned for a cold move before its first byte: the guest is shut down, its definition goes; ms. */
const coldPrepareMs = 5_000;

/** How a plan treats a guest that its goal wants away. */
export type Movability =
  | {
      readonly kind: 'moves';
      readonly how: 'live' | 'cold' | 'evacuate';
      readonly load: MoveLoad;
      readonly downtimeMs: number | null;
    }
  | { readonly kind: 'shuts-down'; readonly because: string }
  | { readonly kind: 'blocks'; readonly because: string; readonly remedies: readonly string[] };

/** A running guest is stopped or shut down by its name in the options alone, and for no other reason. */
export function movability(guest: FleetGuest, options: PlanOptions): Movability {
  const { move } = guest;
  switch (move.kind) {
    case 'live': {
      const { bytes, dirtyBytesPerSecond, prepareMs, downtimeMs } = move.forecast;
      const load = { bytes, dirtyBytesPerSecond, prepareMs, downtimeMs: downtimeMs ?? 0 };
      return { kind: 'moves', how: 'live', load, downtimeMs };
    }
    case 'off':
      return { kind: 'moves', how: 'cold', load: coldLoad(move.bytes), downtimeMs: null };
    case 'cold-only':
      if (options.mayStop.includes(guest.id))
        return { kind: 'moves', how: 'cold', load: coldLoad(move.bytes), downtimeMs: null };
      if (options.mayShutDown.includes(guest.id)) return { kind: 'shuts-down', because: move.because };
      return {
        kind: 'blocks',
        because: `${guest.name} runs and cannot move live: ${move.because}`,
        remedies: [
          `let ${guest.name} be stopped for a cold move, by its name`,
          `let ${guest.name} be shut down while the host is away, by its name`,
        ],
      };
    case 'stays':
      if (options.mayShutDown.includes(guest.id)) return { kind: 'shuts-down', because: move.because };
      return {
        kind: 'blocks',
        because: `${guest.name} runs and cannot leave its host: ${move.because}`,
        remedies: [`let ${guest.name} be shut down while the host is away, by its name`],
      };
  }
}

function coldLoad(bytes: number): MoveLoad {
  return { bytes, dirtyBytesPerSecond: 0, prepareMs: coldPrepareMs, downtimeMs: 0 };
}
