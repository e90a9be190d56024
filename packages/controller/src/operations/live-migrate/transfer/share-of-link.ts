import { type ControlState, type SharingMove, splitLink } from '@ferry/model';
import type { MoveInput } from '../../context/move-input.ts';
import type { Services } from '../../engine/services.ts';
import { valuesOf } from './control-rules-of.ts';
import { readMoveInput } from '../../context/move-input.ts';

/**
 * What of the link a move has, bytes a second: of those that send from its source and of those that its target gets, by
 * `splitLink`; null where it is alone, or nobody said what the link carries.
 */
export async function shareOfLink(
  { store }: Pick<Services, 'store'>,
  input: MoveInput,
  linkBytesPerSecond: number | null,
): Promise<number | null> {
  if (linkBytesPerSecond === null) return null;
  const sending = await store.transfers.sending();
  const mine = sending.find(({ id }) => id === input.migrationId);
  if (mine === undefined || sending.length < 2) return null;
  // One that has just begun counts as the largest of the others.
  const largest = Math.max(...sending.map(({ leftBytes }) => leftBytes ?? 0));
  const groups = [
    sending.filter(({ sourceHostId }) => sourceHostId === mine.sourceHostId),
    sending.filter(({ targetHostId }) => targetHostId === mine.targetHostId),
  ].filter((group) => group.length > 1);
  const shares = groups.map((group) =>
    splitLink(
      linkBytesPerSecond,
      group.map(({ id, input: stored, leftBytes, control, orders }): SharingMove => {
        const values = valuesOf(readMoveInput(stored), orders);
        return {
          id,
          leftBytes: leftBytes ?? largest,
          changesBytesPerSecond: changes(control),
          priority: values.priority,
        };
      }),
    ).get(input.migrationId),
  );
  const given = shares.filter((share) => share !== undefined);
  return given.length === 0 ? null : Math.min(...given);
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
