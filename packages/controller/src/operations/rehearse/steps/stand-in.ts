import { randomBytes } from 'node:crypto';
import { dirname } from 'node:path';
import { type LinkRehearsal, rateOfSamples } from '@ferry/model';
import { sourceOf, targetOf } from '../../context/move-context.ts';
import type { RehearsalContext, RehearsalDisk } from '../rehearsal-input.ts';
import { sendStandIn } from './send-stand-in.ts';

const blockBytes = 1024 * 1024;
/** A disk that came too fast to be measured is followed by one so many times as large. */
const largerTimes = 4;
/** Room for so many of it: others write there, too. */
const ampleTimes = 4;

/** Memory alone: whether the hosts open the way to each other, with the flags of the migration. */
export async function sendMemory(context: RehearsalContext): Promise<string> {
  await ensureNothingLeft(context);
  const { standIn } = context.input.rehearsal;
  const call = { signal: context.signal };
  await sourceOf(context).trials.ensureStandIn({ ...standIn, diskPath: null }, call);
  await sendStandIn(context, null);
  await ensureNothingLeft(context);
  const { source, target, plan } = context.input;
  return `a guest of Ferry's own, paused, came from ${source.name} to ${target.name} (${plan.form})`;
}

/**
 * A disk with it, whose content goes by the way of disks: NBD, from hypervisor to hypervisor. Where it was there before two looks
 * saw it, a larger one is sent, once, if both hosts have ample room for it and no limit is set.
 */
export async function sendDisk(
  context: RehearsalContext,
  disk: RehearsalDisk,
): Promise<{ readonly link: LinkRehearsal; readonly bytes: number }> {
  const { bytes } = disk;
  const link = await sendBytes(context, disk, bytes);
  const more = bytes * largerTimes;
  const capped = context.input.options.bandwidthBytesPerSecond !== null;
  if (link.kind === 'measured' || capped || !(await haveRoom(context, disk, more * ampleTimes)))
    return { link, bytes };
  return { link: await sendBytes(context, disk, more), bytes: more };
}

async function haveRoom(context: RehearsalContext, disk: RehearsalDisk, bytes: number): Promise<boolean> {
  const call = { signal: context.signal };
  const rooms = [
    await sourceOf(context).storage.room(dirname(disk.source), call),
    await targetOf(context).storage.room(dirname(disk.target), call),
  ];
  return rooms.every(({ availableBytes }) => (availableBytes ?? 0) >= bytes);
}

async function sendBytes(
  context: RehearsalContext,
  disk: RehearsalDisk,
  lengthBytes: number,
): Promise<LinkRehearsal> {
  await ensureNothingLeft(context);
  const { standIn, sourceOwner } = context.input.rehearsal;
  const call = { signal: context.signal };
  await targetOf(context).storage.makeFile(
    { path: disk.target, lengthBytes, owner: context.input.targetOwner },
    call,
  );
  const { storage, trials } = sourceOf(context);
  await storage.makeFile({ path: disk.source, lengthBytes, owner: sourceOwner }, call);
  await storage.writeImage(disk.source, { offsetBytes: 0, lengthBytes }, content(lengthBytes), call);
  await trials.ensureStandIn({ ...standIn, diskPath: disk.source }, call);
  const samples = await sendStandIn(context, disk);
  await ensureNothingLeft(context);
  return rateOfSamples(samples, lengthBytes, context.input.options.bandwidthBytesPerSecond);
}

/** Bytes that nothing makes smaller. */
async function* content(
  bytes: number,
): AsyncGenerator<{ readonly kind: 'data'; readonly bytes: Uint8Array }> {
  const block = randomBytes(Math.min(blockBytes, bytes));
  for (let at = 0; at < bytes; at += block.length)
    yield await Promise.resolve({ kind: 'data', bytes: block.subarray(0, bytes - at) } as const);
}

/** Ends the stand-in on both hosts and takes its files away; nothing there is fine. */
export async function ensureNothingLeft(context: RehearsalContext): Promise<void> {
  const { standIn, disk } = context.input.rehearsal;
  const call = { signal: context.signal };
  for (const { trials } of [sourceOf(context), targetOf(context)])
    await trials.ensureNoStandIn(standIn, call);
  if (disk === null) return;
  await sourceOf(context).storage.ensureNoImage(disk.source, call);
  await targetOf(context).storage.ensureNoImage(disk.target, call);
}
