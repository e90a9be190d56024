import {
  type Instance,
  type MoveRequest,
  type PowerState,
  type QuietMoment,
  quietMoment,
} from '@ferry/model';
import { Refusal } from '../engine/refusal.ts';
import type { Services } from '../engine/services.ts';

const longestHours = 24;
const hourMs = 3_600_000;

/**
 * When a move begins that is to begin in the quiet part of its guest's day; null: nobody asked for that. Refused where the time is
 * none, or too far away, where the guest does not run, and where nothing is known of the guest's hours: to begin at any moment is not what was asked for.
 */
export async function quietMomentOf(
  { store }: Pick<Services, 'store'>,
  { id, name }: Instance,
  { quietBefore = null }: MoveRequest,
  power: PowerState,
): Promise<QuietMoment | null> {
  if (quietBefore === null) return null;
  if (power !== 'running')
    throw new Refusal(
      'instance-state',
      `${name} is ${power}: it changes nothing, and no hour is quieter for it than this one. Move it without --at quiet.`,
    );
  const nowMs = Date.parse(store.now());
  const beforeMs = Date.parse(quietBefore);
  const hours = (beforeMs - nowMs) / hourMs;
  if (!(hours > 0 && hours <= longestHours))
    throw new Refusal(
      'bad-request',
      `"${quietBefore}" is no time within the next ${longestHours} hours; it is ${store.now()} now.`,
    );
  const moment = quietMoment(await store.measurements.of(id), nowMs, beforeMs);
  if (moment !== null) return moment;
  throw new Refusal(
    'checks-failed',
    `When ${name} is quiet is not known: in none of the hours before ${quietBefore} it was ever measured (\`ferry forecast profile ${name}\`). Have it measured for a day (\`ferry serve --measure-interval 60\`), or move it without --at quiet.`,
  );
}
