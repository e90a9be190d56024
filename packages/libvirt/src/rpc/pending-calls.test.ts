import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { remoteProgram } from '../procedures/procedure.ts';
import { type Frame, FrameError, type FrameHeader, MessageStatus, MessageType } from './frame.ts';
import { type NumberedCall, PendingCalls } from './pending-calls.ts';

const largest = 0xff_ff_ff_ff;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function call(serial: number): NumberedCall {
  return { serial, name: 'domainSuspend', program: remoteProgram, procedure: 34 };
}

function reply(serial: number, header: Partial<FrameHeader> = {}): Frame {
  const { reply: type } = MessageType;
  const usual = { ...remoteProgram, procedure: 34, type, serial, status: MessageStatus.ok };
  return { header: { ...usual, ...header }, payload: Buffer.alloc(0) };
}

const serialOf = ({ header }: Frame): number => header.serial;

test('serial numbers count up from one', () => {
  const calls = new PendingCalls();
  expect([calls.nextSerial(), calls.nextSerial(), calls.nextSerial()]).toEqual([1, 2, 3]);
});

test('after the largest they begin again, and leave out those that still wait', async () => {
  const calls = new PendingCalls(largest - 1);
  expect(calls.nextSerial()).toBe(largest);
  const waiting = calls.wait(call(1), { deadlineMs: Infinity }, serialOf);
  expect(calls.nextSerial()).toBe(2);
  calls.deliver(reply(1));
  await expect(waiting).resolves.toBe(1);
});

test('a serial number was given out or not; zero never is', () => {
  const calls = new PendingCalls();
  calls.nextSerial();
  calls.requireIssued(1);
  for (const serial of [0, 2, largest]) expect(() => calls.requireIssued(serial)).toThrow(FrameError);
  const wrapped = new PendingCalls(largest);
  wrapped.nextSerial();
  wrapped.requireIssued(largest);
  expect(() => wrapped.requireIssued(0)).toThrow(FrameError);
});

/** When the last deadline that was waited for has passed, nothing waits for another. */
function expectNoDeadlines(): void {
  vi.advanceTimersByTime(30_000);
  expect(vi.getTimerCount()).toBe(0);
}

test('a reply goes to its call, and leaves no deadline and no listener behind', async () => {
  const calls = new PendingCalls(1);
  const { signal } = new AbortController();
  const waiting = calls.wait(call(1), { signal }, serialOf);
  expect([vi.getTimerCount(), getEventListeners(signal, 'abort').length]).toEqual([1, 1]);
  calls.deliver(reply(1));
  await expect(waiting).resolves.toBe(1);
  expect(getEventListeners(signal, 'abort').length).toBe(0);
  expectNoDeadlines();
});

test('a reply that cannot be read rejects its call with just that', async () => {
  const calls = new PendingCalls(1);
  const unreadable = new Error('unreadable');
  const waiting = calls.wait(call(1), {}, () => {
    throw unreadable;
  });
  calls.deliver(reply(1));
  await expect(waiting).rejects.toBe(unreadable);
  expectNoDeadlines();
});

test('a call that names no deadline has one of 30 seconds', async () => {
  const calls = new PendingCalls(1);
  const failed = vi.fn<(error: unknown) => void>();
  void calls.wait(call(1), {}, serialOf).catch(failed);
  await vi.advanceTimersByTimeAsync(29_999);
  expect(failed).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  expect(failed).toHaveBeenCalledWith(
    expect.objectContaining({ code: 'deadline-exceeded', mayHaveRun: true }),
  );
});

test('a call given up by its signal has the reason of that as its cause', async () => {
  const calls = new PendingCalls(1);
  const controller = new AbortController();
  const waiting = calls.wait(call(1), { signal: controller.signal }, serialOf);
  controller.abort('enough');
  await expect(waiting).rejects.toMatchObject({ code: 'aborted', mayHaveRun: true, cause: 'enough' });
  expectNoDeadlines();
});

test('a reply that comes late or twice is for nobody', async () => {
  const calls = new PendingCalls(1);
  const waiting = calls.wait(call(1), {}, serialOf);
  calls.deliver(reply(1));
  calls.deliver(reply(1));
  calls.deliver(reply(1, { procedure: 35 }));
  await expect(waiting).resolves.toBe(1);
});

test.each([
  ['a serial number that no call had', { serial: 2 }],
  ['another procedure', { procedure: 35 }],
  ['another program', { program: 1 }],
  ['another version', { version: 2 }],
])('a reply of %s is refused, and the call still waits', async (_what, header) => {
  const calls = new PendingCalls(1);
  const waiting = calls.wait(call(1), {}, serialOf);
  expect(() => calls.deliver(reply(1, header))).toThrow(FrameError);
  calls.deliver(reply(1));
  await expect(waiting).resolves.toBe(1);
});

test('all that wait are ended with one error', async () => {
  const calls = new PendingCalls(3);
  const waiting = Promise.allSettled([1, 2, 3].map((serial) => calls.wait(call(serial), {}, serialOf)));
  const gone = new Error('gone');
  calls.rejectAll(gone);
  const rejected = { status: 'rejected', reason: gone };
  expect(await waiting).toEqual([rejected, rejected, rejected]);
  expect(vi.getTimerCount()).toBe(0);
});
