import type { Highs } from 'highs';
import type { FleetGuest, FleetState } from './fleet-state.ts';

/** What no plan that empties a host can do better. */
export interface Optimum {
  /** Guests of the host that have no place, however all others are moved. */
  readonly unplaced: number;
  /** The fewest moves with which no more than these are left. */
  readonly moves: number;
  /** With so few of each: what the fullest port takes at least, over all ways to choose places; ms. */
  readonly makespanMs: number;
}

/** Of each guest: the time of its transfer, and what comes before and after it; ms. */
export interface MoveTimes {
  readonly sendMs: (guest: FleetGuest) => number;
  readonly aroundMs: number;
  readonly perHost: number;
}

/**
 * The exact optimum of a small drain by a solver for integer programs: a variable for each guest on each host, with the room
 * of hosts and server groups that are spread as constraints, first for who is left and how many move, then for the time.
 * It asks less than a plan must do (that there is an order in which room is never short), so that nothing can be better.
 */
export function optimum(highs: Highs, state: FleetState, drained: string, times: MoveTimes): Optimum {
  const model = new AssignmentModel(state, drained, times);
  const first = solve(highs, model.text(`${model.leftOver(1000)} ${model.others(1)}`, []));
  const unplaced = Math.round(first / 1000);
  const others = Math.round(first - 1000 * unplaced);
  const leavers = state.guests.filter(({ hostId }) => hostId === drained).length;
  const makespanMs = solve(
    highs,
    model.text('t', [`${model.leftOver(1)} = ${unplaced}`, `${model.others(1) || '0 t'} <= ${others}`]),
  );
  return { unplaced, moves: leavers - unplaced + others, makespanMs };
}

function solve(highs: Highs, problem: string): number {
  const result = highs.solve(problem, { output_flag: false });
  if (result.Status !== 'Optimal') throw new Error(`the solver ended with ${result.Status} for\n${problem}`);
  return result.ObjectiveValue;
}

/** The program as text of CPLEX's LP format. */
class AssignmentModel {
  readonly #state: FleetState;
  readonly #drained: string;
  readonly #times: MoveTimes;
  readonly #open: readonly number[];

  constructor(state: FleetState, drained: string, times: MoveTimes) {
    this.#state = state;
    this.#drained = drained;
    this.#times = times;
    this.#open = [...state.hosts.keys()].filter((host) => state.hosts[host]?.id !== drained);
  }

  leftOver(weight: number): string {
    return this.#sum(
      (guest) => guest.hostId === this.#drained,
      (_, number) => [`+ ${weight} u${number}`],
    );
  }

  others(weight: number): string {
    return this.#sum(
      (guest) => guest.hostId !== this.#drained,
      (guest, number) => this.#away(guest, number, weight),
    );
  }

  text(goal: string, more: readonly string[]): string {
    const { guests, hosts, serverGroups } = this.#state;
    const rows: string[] = [...more];
    for (const [number, guest] of guests.entries()) {
      const places = this.#open.map((host) => `+ x${number}_${host}`).join(' ');
      rows.push(`${places} ${guest.hostId === this.#drained ? `+ u${number} ` : ''}= 1`);
    }
    for (const host of this.#open) {
      const there = (amount: (guest: FleetGuest) => number): string =>
        this.#sum(
          () => true,
          (guest, number) => [`+ ${amount(guest)} x${number}_${host}`],
        );
      rows.push(
        `${there(({ memoryBytes }) => memoryBytes / 2 ** 30)} <= ${(hosts[host]?.memoryBytes ?? 0) / 2 ** 30}`,
      );
      for (const { group, members } of serverGroups) {
        const ids = new Set(members.map(({ guestId }) => guestId));
        const its = this.#sum(
          ({ id }) => ids.has(id),
          (_, number) => [`+ x${number}_${host}`],
        );
        rows.push(`${its} <= ${group.maxPerHost ?? 1}`);
      }
    }
    rows.push(...this.#ports());
    const binaries = guests.flatMap((guest, number) => [
      ...this.#open.map((host) => `x${number}_${host}`),
      ...(guest.hostId === this.#drained ? [`u${number}`] : []),
    ]);
    return `Minimize\n obj: ${goal}\nSubject To\n${rows.map((row, number) => ` r${number}: ${row}`).join('\n')}\nBounds\n t >= 0\nBinary\n ${binaries.join('\n ')}\nEnd\n`;
  }

  /** Each port in each direction carries what goes through it, and so many moves of a host run at once. */
  #ports(): string[] {
    const { aroundMs, perHost, sendMs } = this.#times;
    const both = (moves: (weight: (guest: FleetGuest) => number) => string): string[] => [
      `t ${moves((guest) => -sendMs(guest))} >= ${aroundMs}`,
      `t ${moves((guest) => -(sendMs(guest) + aroundMs) / perHost)} >= 0`,
    ];
    return this.#state.hosts.flatMap(({ id }, host) => [
      ...both((weight) =>
        this.#sum(
          (guest) => guest.hostId === id,
          (guest, number) => this.#away(guest, number, weight(guest)),
        ),
      ),
      ...(this.#open.includes(host)
        ? both((weight) =>
            this.#sum(
              (guest) => guest.hostId !== id,
              (guest, number) => [`${signed(weight(guest))} x${number}_${host}`],
            ),
          )
        : []),
    ]);
  }

  #away(guest: FleetGuest, number: number, weight: number): string[] {
    return this.#open
      .filter((host) => this.#state.hosts[host]?.id !== guest.hostId)
      .map((host) => `${signed(weight)} x${number}_${host}`);
  }

  #sum(of: (guest: FleetGuest) => boolean, terms: (guest: FleetGuest, number: number) => string[]): string {
    return this.#state.guests.flatMap((guest, number) => (of(guest) ? terms(guest, number) : [])).join(' ');
  }
}

function signed(value: number): string {
  return value < 0 ? `- ${-value}` : `+ ${value}`;
}
