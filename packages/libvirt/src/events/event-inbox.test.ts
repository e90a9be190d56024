import { expect, test } from 'vitest';
import { ClientError } from '../errors.ts';
import { remoteProgram } from '../procedures/procedure.ts';
import { type Frame, MessageStatus, MessageType } from '../rpc/frame.ts';
import type { DecodedEvent } from './decode-event.ts';
import { EventInbox } from './event-inbox.ts';
import { eventMessages } from './libvirt-event.ts';

const mib = 1024 * 1024;

/** A message of a kind, with a payload that says nothing. */
function frame(procedure: number, payload: Uint8Array = new Uint8Array(4)): Frame {
  const { message: type } = MessageType;
  const header = { ...remoteProgram, procedure, type, serial: 0, status: MessageStatus.ok };
  return { header, payload: Buffer.from(payload.buffer) };
}

const { procedure: reboot } = eventMessages.reboot;
const { procedure: lifecycle } = eventMessages.lifecycle;
const unknown = 1_000_000;

async function rest(inbox: EventInbox): Promise<DecodedEvent['event'][]> {
  inbox.end(null);
  const events = [];
  for await (const { event } of inbox.events()) events.push(event);
  return events;
}

test('large events are kept up to so many bytes, and the rest is counted', async () => {
  const inbox = new EventInbox(['reboot']);
  const large = frame(reboot, new Uint8Array(3 * mib));
  for (let count = 0; count < 10; count += 1) inbox.receive(large);
  const events = await rest(inbox);
  expect(events.map(({ kind }) => kind)).toEqual([...Array<string>(6).fill('undecodable'), 'overflow']);
  expect(events.at(-1)).toEqual({ kind: 'overflow', lost: 4 });
});

test('what was given out makes room again', async () => {
  const inbox = new EventInbox(['reboot']);
  const events = inbox.events();
  for (let count = 0; count < 5; count += 1) {
    inbox.receive(frame(reboot, new Uint8Array(16 * mib)));
    await expect(events.next()).resolves.toMatchObject({ value: { event: { kind: 'undecodable' } } });
  }
  expect(await rest(inbox)).toEqual([]);
});

test('many events, once read, make room for as many', async () => {
  const inbox = new EventInbox(['reboot']);
  const events = inbox.events();
  for (let round = 0; round < 2; round += 1) {
    for (let count = 0; count < 10_000; count += 1) inbox.receive(frame(reboot));
    for (let count = 0; count < 10_000; count += 1) {
      const { value } = await events.next();
      if (value?.event.kind === 'overflow') throw new Error('there was room');
    }
  }
  inbox.end(null);
  expect(await events.next()).toMatchObject({ done: true });
});

test('what was lost while the last were given out is told before the end', async () => {
  const inbox = new EventInbox(['reboot']);
  inbox.receive(frame(reboot, new Uint8Array(4 * mib)));
  inbox.receive(frame(reboot, new Uint8Array(16 * mib)));
  const events = inbox.events();
  await events.next();
  inbox.receive(frame(reboot));
  inbox.end(null);
  await events.next();
  await expect(events.next()).resolves.toMatchObject({ value: { event: { kind: 'overflow', lost: 1 } } });
  await expect(events.next()).resolves.toMatchObject({ done: true });
});

test('kinds that were not asked for are not kept, unknown ones are', async () => {
  const inbox = new EventInbox(['reboot']);
  inbox.receive(frame(lifecycle));
  inbox.receive(frame(unknown));
  expect(await rest(inbox)).toEqual([
    { kind: 'undecodable', program: remoteProgram.program, procedure: unknown, bytes: new Uint8Array(4) },
  ]);
});

test('what came before the end is given out, then its reason is thrown; only the first counts', async () => {
  const inbox = new EventInbox(['reboot']);
  const reason = new ClientError('connection-closed', 'gone', { mayHaveRun: true });
  const events = inbox.events();
  const first = events.next();
  inbox.receive(frame(reboot));
  inbox.end(reason);
  inbox.end(null);
  await expect(first).resolves.toMatchObject({ value: { kind: 'reboot' } });
  await expect(events.next()).rejects.toBe(reason);
});

test('a reader that waits is woken by the end', async () => {
  const inbox = new EventInbox(['reboot']);
  const next = inbox.events().next();
  inbox.end(null);
  await expect(next).resolves.toEqual({ done: true, value: undefined });
});
