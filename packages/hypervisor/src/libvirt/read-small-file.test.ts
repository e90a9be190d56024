import { downloadVolume, type StreamChunk } from '@ferry/libvirt';
import { beforeEach, expect, test, vi } from 'vitest';
import type { HostConnection } from './host-connection.ts';
import type { LibvirtPools } from './libvirt-pools.ts';
import { readSmallFile } from './read-small-file.ts';

vi.mock('@ferry/libvirt', async (original) => ({
  ...(await original<object>()),
  downloadVolume: vi.fn<typeof downloadVolume>(),
}));

const chunkBytes = 1_000;
let sent = 0;
let closed = 0;

/** A daemon that never comes to the end of a file. */
async function* endless(): AsyncGenerator<StreamChunk> {
  for (;;) {
    await Promise.resolve();
    sent += chunkBytes;
    yield { kind: 'data', bytes: Buffer.alloc(chunkBytes, 'x') };
  }
}

beforeEach(() => {
  sent = 0;
  closed = 0;
  vi.mocked(downloadVolume).mockImplementation(endless);
});

const connection = {
  uri: 'qemu+tls://compute11/system',
  open: () => Promise.resolve({ destroy: () => (closed += 1) }),
  call: () => Promise.resolve({ capacity: 5_000n }),
  errorOf: (error: unknown) => error,
} as unknown as HostConnection;
const pools = {
  volume: () => Promise.resolve({ pool: 'sys', name: 'mtu', key: '/sys/mtu' }),
} as unknown as LibvirtPools;

test('a small file without an end is given up when it is larger than such files are', async () => {
  await expect(readSmallFile(connection, pools, '/sys/mtu', {})).rejects.toMatchObject({
    code: 'refused',
    message: 'qemu+tls://compute11/system: /sys/mtu has more than the 65536 bytes that are read of it',
  });
  expect(sent).toBe(66_000);
  expect(closed).toBe(1);
});

test('of the end of a file that grows meanwhile no more is read than was asked for', async () => {
  const text = await readSmallFile(connection, pools, '/var/log/console', {}, { lastBytes: 2_500 });
  expect(text).toBe('x'.repeat(2_500));
  expect(vi.mocked(downloadVolume).mock.lastCall?.[2]).toMatchObject({ offsetBytes: 2_500 });
  expect(sent).toBe(3_000);
  expect(closed).toBe(1);
});

test('one of just the bytes is read', async () => {
  vi.mocked(downloadVolume).mockImplementation(async function* once() {
    await Promise.resolve();
    yield { kind: 'data', bytes: Buffer.from('1500\n') };
  });
  await expect(readSmallFile(connection, pools, '/sys/mtu', {}, { maxBytes: 5 })).resolves.toBe('1500');
});
