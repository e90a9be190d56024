import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { programStream } from './open-program.ts';

function run(script: string): { stream: Duplex; pid: number | undefined } {
  const program = spawn('/bin/sh', ['-c', script], { stdio: ['pipe', 'pipe', 'pipe'] });
  program.stderr.resume();
  return { stream: programStream(program, (how) => new Error(`it ended ${how}`)), pid: program.pid };
}

function errorOf(stream: Duplex): Promise<Error> {
  return new Promise((resolve) => {
    stream.once('error', resolve);
  });
}

test('what goes in comes out, and neither side outruns the other', async () => {
  const { stream } = run('exec cat');
  const piece = Buffer.alloc(65_536, 'x');
  const pieces = 256;
  let taken = 0;
  const write = (): void => {
    if (taken < pieces) {
      stream.write(piece, () => {
        taken += 1;
        write();
      });
    }
  };
  write();
  // Nobody reads: what is taken stops at what pipes and buffers hold, far from all of it.
  let before = -1;
  for (let quiet = 0; quiet < 200; quiet = taken === before ? quiet + 1 : 0) {
    before = taken;
    await turn();
  }
  expect(taken).toBeLessThan(pieces / 2);
  let bytes = 0;
  stream.on('data', (data: Buffer) => {
    bytes += data.length;
    if (bytes === pieces * piece.length) stream.destroy();
  });
  await once(stream, 'close');
  expect(bytes).toBe(pieces * piece.length);
});

test('a slow reader gets all that was written, then why it ended', async () => {
  const { stream } = run('head -c 300000 /dev/zero; exit 4');
  const why = errorOf(stream);
  let bytes = 0;
  stream.on('data', (data: Buffer) => {
    bytes += data.length;
    stream.pause();
    setImmediate(() => stream.resume());
  });
  expect((await why).message).toBe('it ended with exit code 4');
  expect(bytes).toBe(300_000);
});

test('destroying it ends the program, and only then it is closed', async () => {
  const { stream, pid } = run('echo ready; exec sleep 600');
  await once(stream, 'readable');
  stream.destroy();
  await once(stream, 'close');
  expect(() => process.kill(pid ?? 0, 0)).toThrow('ESRCH');
});

test('a program that is gone is told by its own end, not by the pipe that broke', async () => {
  const { stream } = run('exit 9');
  stream.resume();
  const why = errorOf(stream);
  stream.write(Buffer.alloc(1_000_000));
  expect((await why).message).toBe('it ended with exit code 9');
});

test('ending it ends the program that reads to its end', async () => {
  const { stream } = run('cat; exit 5');
  const why = errorOf(stream);
  stream.resume();
  stream.end('bye');
  expect((await why).message).toBe('it ended with exit code 5');
});
