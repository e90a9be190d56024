import { createHash, randomBytes } from 'node:crypto';
import { Lab, type LabHost, releases } from '@ferry/lab';
import {
  type Connection,
  downloadVolume,
  ErrorNumber,
  openChannel,
  openConsole,
  type StreamChunk,
  takeScreenshot,
  uploadVolume,
} from '@ferry/libvirt';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectTo, shellGuestXml, shellOf } from './shell-guest.ts';

let lab: Lab;
const name = 'shell';
const mebibyte = 1024 * 1024;
const devices = `<graphics type='vnc'/><video><model type='vga'/></video>
<channel type='unix'><target type='virtio' name='org.example.0'/></channel>`;

beforeAll(async () => {
  lab = await Lab.up({ name: 'lvstreams', hosts: releases.map((release) => ({ release })) });
});
afterAll(() => lab?.down());

describe.each(releases.map((release, index) => ({ release, index })))('libvirt of $release', ({ index }) => {
  let host: LabHost;
  let connection: Connection;

  beforeAll(async () => {
    host = lab.hosts[index] as LabHost;
    connection = await connectTo(host);
    await connection.call('domainCreateXml', { xmlDesc: shellGuestXml(name, devices), flags: 0 });
  });
  afterAll(() => connection?.close());

  test('a console carries what is typed to the guest and what it answers back', async () => {
    await using shell = await shellOf(host, name);
    expect(await shell.run('busybox expr 6 \\* 7')).toBe('42');
    const long = await shell.run('busybox seq 1 2000');
    expect(long.split('\n')).toEqual(Array.from({ length: 2_000 }, (_, number) => String(number + 1)));
  });

  test('a console that somebody has open is refused to others, unless they insist', async () => {
    const { dom } = await connection.call('domainLookupByName', { name });
    await using first = await openConsole(connection, dom, { force: true });
    await expect(openConsole(connection, dom)).rejects.toMatchObject({
      code: ErrorNumber.OPERATION_FAILED,
    });
    const ended = readAll(first);
    await using second = await openConsole(connection, dom, { force: true });
    await ended;
    await second.write(Buffer.from('\n'));
    const { value } = await second[Symbol.asyncIterator]().next();
    expect(value).toBeInstanceOf(Uint8Array);
  });

  test('a channel is a way to a socket of the guest: both directions, and what is no channel is refused', async () => {
    const { dom } = await connection.call('domainLookupByName', { name });
    await using channel = await openChannel(connection, dom, { device: 'org.example.0' });
    // Nobody listens in the guest: QEMU takes what is written, and closing goes well all the same.
    await channel.write(Buffer.from('hello'));
    await channel.close();
    await expect(channel.write(Buffer.from('late'))).rejects.toMatchObject({ code: 'aborted' });
    await expect(openChannel(connection, dom, { device: 'org.example.none' })).rejects.toMatchObject({
      name: 'LibvirtError',
    });
  });

  test('a screenshot is the picture that virsh takes', async () => {
    const { dom } = await connection.call('domainLookupByName', { name });
    const { mime, bytes } = await takeScreenshot(connection, dom);
    expect([mime, Buffer.from(bytes.subarray(1, 4)).toString()]).toEqual(['image/png', 'PNG']);
    await host.virsh('screenshot', name, '--file', '/tmp/shot');
    const theirs = (await host.execOk(['sha256sum', '/tmp/shot'])).split(' ')[0];
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(theirs);
    await expect(takeScreenshot(connection, dom, { bytesAtMost: 100 })).rejects.toMatchObject({
      code: 'message-too-large',
    });
    await expect(takeScreenshot(connection, dom, { screen: 7 })).rejects.toMatchObject({
      name: 'LibvirtError',
    });
    expect(connection.isOpen).toBe(true);
  });

  test('holes of a volume stay holes, up and down', async () => {
    const path = '/var/lib/libvirt/images/sparse.raw';
    await host.execOk(['sh', '-c', `truncate -s 64M ${path} && virsh -q pool-refresh default`]);
    const { vol } = await connection.call('storageVolLookupByPath', { path });
    const content = randomBytes(mebibyte);
    await uploadVolume(connection, vol, pieces(content));
    const [blocks] = (await host.execOk(['stat', '-c', '%b', path])).split('\n');
    expect(Number(blocks) * 512).toBeLessThan(8 * mebibyte);
    const read: [string, number][] = [];
    for await (const chunk of downloadVolume(connection, vol, { sparse: true })) {
      const last = read.at(-1);
      const size = chunk.kind === 'hole' ? chunk.lengthBytes : chunk.bytes.length;
      if (last?.[0] === chunk.kind) last[1] += size;
      else read.push([chunk.kind, size]);
    }
    expect(read).toEqual([
      ['data', mebibyte],
      ['hole', 30 * mebibyte],
      ['data', mebibyte],
      ['hole', 32 * mebibyte],
    ]);
  });

  test('an upload that is aborted in the middle ends cleanly, and the connection serves on', async () => {
    const path = '/var/lib/libvirt/images/aborted.raw';
    await host.execOk(['sh', '-c', `truncate -s 64M ${path} && virsh -q pool-refresh default`]);
    const { vol } = await connection.call('storageVolLookupByPath', { path });
    const controller = new AbortController();
    async function* endless(): AsyncGenerator<StreamChunk> {
      for (let piece = 0; ; piece += 1) {
        if (piece === 20) controller.abort();
        yield { kind: 'data', bytes: Buffer.alloc(mebibyte, 1) };
      }
    }
    const { signal } = controller;
    await expect(uploadVolume(connection, vol, endless(), { signal })).rejects.toMatchObject({
      code: 'aborted',
    });
    for await (const chunk of downloadVolume(connection, vol)) {
      expect(chunk.kind).toBe('data');
      break;
    }
    expect(await connection.call('connectGetType', {})).toEqual({ type: 'QEMU' });
  });

  test('a console ends when its guest does, and leaves the connection of use', async () => {
    const { dom } = await connection.call('domainLookupByName', { name });
    const console = await openConsole(connection, dom, { force: true });
    const read = readAll(console);
    await connection.call('domainDestroy', { dom });
    await read;
    await console.close();
    await expect(connection.call('domainLookupByName', { name })).rejects.toMatchObject({
      code: ErrorNumber.NO_DOMAIN,
    });
  });
});

/** Reads to the end; gives the error that it ended with. */
async function readAll(bytes: AsyncIterable<Uint8Array>): Promise<unknown> {
  try {
    for await (const piece of bytes) expect(piece.length).toBeGreaterThan(0);
    return null;
  } catch (error) {
    return error;
  }
}

async function* pieces(content: Uint8Array): AsyncGenerator<StreamChunk> {
  yield { kind: 'data', bytes: content };
  yield { kind: 'hole', lengthBytes: 30 * mebibyte };
  yield { kind: 'data', bytes: content };
  yield { kind: 'hole', lengthBytes: 32 * mebibyte };
}
