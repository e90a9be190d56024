import { type ControlState, linkCapacity, type SharingMove, splitLink, togetherRate } from '@ferry/model';
import type { MoveInput } from '../../context/move-input.ts';
import type { Services } from '../../engine/services.ts';
import { valuesOf } from './control-rules-of.ts';
import { readMoveInput } from '../../context/move-input.ts';

type Sending = Awaited<ReturnType<Services['store']['transfers']['sending']>>[number];

/**
 * What of the link a move has, bytes a second: of those that send from its source and of those that its target gets, by
 * `splitLink`; null where it is alone, or nobody knows what the link carries. What is shared is what past transfers between their
 * hosts have shown, else what was said of it. What they send together is noted with it, where no limit holds them.
 */
export async function shareOfLink(
  { store }: Pick<Services, 'store'>,
  input: MoveInput,
  saidBytesPerSecond: number | null,
): Promise<number | null> {
  const sending = await store.transfers.sending();
  const mine = sending.find(({ id }) => id === input.migrationId);
  if (mine === undefined || sending.length < 2) return null;
  // One that has just begun counts as the largest of the others.
  const largest = Math.max(...sending.map(({ leftBytes }) => leftBytes ?? 0));
  const groups = [
    sending.filter(({ sourceHostId }) => sourceHostId === mine.sourceHostId),
    sending.filter(({ targetHostId }) => targetHostId === mine.targetHostId),
  ].filter((group) => group.length > 1);
  noteTogether(store, mine, groups);
  const given: number[] = [];
  for (const group of groups) {
    const capacity = await capacityFor(store, group, saidBytesPerSecond);
    if (capacity === null) continue;
    const moves = group.map(({ id, input: stored, leftBytes, control, orders }): SharingMove => {
      const values = valuesOf(readMoveInput(stored), orders);
      return {
        id,
        leftBytes: leftBytes ?? largest,
        changesBytesPerSecond: changes(control),
        priority: values.priority,
      };
    });
    given.push(splitLink(capacity, moves).get(input.migrationId) ?? capacity);
  }
  return given.length === 0 ? null : Math.min(...given);
}

/** What the port carries that all of a group go through: as much as the best of the ways that they go. */
async function capacityFor(
  store: Services['store'],
  group: readonly Sending[],
  said: number | null,
): Promise<number | null> {
  const pairs = new Map(group.map((one) => [`${one.sourceHostId} ${one.targetHostId}`, one]));
  const capacities: number[] = [];
  for (const { sourceHostId, targetHostId } of pairs.values()) {
    const seen = await store.forecasts.linkRates(sourceHostId, targetHostId);
    const [alone, together] = [false, true].map((which) =>
      seen.filter((one) => one.together === which).map(({ bytesPerSecond }) => bytesPerSecond),
    );
    const capacity = linkCapacity({ alone: alone ?? [], together: together ?? [] }, said);
    // Of one way nobody knows anything: it may be the one that carries most.
    if (capacity === null) return null;
    capacities.push(capacity);
  }
  return Math.max(...capacities);
}

/** Where all that share either port go the same way, what they send is what that way carries. */
function noteTogether(
  store: Services['store'],
  mine: Sending,
  groups: readonly (readonly Sending[])[],
): void {
  const all = new Set(groups.flat());
  const isOneWay = [...all].every(
    (one) => one.sourceHostId === mine.sourceHostId && one.targetHostId === mine.targetHostId,
  );
  if (!isOneWay) return;
  const sum = togetherRate(
    [...all].map(({ id, input: stored, control }) => ({
      rateBytesPerSecond: store.forecasts.rateOf(id),
      limitBytesPerSecond:
        control?.shareBytesPerSecond ??
        control?.bandwidthBytesPerSecond ??
        readMoveInput(stored).options.bandwidthBytesPerSecond,
    })),
  );
  if (sum !== null) store.forecasts.sawTogether(mine.id, sum);
}

/** The least that a pass left for its time: what the guest changes at any rate of the link. */
function changes(control: ControlState | null): number {
  const passes = control?.passes ?? [];
  const rates = passes.slice(1).flatMap((pass, index) => {
    const before = passes[index];
    const ms = before === undefined ? 0 : pass.beganMs - before.beganMs;
    return ms <= 0 ? [] : [(pass.leftBytes / ms) * 1000];
  });
  return rates.length === 0 ? 0 : Math.min(...rates);
}
