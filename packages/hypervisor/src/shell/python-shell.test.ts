import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseLibvirtUri } from '@ferry/libvirt';
import type { LinkReading } from '@ferry/model';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { FileSent, ReceiveOrder, SendOrder } from '../contract/host-shell.ts';
import { SparseDigest } from '../contract/sparse-digest.ts';
import { PythonShell } from './python-shell.ts';

// Each test starts interpreters, on a machine that may be busy.
vi.setConfig({ testTimeout: 180_000 });

const block = 64 * 1024;
const piece = 16 * block;
const shell = shellOfThisMachine();
let folder: string;
let source: string;
let target: string;
let part: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ferry-copy-'));
  source = join(folder, 'source.img');
  target = join(folder, 'target.img');
  part = join(folder, '.target.img.part');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function shellOfThisMachine(): PythonShell {
  const found = PythonShell.of(parseLibvirtUri('qemu:///system'));
  if (found === null) throw new Error('this machine has a shell');
  return found;
}

/** A file with data at the begin, a long hole, zeros that are stored, and an end that fills no block. */
function content(): Buffer {
  const bytes = Buffer.alloc(40 * block + 777);
  for (let at = 0; at < 20 * block; at += 8) bytes.writeBigUInt64LE(BigInt(at) * 0x9e37_79b9n, at);
  bytes.write('the end', 40 * block + 700);
  return bytes;
}

function certificate(): { certificate: string; key: string } {
  const files = { key: join(folder, 'key.pem'), certificate: join(folder, 'certificate.pem') };
  const made = [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-days',
    '1',
  ];
  const where = ['-keyout', files.key, '-out', files.certificate, '-subj', '/CN=ferry'];
  execFileSync('openssl', [...made, ...where], { stdio: 'ignore' });
  return { key: readFileSync(files.key, 'utf8'), certificate: readFileSync(files.certificate, 'utf8') };
}

interface Change {
  readonly receive?: Partial<ReceiveOrder>;
  readonly send?: Partial<SendOrder>;
  readonly onProgress?: (reading: LinkReading) => void;
}

interface Copied extends FileSent {
  readonly from: number;
  readonly received: string;
}

async function copied({
  receive = {},
  send = {},
  onProgress = () => undefined,
}: Change = {}): Promise<Copied> {
  const [receiver, sender] = await Promise.all([shell.receiver(), shell.sender()]);
  try {
    const { port, have } = await receiver.listen({
      path: target,
      part,
      mine: false,
      owner: null,
      address: '127.0.0.1',
      ports: [49_152, 49_215],
      token: 'a token',
      tls: null,
      stallSeconds: 20,
      ...receive,
    });
    let from = -1;
    const sending = sender.send(
      {
        path: source,
        address: '127.0.0.1',
        port,
        token: 'a token',
        tls: null,
        from: have,
        rate: null,
        compression: null,
        stallSeconds: 20,
        connectSeconds: 5,
        ...send,
      },
      {
        began: (began) => {
          from = began.from;
        },
        progress: onProgress,
      },
    );
    const [sent, { digest }] = await Promise.all([sending, receiver.received()]);
    await receiver.publish();
    return { ...sent, from, received: digest };
  } finally {
    receiver.close();
    sender.close();
  }
}

function digestOf(bytes: Buffer): string {
  const digest = new SparseDigest();
  digest.add({ kind: 'data', bytes });
  return digest.end();
}

test.each([null, 'zstd', 'zlib'] as const)(
  'a file arrives as it was, encrypted, compressed by %s',
  async (compression) => {
    writeFileSync(source, content());
    const tls = certificate();
    const result = await copied({ receive: { tls }, send: { tls, compression } });
    expect(readFileSync(target)).toEqual(content());
    expect(result).toMatchObject({ from: 0, digest: digestOf(content()), received: digestOf(content()) });
    expect(existsSync(part)).toBe(false);
    expect(statSync(target).mode & 0o777).toBe(0o600);
  },
);

test('holes are not sent, and zeros that the source stores are holes on the target', async () => {
  writeFileSync(source, Buffer.alloc(0));
  truncateSync(source, 64 * 1024 * 1024);
  writeFileSync(join(folder, 'zeros'), Buffer.alloc(16 * block));
  execFileSync('dd', [`if=${folder}/zeros`, `of=${source}`, 'bs=1M', 'seek=8', 'conv=notrunc'], {
    stdio: 'ignore',
  });
  const result = await copied();
  expect(result.wireBytes).toBeLessThan(17 * block);
  expect(statSync(target)).toMatchObject({ size: 64 * 1024 * 1024, blocks: 0 });
});

test('what an earlier try brought is not sent again', async () => {
  writeFileSync(source, content());
  writeFileSync(part, content().subarray(0, piece + 3 * block + 99));
  const result = await copied();
  expect(result.from).toBe(piece);
  expect(result.wireBytes).toBeLessThan(26 * block);
  expect(readFileSync(target)).toEqual(content());
});

test('a beginning that is not the source’s is sent anew', async () => {
  writeFileSync(source, content());
  const other = content().subarray(0, piece);
  other.write('changed', 5 * block);
  writeFileSync(part, other);
  expect(await copied()).toMatchObject({ from: 0, received: digestOf(content()) });
  expect(readFileSync(target)).toEqual(content());
});

test('a file of somebody else is left alone', async () => {
  writeFileSync(source, content());
  writeFileSync(target, 'somebody else’s');
  await expect(copied()).rejects.toMatchObject({ code: 'exists' });
  expect(readFileSync(target, 'utf8')).toBe('somebody else’s');
  expect(existsSync(part)).toBe(false);
});

test('a file that came to its name in an earlier try is compared and keeps it', async () => {
  writeFileSync(source, content());
  writeFileSync(target, content());
  const result = await copied({ receive: { mine: true } });
  // Only a last piece that is not full is sent again.
  expect(result).toMatchObject({ bytes: 8 * block + 777, received: digestOf(content()) });
  expect(readFileSync(target)).toEqual(content());
});

test('who does not know the token, or shows another certificate, is not let in', async () => {
  writeFileSync(source, content());
  const quick = { stallSeconds: 2 };
  await expect(copied({ receive: quick, send: { token: 'another', stallSeconds: 1 } })).rejects.toMatchObject(
    {
      code: expect.stringMatching(/^(?:broken|stalled|no-connection)$/) as string,
    },
  );
  await expect(
    copied({ receive: { tls: certificate(), ...quick }, send: { tls: certificate() } }),
  ).rejects.toMatchObject({
    code: expect.stringMatching(/^(?:not-trusted|broken|no-connection)$/) as string,
  });
  expect(existsSync(target)).toBe(false);
});

test('a limit holds the sending back, and it can be told to compress on the way', async () => {
  writeFileSync(source, Buffer.concat(Array.from({ length: 8 }, () => content())));
  const readings: LinkReading[] = [];
  const receiver = await shell.receiver();
  const sender = await shell.sender();
  const order = { token: 't', tls: null, stallSeconds: 20 };
  const { port, have } = await receiver.listen({
    ...order,
    path: target,
    part,
    mine: false,
    owner: null,
    address: '127.0.0.1',
    ports: [49_152, 49_215],
  });
  const sent = await sender.send(
    {
      ...order,
      path: source,
      address: '127.0.0.1',
      port,
      from: have,
      rate: 16_000_000,
      compression: null,
      connectSeconds: 5,
    },
    {
      began: () => undefined,
      progress: (reading) => {
        readings.push(reading);
        sender.compress('zstd');
      },
    },
  );
  await receiver.publish();
  receiver.close();
  sender.close();
  expect(readings.length).toBeGreaterThan(0);
  // Not all was sent as it is: the rest was compressed.
  expect(sent.wireBytes).toBeLessThan(sent.bytes);
  expect(readFileSync(target)).toEqual(readFileSync(source));
});

test('a source that is written to meanwhile is told as such by both sides', async () => {
  writeFileSync(source, Buffer.concat(Array.from({ length: 8 }, () => content())));
  const receiver = await shell.receiver();
  const sender = await shell.sender();
  const order = { token: 't', tls: null, stallSeconds: 20 };
  const where = { path: target, part, mine: false, owner: null, address: '127.0.0.1' };
  const { port } = await receiver.listen({ ...order, ...where, ports: [49_152, 49_215] });
  const how = { path: source, address: '127.0.0.1', port, from: 0, connectSeconds: 5 };
  const ends = await Promise.allSettled([
    sender.send(
      { ...order, ...how, rate: 16_000_000, compression: null },
      {
        began: () => writeFileSync(source, 'changed', { flag: 'r+' }),
        progress: () => undefined,
      },
    ),
    receiver.received(),
  ]);
  receiver.close();
  sender.close();
  const changed = { status: 'rejected', reason: { code: 'source-changed' } };
  expect(ends).toMatchObject([changed, changed]);
  expect(existsSync(target)).toBe(false);
});

test('a source that is not there, and a directory that is not there, are told apart by code', async () => {
  await expect(copied()).rejects.toMatchObject({ code: 'no-file' });
  writeFileSync(source, content());
  const nowhere = { path: '/nowhere/target.img', part: '/nowhere/.part' };
  await expect(copied({ receive: nowhere })).rejects.toMatchObject({ code: 'no-file' });
});

test('without python3 it says so', async () => {
  const bin = join(folder, 'bin');
  execFileSync('mkdir', [bin]);
  symlinkSync('/bin/sh', join(bin, 'sh'));
  chmodSync(bin, 0o755);
  const before = process.env['PATH'];
  process.env['PATH'] = bin;
  try {
    await expect(shell.sender()).rejects.toMatchObject({ code: 'no-python' });
  } finally {
    process.env['PATH'] = before;
  }
});

/** A host whose ssh is a program of the test that prints what it will, and then reads its input to the end. */
function hostThatSays(words: string): PythonShell {
  const path = join(folder, 'ssh');
  writeFileSync(path, `#!/bin/sh\n${words}\ncat >/dev/null\n`, { mode: 0o700 });
  const found = PythonShell.of(parseLibvirtUri(`qemu+ssh://compute11/system?command=${path}`));
  if (found === null) throw new Error('a URI over ssh gives a shell');
  return found;
}

const ready = '{"ready": {"python": "3.13.0", "zstd": false, "root": true}}';
const order = { mine: false, owner: null, address: '127.0.0.1', token: 'x', tls: null, stallSeconds: 5 };

test.each([
  ['22', 'was given 49152 to 49215'],
  ['0', 'was given 49152 to 49215'],
  ['49216', 'was given 49152 to 49215'],
  ['49152.5', 'was given 49152 to 49215'],
  ['"49152"', 'in another form'],
  ['-1', 'in another form'],
])('a receiver that names the port %s is not connected to', async (port, why) => {
  const liar = hostThatSays(`echo '${ready}'; echo '{"listening": {"port": ${port}, "have": 0}}'`);
  const receiver = await liar.receiver();
  const listening = receiver.listen({ ...order, path: target, part, ports: [49_152, 49_215] });
  await expect(listening).rejects.toThrow(why);
  receiver.close();
});

test.each([
  ['a line without an end', 'head -c 70000 /dev/zero', 'a line of more than 65536 bytes'],
  [
    'words without an end',
    'yes "no message" | head -c 1100000',
    'more than 1048576 bytes that are no message',
  ],
  ['names without an end', `yes '{"constructor": 1, "x": 2}' | head -c 1100000`, 'more than 1048576 bytes'],
  ['a message of another form', `echo '{"ready": null}'`, 'it has told "ready" in another form: null'],
  ['a reading of another form', `echo '{"progress": null}'`, 'it has told "progress" in another form: null'],
])('a host that writes %s is let go', async (_, words, why) => {
  await expect(hostThatSays(words).digest(source)).rejects.toThrow(why);
});

test('what is no message is passed over, whatever it is', async () => {
  const noise = `printf '%s\\n' welcome null 1 '"x"' '[{}]' '{}' '{"__proto__": {"ready": 1}}'`;
  const hashed = '{"hashed": {"digest": "d", "lengthBytes": 1, "changedAt": "1"}}';
  const digest = await hostThatSays(`${noise}; echo '${ready}'; echo '${hashed}'`).digest(source);
  expect(digest).toMatchObject({ digest: 'd', lengthBytes: 1 });
});
