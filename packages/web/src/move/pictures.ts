import type { InstanceBody } from '@ferry/api';
import { ferry } from '../api/ferry.ts';

/** A picture of a guest's screen, taken by the host that it was on. */
export interface Picture {
  /** As a `data:` address. */
  readonly source: string;
  /** UTC ISO 8601. */
  readonly at: string;
  readonly host: string;
}

/** Pictures of screens before their moves, by migration. They are this page's alone, and gone with it: nobody stores what a guest shows. */
const before = new Map<string, Picture>();
/** The move is not kept waiting for one. */
const patienceMs = 2_000;

export function pictureBefore(migrationId: string): Picture | null {
  return before.get(migrationId) ?? null;
}

export function keepBefore(migrationId: string, picture: Picture | null): void {
  if (picture !== null) before.set(migrationId, picture);
}

/** The screen of a guest that runs. Rejects with the refusal of the controller. */
export async function takePicture(instanceId: string, host: string): Promise<Picture> {
  const blob = await ferry.screenshot(instanceId);
  return { source: await addressOf(blob), at: new Date().toISOString(), host };
}

/** A picture of the screen as it is before a move, where there is one and it comes soon. */
export function pictureForMove({ id, host, powerState }: InstanceBody): Promise<Picture | null> {
  if (powerState !== 'running' && powerState !== 'paused') return Promise.resolve(null);
  const late = new Promise<null>((resolve) => setTimeout(() => resolve(null), patienceMs));
  return Promise.race([takePicture(id, host).catch(() => null), late]);
}

function addressOf(blob: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener('load', () => resolve(reader.result as string));
    reader.addEventListener('error', () => reject(reader.error ?? new Error('the picture cannot be read')));
    reader.readAsDataURL(blob);
  });
}
