import { setTimeout as sleep } from 'node:timers/promises';
import type { HostStorage } from '@ferry/hypervisor';
import { overlayPath } from '@ferry/model';
import { expect, test } from 'vitest';
import type { MoveContext } from '../../context/move-context.ts';
import { guardRoom } from './guard-room.ts';

const mebibyte = 1024 * 1024;
const id = 'm1';
const disk = '/images/web.img';
const never = new AbortController().signal;

/** A move of one disk from a host with so much room, whose overlays take so much, by round. */
function contextOf(availableBytes: number | null, overlays: readonly number[]): MoveContext {
  const bytes = new Map(overlays.map((one, index) => [overlayPath(disk, id, index + 1), one]));
  const storage: Pick<HostStorage, 'image' | 'room'> = {
    image: (path) => {
      const allocationBytes = bytes.get(path);
      const image = { path, format: 'qcow2', capacityBytes: 1, owner: null };
      return Promise.resolve(allocationBytes === undefined ? null : { ...image, allocationBytes });
    },
    room: (directory) => Promise.resolve({ directory, present: true, availableBytes }),
  };
  const plan = { warm: ['vda'], disks: [{ action: 'copy', target: 'vda', path: disk }] };
  return {
    input: { migrationId: id, plan, source: { name: 'alpha', uri: '' } },
    services: {
      limits: { pollMs: 1 },
      log: { debug: () => undefined },
      hypervisor: { host: () => ({ storage }) },
    },
  } as unknown as MoveContext;
}

/** Copying that takes for ever, unless it is ended. */
const endless = (signal: AbortSignal): Promise<void> => sleep(60_000, undefined, { signal });

test('copying ends when what was written meanwhile could hardly be merged any more', async () => {
  const context = contextOf(100 * mebibyte, [30 * mebibyte, 10 * mebibyte]);
  await expect(guardRoom(context, 2, never, endless)).rejects.toMatchObject({
    code: 'source-full',
    message: expect.stringContaining(`${40 * mebibyte} are to be merged`) as string,
  });
});

test.each([
  ['there is room', 200 * mebibyte],
  ['the host does not tell its room', null],
])('copying goes on to its own end while %s', async (_, availableBytes) => {
  const context = contextOf(availableBytes, [30 * mebibyte]);
  const copied = guardRoom(context, 1, never, async (signal) => {
    await sleep(50, undefined, { signal });
    return 'copied';
  });
  await expect(copied).resolves.toBe('copied');
});

test('its own failures and an end from outside stay what they are', async () => {
  const context = contextOf(200 * mebibyte, [0]);
  const failing = guardRoom(context, 1, never, () => Promise.reject(new Error('the link broke')));
  await expect(failing).rejects.toThrow('the link broke');
  const aborted = guardRoom(context, 1, AbortSignal.abort(new Error('aborted')), endless);
  await expect(aborted).rejects.toMatchObject({ name: 'AbortError' });
});
