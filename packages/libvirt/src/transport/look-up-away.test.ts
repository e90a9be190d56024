import type { LookupAddress, LookupOptions } from 'node:dns';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { connect as connectTo } from '../connect.ts';
import { lookUpAway } from './open-socket.ts';

const names: Readonly<Record<string, readonly string[]>> = {
  inside: ['127.0.0.1', '::1', '127.0.1.1', '::ffff:127.0.0.1', '0.0.0.0'],
  both: ['127.0.0.1', '203.0.113.11', '2001:db8::11'],
};

const look = lookUpAway((name, _, tell) => {
  const addresses = (names[name] ?? []).map((address) => ({
    address,
    family: address.includes(':') ? 6 : 4,
  }));
  const none = Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), { code: 'ENOTFOUND' });
  setImmediate(() => (addresses.length === 0 ? tell(none, []) : tell(null, addresses)));
});

function found(name: string, options: LookupOptions): Promise<string | LookupAddress[]> {
  return new Promise((resolve, reject) => {
    look(name, options, (error, address) => (error === null ? resolve(address) : reject(error)));
  });
}

const server = createServer((socket) => socket.destroy());
let connections = 0;

beforeEach(async () => {
  connections = 0;
  server.on('connection', () => (connections += 1)).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => server.close());

test('of the addresses of a name those that lead elsewhere are dialled', async () => {
  expect(await found('both', {})).toBe('203.0.113.11');
  expect(await found('both', { all: true })).toEqual([
    { address: '203.0.113.11', family: 4 },
    { address: '2001:db8::11', family: 6 },
  ]);
});

test('a name that leads back is not dialled, and is told with its addresses', async () => {
  const { port } = server.address() as AddressInfo;
  for (const family of [0, 4] as const) {
    const socket = connect({ host: 'inside', port, family, lookup: look });
    const [error] = (await once(socket, 'error').catch((cause: unknown) => [cause])) as [Error];
    expect(error.message).toContain(
      'inside is 127.0.0.1, ::1, 127.0.1.1, ::ffff:127.0.0.1, 0.0.0.0, the loopback',
    );
  }
  expect(connections).toBe(0);
});

test('a name that nobody knows stays one', async () => {
  await expect(found('nobody', {})).rejects.toMatchObject({ code: 'ENOTFOUND' });
});

test.each([
  ['tcp', ''],
  ['tls', '?no_verify=1'],
  ['ssh', ''],
])('a connection by %s is not made to a name that leads back', async (transport, query) => {
  const { port } = server.address() as AddressInfo;
  const connecting = connectTo(`qemu+${transport}://localhost:${port}/system${query}`, {
    awayOnly: true,
    allowUnverifiedTls: true,
  });
  await expect(connecting).rejects.toMatchObject({
    code: 'connect-failed',
    message: expect.stringContaining('the loopback of this machine'),
  });
  expect(connections).toBe(0);
});
