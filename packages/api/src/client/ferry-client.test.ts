import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { FerryClient } from './ferry-client.ts';

/** A controller that answers with these pages, one after the other; and what it was asked. */
async function answering(pages: readonly (readonly [number, object])[]) {
  const asked: string[] = [];
  const server = createServer((request, reply) => {
    const [status, body] = pages[asked.length] ?? [500, {}];
    asked.push(request.url ?? '');
    reply.writeHead(status).end(JSON.stringify(body));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const client = new FerryClient({ url: `http://127.0.0.1:${port}`, token: 'x' });
  return { client, asked, [Symbol.dispose]: () => server.close() };
}

const gone = { error: { code: 'marker-not-found', message: 'gone', remedy: '' } };

test('a list is all of its pages', async () => {
  using controller = await answering([
    [200, { flavors: [{ id: 'a b' }], next: 'a b' }],
    [200, { flavors: [{ id: 'c' }], next: null }],
  ]);
  expect(await controller.client.flavors()).toEqual([{ id: 'a b' }, { id: 'c' }]);
  expect(controller.asked).toEqual(['/ferry/v1/flavors', '/ferry/v1/flavors?marker=a+b']);
});

test('so many of those that fit are asked for, and no page more', async () => {
  const page = Array.from({ length: 1000 }, (_, index) => ({ id: String(index) }));
  using controller = await answering([
    [200, { instances: page, next: '999' }],
    [200, { instances: [{ id: 'a' }, { id: 'b' }], next: 'b' }],
  ]);
  const all = await controller.client.instances({ host: 'compute 11', limit: 1002 });
  expect(all).toHaveLength(1002);
  const asked = '/ferry/v1/instances?host=compute+11';
  expect(controller.asked).toEqual([asked, `${asked}&marker=999&limit=2`]);
});

test.each(['', '.', '..', 'half\ud800'])(
  'the name "%s" asks for no other page than its own',
  async (name) => {
    using controller = await answering([]);
    const { client } = controller;
    const asking = [
      async () => client.host(name),
      async () => client.deleteVolume(name),
      async () => client.instance(name),
      async () => client.securityGroup(name),
    ];
    for (const ask of asking) await expect(ask()).rejects.toMatchObject({ code: 'bad-request', status: 0 });
    expect(controller.asked).toEqual([]);
  },
);

test('a controller of before there were pages is understood', async () => {
  using controller = await answering([[200, { hosts: [{ id: 'a' }] }]]);
  expect(await controller.client.hosts()).toEqual([{ id: 'a' }]);
});

test('an entry that is removed between two pages has the list read anew, three times at most', async () => {
  const first = [200, { volumes: [{ id: 'a' }], next: 'a' }] as const;
  const lost = [400, gone] as const;
  using controller = await answering([first, lost, [200, { volumes: [{ id: 'b' }], next: null }]]);
  expect(await controller.client.volumes()).toEqual([{ id: 'b' }]);
  using unlucky = await answering([first, lost, first, lost, first, lost]);
  await expect(unlucky.client.volumes()).rejects.toMatchObject({ code: 'marker-not-found' });
  expect(unlucky.asked).toHaveLength(6);
});
