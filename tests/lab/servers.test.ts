import { request } from 'node:http';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '@ferry/lab';
import { serverBytes, silentPeer } from '../sim/console-socket.ts';
import { countingDisk, lastCount } from './counting-disk.ts';
import { LabWorld } from './lab-world.ts';

const images = '/srv/servers';
const hosts = ['compute11', 'compute12'] as const;
let world: LabWorld;

beforeAll(async () => {
  world = await LabWorld.up('servers', 2);
  for (const name of hosts) {
    // These hosts let QEMU itself open the file that keeps a console (stdio_handler = "file").
    await world.host(name).execOk(['install', '-d', '-o', 'libvirt-qemu', images]);
    // No shell leads there: screens are reached where the controller reaches the host.
    const screenAddress = world.host(name).address;
    await world.client.setHost(name, { imageDirectory: images, screenAddress });
  }
});
afterAll(() => world?.down());

/** One request to an API of Ferry's over its unix socket; what it answered, read. */
function call<T>(method: string, path: string, body?: unknown): Promise<T> {
  const { dataDirectory } = world.ferry;
  const isBytes = Buffer.isBuffer(body);
  const sent = isBytes ? body : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const asked = request(
      {
        socketPath: join(dataDirectory, 'ferry.sock'),
        method,
        path,
        headers: {
          'x-auth-token': readFileSync(join(dataDirectory, 'admin.token'), 'utf8').trim(),
          'openstack-api-version': 'compute 2.90',
          ...(body === undefined
            ? {}
            : { 'content-type': isBytes ? 'application/octet-stream' : 'application/json' }),
        },
      },
      (response) => {
        let text = '';
        response.on('data', (part: Buffer) => {
          text += part.toString('utf8');
        });
        response.on('end', () => {
          const status = response.statusCode ?? 0;
          if (status >= 400) reject(new Error(`${method} ${path}: ${status} ${text}`));
          else resolve((text === '' ? null : JSON.parse(text)) as T);
        });
      },
    );
    asked.on('error', reject);
    asked.end(body === undefined ? undefined : sent);
  });
}

interface Server {
  readonly status: string;
  readonly fault?: { readonly message: string };
  readonly 'OS-EXT-SRV-ATTR:host': string;
  readonly 'OS-EXT-SRV-ATTR:instance_name': string;
}

const show = async (id: string): Promise<Server> =>
  (await call<{ server: Server }>('GET', `/v2.1/servers/${id}`)).server;

async function becomes(id: string, status: string): Promise<Server> {
  return until(`the server is ${status}`, 120_000, async () => {
    const server = await show(id);
    if (server.status === 'ERROR') throw new Error(JSON.stringify(server.fault));
    return server.status === status ? server : null;
  });
}

/** The last number that the guest has written to its console. */
async function count(id: string): Promise<number | null> {
  const action = { 'os-getConsoleOutput': {} };
  return lastCount((await call<{ output: string }>('POST', `/v2.1/servers/${id}/action`, action)).output);
}

/** Waits until it has counted on from a number. */
const countsOn = (id: string, from: number): Promise<number> =>
  until(`the guest counts on from ${from}`, 60_000, async () => {
    const now = await count(id);
    return now !== null && now > from ? now : null;
  });

/** An image of the library with these bytes. */
async function upload(name: string, format: string, bytes: Buffer): Promise<string> {
  const { id } = await call<{ id: string }>('POST', '/image/v2/images', {
    name,
    disk_format: format,
    container_format: 'bare',
  });
  await call('PUT', `/image/v2/images/${id}/file`, bytes);
  return id;
}

async function create(server: object): Promise<string> {
  const body = { server: { name: 'counter', flavorRef: 'tiny', ...server } };
  return (await call<{ server: { id: string } }>('POST', '/v2.1/servers', body)).server.id;
}

const filesOn = async (host: string): Promise<string[]> =>
  (await world.host(host).execOk(['ls', images])).split('\n').filter((name) => name !== '');

/** What the screen of a server says first, through the controller. */
async function greeting(id: string): Promise<string> {
  const { streamPath } = await world.client.requestConsole(id, { kind: 'vnc' });
  const peer = await silentPeer(`http://ferry${streamPath}`, join(world.ferry.dataDirectory, 'ferry.sock'));
  const bytes = await serverBytes(peer, 12);
  peer.destroy();
  return bytes.toString('latin1');
}

/** Ports of PCI Express that no device of a domain stands in. */
async function sparePorts(host: string, domain: string): Promise<number> {
  const xml = await world.host(host).virsh('dumpxml', domain);
  const ports = Array.from(xml.matchAll(/index='(\d+)' model='pcie-root-port'/g), ([, index]) =>
    Number(index),
  );
  const buses = Array.from(xml.matchAll(/<address type='pci'[^>]* bus='0x([0-9a-f]+)'/g), ([, bus = '']) =>
    Number.parseInt(bus, 16),
  );
  return ports.filter((port) => !buses.includes(port)).length;
}

test('a server is created from an image, runs, moves live with its base, and leaves nothing when it is deleted', async () => {
  await call('POST', '/v2.1/flavors', {
    flavor: { id: 'tiny', name: 'tiny', ram: 64, vcpus: 1, disk: 1 },
  });
  // As a qcow2 image that the hosts' own qemu-img made.
  const disk = countingDisk().toString('base64');
  const script =
    'base64 -d > /tmp/d.raw; qemu-img convert -f raw -O qcow2 /tmp/d.raw /tmp/d; base64 -w0 /tmp/d; rm /tmp/d*';
  const made = await world.host('compute11').execOk(['sh', '-ec', script], { input: disk });
  const image = await upload('counting', 'qcow2', Buffer.from(made, 'base64'));
  const id = await create({
    imageRef: image,
    host: 'compute11',
    networks: [{ uuid: 'br-ex' }],
    user_data: Buffer.from('#!/bin/sh\n').toString('base64'),
  });
  const server = await becomes(id, 'ACTIVE');
  const domain = server['OS-EXT-SRV-ATTR:instance_name'];
  expect(await world.lab.runStates(domain)).toMatchObject([{ host: 'compute11', state: 'running' }]);
  expect(await sparePorts('compute11', domain)).toBeGreaterThanOrEqual(8);
  expect(await greeting(id)).toMatch(/^RFB 003\.\d{3}\n$/);
  const counted = await countsOn(id, 3);
  const info = await world.host('compute11').execOk(['qemu-img', 'info', '-U', `${images}/ferry-${id}.disk`]);
  expect(info).toContain('virtual size: 1 GiB');
  expect(info).toMatch(/backing file: \/srv\/servers\/ferry-image-[0-9a-f]{64}/);
  const drive = await world
    .host('compute11')
    .execOk(['blkid', '-o', 'value', '-s', 'LABEL', `${images}/ferry-${id}.config`]);
  expect(drive.trim()).toBe('config-2');

  const moved = await world.moved(id, 'live', 'compute12');
  expect([moved.status, moved.error]).toEqual(['completed', null]);
  expect((await show(id))['OS-EXT-SRV-ATTR:host']).toBe('compute12');
  const after = await countsOn(id, counted);
  expect(await greeting(id)).toMatch(/^RFB 003\.\d{3}\n$/);
  // It was moved and not started anew: then it would count from 0.
  expect(after).toBeLessThan(counted + 10_000);
  expect(await filesOn('compute12')).toContainEqual(expect.stringMatching(/^ferry-image-/));

  await call('DELETE', `/v2.1/servers/${id}`);
  await until('it is gone', 120_000, () =>
    show(id).then(
      () => null,
      () => true,
    ),
  );
  for (const host of hosts) {
    expect(await world.defines(host, domain)).toBe(false);
    for (const path of (await world.client.images(host)).map((one) => one.path))
      await world.client.removeImage(host, path);
    expect([host, await filesOn(host)]).toEqual([host, []]);
  }
  await call('DELETE', `/image/v2/images/${image}`);
});

test('a raw image brings a second server as well; what does not start tells why and leaves nothing', {
  tags: 'thorough',
}, async () => {
  const image = await upload('counting raw', 'raw', countingDisk());
  const [one, other] = [
    await create({ imageRef: image, networks: 'none' }),
    await create({ imageRef: image, networks: 'none' }),
  ];
  for (const id of [one, other]) {
    await becomes(id, 'ACTIVE');
    await countsOn(id, 1);
  }
  // A directory that QEMU's user does not get into.
  const closed = '/srv/closed';
  await world.host('compute11').execOk(['install', '-d', '-m', '700', closed]);
  await world.client.setHost('compute11', { imageDirectory: closed });
  const id = await create({ imageRef: image, host: 'compute11', networks: 'none' });
  const failed = await until('it has failed', 120_000, async () => {
    const server = await show(id);
    return server.status === 'BUILD' ? null : server;
  });
  expect(failed).toMatchObject({
    status: 'ERROR',
    fault: { message: expect.stringContaining('Permission denied') as string },
  });
  expect((await world.host('compute11').execOk(['ls', closed])).trim()).toBe('');
  await world.client.setHost('compute11', { imageDirectory: images });
  for (const gone of [one, other, id]) await call('DELETE', `/v2.1/servers/${gone}`);
  for (const gone of [one, other, id])
    await until('it is gone', 120_000, () =>
      show(gone).then(
        () => null,
        () => true,
      ),
    );
  for (const host of hosts)
    expect((await filesOn(host)).filter((name) => !name.startsWith('ferry-image-'))).toEqual([]);
});
