import { Duplex, duplexPair } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { SocketWriter } from './socket-writer.ts';

/** A writer and what came out at the other side, once that is asked for. */
function pair(highWaterMark = 16): { writer: SocketWriter; near: Duplex; far: Duplex } {
  const [near, far] = duplexPair({ highWaterMark });
  return { writer: new SocketWriter(near), near, far };
}

const text = (bytes: Buffer): string => bytes.toString('latin1');

test('what is posted in one turn leaves in one piece, in order', async () => {
  const { writer, near, far } = pair(1_000);
  const written = vi.spyOn(near, 'write');
  writer.post(Buffer.from('a'));
  writer.post(Buffer.from('b'));
  expect(written).not.toHaveBeenCalled();
  await turn();
  expect(written).toHaveBeenCalledTimes(1);
  writer.post(Buffer.from('c'));
  await turn();
  expect(written).toHaveBeenCalledTimes(2);
  expect(text(far.read())).toBe('abc');
});

test('what was posted leaves before what is sent after it', async () => {
  const { writer, far } = pair(1_000);
  writer.post(Buffer.from('a'));
  await writer.send(Buffer.from('b'), Buffer.from('B'));
  writer.post(Buffer.from('c'));
  expect(writer.postUnlessFull(Buffer.from('d'))).toBe(true);
  await turn();
  expect(text(far.read())).toBe('abBcd');
});

test('a sender waits until the socket has taken its bytes, so that all that wait go on one after the other', async () => {
  const { writer, far } = pair();
  const done: string[] = [];
  const sent = ['first', 'second'].map(async (name) => {
    await writer.send(Buffer.alloc(4), Buffer.alloc(16));
    done.push(name);
  });
  await turn();
  expect(done).toEqual([]);
  far.resume();
  await Promise.all(sent);
  expect(done).toEqual(['first', 'second']);
});

test('a sender does not wait while there is room', async () => {
  const { writer, near } = pair();
  await writer.send(Buffer.alloc(1), Buffer.alloc(2));
  expect(near.writableNeedDrain).toBe(false);
});

test('all that wait are told when the connection ends, and nobody is told twice', async () => {
  const { writer, far } = pair();
  const broken = new Error('broken');
  const send = (): Promise<void> => writer.send(Buffer.alloc(4), Buffer.alloc(16));
  const sent = Promise.allSettled([send(), send()]);
  writer.fail(broken);
  const failed = { status: 'rejected', reason: broken };
  expect(await sent).toEqual([failed, failed]);
  const next = send();
  far.resume();
  await expect(next).resolves.toBeUndefined();
});

test('an answer is left out while the socket is full', async () => {
  const { writer, near, far } = pair();
  expect(writer.postUnlessFull(Buffer.alloc(16, 'a'))).toBe(true);
  expect(writer.postUnlessFull(Buffer.alloc(16, 'b'))).toBe(false);
  expect(near.writableLength).toBe(16);
  far.resume();
  await turn();
  expect(writer.postUnlessFull(Buffer.alloc(1))).toBe(true);
});

test('where frames leave apart, the next one waits until the one before has left, whoever gave them', async () => {
  const writes: string[] = [];
  const taken: (() => void)[] = [];
  const socket = new Duplex({
    read: () => undefined,
    writev: (chunks, done) => {
      writes.push(chunks.map(({ chunk }) => (chunk as Buffer).toString('latin1')).join(''));
      taken.push(() => done());
    },
  });
  const writer = new SocketWriter(socket, { apart: true });
  for (const frame of ['a', 'b']) writer.post(Buffer.from(frame));
  const sent = writer.send(Buffer.from('c'), Buffer.from('C'));
  writer.post(Buffer.from('d'));
  await turn();
  expect(writer.postUnlessFull(Buffer.from('pong'))).toBe(false);
  const seen: string[][] = [];
  while (taken.length > 0) {
    seen.push([...writes]);
    taken.shift()?.();
    await turn();
  }
  await sent;
  expect(seen).toEqual([['a'], ['a', 'b'], ['a', 'b', 'cC'], ['a', 'b', 'cC', 'd']]);
});
