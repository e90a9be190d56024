import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ask, onLoopback } from './openstack-caller.ts';
import { Stage, until } from './world.ts';

/** A qcow2 header for a disk of 64 MiB, with what else is written into it. */
function qcow2(more: (header: Buffer) => void = () => undefined): Buffer {
  const header = Buffer.alloc(66_000);
  header.write('QFI\xfb', 'latin1');
  header.writeUInt32BE(3, 4);
  header.writeBigUInt64BE(64n * 1024n ** 2n, 24);
  header.writeUInt32BE(104, 100);
  more(header);
  return header;
}

const formats = { disk_format: 'qcow2', container_format: 'bare' };

async function create(stage: Stage, fields: object = {}): Promise<string> {
  const { status, body } = await ask(stage, 'POST', '/image/v2/images', {
    body: { name: 'tiny', ...formats, ...fields },
  });
  expect(status).toBe(201);
  return (body as { id: string }).id;
}

const put = (stage: Stage, id: string, body: Uint8Array): ReturnType<typeof ask> =>
  ask(stage, 'PUT', `/image/v2/images/${id}/file`, { body });

/** Files of the library, by their directory. */
function filesOf(stage: Stage): Record<'incoming' | 'sha256', string[]> {
  const list = (name: string): string[] => readdirSync(join(stage.dataDirectory, 'images', name));
  return { incoming: list('incoming'), sha256: list('sha256') };
}

const hash = (name: string, bytes: Uint8Array): string => createHash(name).update(bytes).digest('hex');

test('an image is created, gets its bytes, tells of them and gives them back, whole and in part', async () => {
  await using stage = await Stage.open({}, onLoopback);
  const id = await create(stage, { my_note: 'of the test', tags: ['b', 'a', 'b'], min_ram: 64 });
  const bytes = qcow2();
  expect((await put(stage, id, bytes)).status).toBe(204);
  const { body } = await ask(stage, 'GET', `/image/v2/images/${id}`);
  expect(body).toMatchObject({
    id,
    name: 'tiny',
    status: 'active',
    visibility: 'shared',
    tags: ['a', 'b'],
    my_note: 'of the test',
    min_ram: 64,
    size: bytes.length,
    virtual_size: 64 * 1024 ** 2,
    checksum: hash('md5', bytes),
    os_hash_algo: 'sha512',
    os_hash_value: hash('sha512', bytes),
    file: `/v2/images/${id}/file`,
  });
  const whole = await fetch(`${stage.url}/image/v2/images/${id}/file`, { headers: await tokenOf(stage) });
  expect(whole.headers.get('content-md5')).toBe(hash('md5', bytes));
  expect(Buffer.from(await whole.arrayBuffer()).equals(bytes)).toBe(true);
  const part = await ask(stage, 'GET', `/image/v2/images/${id}/file`, { headers: { range: 'bytes=1-2' } });
  expect([part.status, part.headers.get('content-range'), part.text]).toEqual([
    206,
    `bytes 1-2/${bytes.length}`,
    'FI',
  ]);
  const beyond = await ask(stage, 'GET', `/image/v2/images/${id}/file`, {
    headers: { range: `bytes=${bytes.length}-` },
  });
  expect(beyond.status).toBe(416);
  expect((await put(stage, id, bytes)).status).toBe(409);
});

test('what would lead a host to its own files is refused, and nothing of it is left', async () => {
  await using stage = await Stage.open({}, onLoopback);
  const id = await create(stage);
  const cases: readonly [Buffer, string][] = [
    [qcow2((header) => header.writeBigUInt64BE(512n, 8)), 'backing file'],
    [qcow2((header) => header.writeBigUInt64BE(4n, 72)), 'another file'],
    [Buffer.from('# Disk DescriptorFile\nRW 1 FLAT "/etc/shadow" 0'), 'vmdk'],
    [Buffer.from('plain bytes'), 'its first bytes are not'],
  ];
  for (const [bytes, because] of cases) {
    const refused = await put(stage, id, bytes);
    expect([refused.status, refused.body]).toEqual([
      400,
      { message: expect.stringContaining(because) as string, code: '400 Bad Request', title: 'Bad Request' },
    ]);
  }
  const raw = await create(stage, { disk_format: 'raw' });
  expect((await put(stage, raw, qcow2())).body).toMatchObject({
    message: expect.stringContaining('qcow2') as string,
  });
  expect(filesOf(stage)).toEqual({ incoming: [], sha256: [] });
  expect((await ask(stage, 'GET', `/image/v2/images/${id}`)).body).toMatchObject({
    status: 'queued',
    size: null,
  });
  expect((await put(stage, id, qcow2())).status).toBe(204);
});

test('bytes that break off leave nothing, and the image waits for others', async () => {
  await using stage = await Stage.open({}, onLoopback);
  const id = await create(stage);
  const { hostname, port } = new URL(stage.url);
  const socket = connect(Number(port), hostname);
  const { 'x-auth-token': token } = await tokenOf(stage);
  socket.write(
    `PUT /image/v2/images/${id}/file HTTP/1.1\r\nHost: ferry\r\nX-Auth-Token: ${token}\r\n` +
      'Content-Type: application/octet-stream\r\nContent-Length: 100000\r\n\r\n',
  );
  socket.write(qcow2());
  const shows = async (status: string): Promise<true | null> =>
    ((await ask(stage, 'GET', `/image/v2/images/${id}`)).body as { status: string }).status === status
      ? true
      : null;
  await until('its bytes come', () => shows('saving'));
  expect((await put(stage, id, qcow2())).status).toBe(409);
  socket.destroy();
  await until('it waits again', () => shows('queued'));
  expect(filesOf(stage)).toEqual({ incoming: [], sha256: [] });
});

test('what two images have in common is there once, until neither needs it', async () => {
  await using stage = await Stage.open({}, onLoopback);
  const [one, other] = [await create(stage), await create(stage)];
  await put(stage, one, qcow2());
  await put(stage, other, qcow2());
  expect(filesOf(stage)).toEqual({ incoming: [], sha256: [hash('sha256', qcow2())] });
  expect((await ask(stage, 'DELETE', `/image/v2/images/${one}`)).status).toBe(204);
  expect((await ask(stage, 'GET', `/image/v2/images/${other}/file`)).status).toBe(200);
  expect((await ask(stage, 'DELETE', `/image/v2/images/${other}`)).status).toBe(204);
  expect(filesOf(stage).sha256).toEqual([]);
  expect((await ask(stage, 'GET', `/image/v2/images/${other}`)).status).toBe(404);
});

test('an image is changed by a JSON patch, all of it or nothing', async () => {
  await using stage = await Stage.open({}, onLoopback);
  const id = await create(stage, { os_distro: 'debian' });
  const patch = (body: unknown): ReturnType<typeof ask> =>
    ask(stage, 'PATCH', `/image/v2/images/${id}`, {
      body,
      headers: { 'content-type': 'application/openstack-images-v2.1-json-patch' },
    });
  const changed = await patch([
    { op: 'replace', path: '/name', value: 'small' },
    { op: 'add', path: '/a~1b', value: 'x' },
    { op: 'remove', path: '/os_distro' },
    { op: 'replace', path: '/protected', value: true },
  ]);
  expect(changed.body).toMatchObject({ name: 'small', 'a/b': 'x', protected: true });
  expect(changed.body).not.toHaveProperty('os_distro');
  for (const [change, status] of [
    [{ op: 'replace', path: '/checksum', value: 'x' }, 403],
    [{ op: 'remove', path: '/name' }, 403],
    [{ op: 'replace', path: '/min_disk', value: -1 }, 400],
    [{ op: 'replace', path: '/nothing', value: 'x' }, 409],
  ] as const) {
    const refused = await patch([{ op: 'replace', path: '/name', value: 'other' }, change]);
    expect([refused.status, change.path]).toEqual([status, change.path]);
  }
  expect((await ask(stage, 'GET', `/image/v2/images/${id}`)).body).toMatchObject({ name: 'small' });
  expect((await ask(stage, 'DELETE', `/image/v2/images/${id}`)).status).toBe(403);
  await patch([{ op: 'replace', path: '/protected', value: false }]);
  expect((await ask(stage, 'DELETE', `/image/v2/images/${id}`)).status).toBe(204);
});

test('lists go by pages, in the order and with the filters that are asked for', async () => {
  await using stage = await Stage.open({}, onLoopback);
  for (const name of ['c', 'a', 'b']) await create(stage, { name, kind: name === 'a' ? 'x' : 'y' });
  const names = async (query: string): Promise<unknown> =>
    (
      (await ask(stage, 'GET', `/image/v2/images?${query}`)).body as { images: { name: string }[] }
    ).images.map(({ name }) => name);
  expect(await names('sort=name:asc')).toEqual(['a', 'b', 'c']);
  expect(await names('sort=name:asc&kind=y')).toEqual(['b', 'c']);
  expect(await names('name=in:a,%22c%22&sort_key=name&sort_dir=desc')).toEqual(['c', 'a']);
  expect(await names('visibility=public')).toEqual([]);
  const first = await ask(stage, 'GET', '/image/v2/images?sort=name:asc&limit=2');
  expect(first.body).toMatchObject({ images: [{ name: 'a' }, { name: 'b' }] });
  const { next } = first.body as { next: string };
  const second = await ask(stage, 'GET', `/image${next}`);
  expect(second.body).toMatchObject({ images: [{ name: 'c' }] });
  expect(second.body).not.toHaveProperty('next');
  expect((await ask(stage, 'GET', '/image/v2/images?marker=nobody')).status).toBe(400);
});

test('readers see images and change none; who has no token sees nothing but the versions', async () => {
  await using stage = await Stage.open({}, onLoopback);
  const id = await create(stage);
  const asked = { role: 'reader' } as const;
  expect((await ask(stage, 'GET', `/image/v2/images/${id}`, asked)).status).toBe(200);
  expect((await ask(stage, 'DELETE', `/image/v2/images/${id}`, asked)).status).toBe(403);
  expect((await ask(stage, 'POST', '/image/v2/images', { ...asked, body: {} })).status).toBe(403);
  expect((await ask(stage, 'GET', '/image/v2/images', { headers: { 'x-auth-token': '' } })).status).toBe(401);
  expect((await ask(stage, 'GET', '/image/', { headers: { 'x-auth-token': '' } })).status).toBe(300);
  expect((await ask(stage, 'GET', '/image/v2/schemas/image')).body).toMatchObject({ name: 'image' });
});

async function tokenOf(stage: Stage): Promise<{ 'x-auth-token': string }> {
  const { readFile } = await import('node:fs/promises');
  const token = (await readFile(join(stage.dataDirectory, 'admin.token'), 'utf8')).trim();
  return { 'x-auth-token': token };
}

test('the id of an image that is deleted is never given again, also after a restart', async () => {
  await using stage = await Stage.open({}, onLoopback);
  const id = '0f0f0f0f-1234-4234-8234-00000000abcd';
  await create(stage, { id });
  expect((await ask(stage, 'DELETE', `/image/v2/images/${id}`)).status).toBe(204);
  await stage.crash();
  await stage.start();
  for (const again of [id, id.toUpperCase()]) {
    const reply = await ask(stage, 'POST', '/image/v2/images', { body: { ...formats, id: again } });
    expect([reply.status, reply.text]).toEqual([409, expect.stringContaining('not given again')]);
  }
  expect((await ask(stage, 'GET', `/image/v2/images/${id}`)).status).toBe(404);
});
