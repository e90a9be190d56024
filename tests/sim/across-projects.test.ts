import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask } from './openstack-caller.ts';
import { type Member, newMember } from './project-member.ts';
import { ServerStage } from './server-world.ts';

let servers: ServerStage;
let ada: Member;
beforeAll(async () => {
  // What is asked for is too large for the hosts, and not for the project.
  servers = await ServerStage.open({ quotas: { cores: -1, ram: -1 } });
  const { stage, imageId } = servers;
  await ask(stage, 'PATCH', `/image/v2/images/${imageId}`, {
    headers: { 'content-type': 'application/openstack-images-v2.1-json-patch' },
    body: [{ op: 'replace', path: '/visibility', value: 'public' }],
  });
  const flavor = { id: 'huge', name: 'huge', ram: 999_999, vcpus: 64, disk: 9_999 };
  await ask(stage, 'POST', '/v2.1/flavors', { body: { flavor } });
  ada = await newMember(stage, 'ada');
});
afterAll(() => servers[Symbol.asyncDispose]());

/** What a member of a project is told who asks for a server; null: it is accepted. */
async function told(server: object, hints?: object): Promise<string | null> {
  const { status, body } = await ada.ask('POST', '/v2.1/servers', {
    body: {
      server: { name: 'hers', imageRef: servers.imageId, flavorRef: '1', networks: [], ...server },
      ...(hints === undefined ? {} : { 'os:scheduler_hints': hints }),
    },
  });
  if (status === 202) return null;
  expect(status).toBe(400);
  return body.badRequest.message as string;
}

test("a hint with another project's server tells no more than one with a server that there is not", async () => {
  const others = await servers.created();
  await servers.becomes(others, 'ACTIVE');
  const nobodys = randomUUID();
  for (const hint of ['same_host', 'different_host']) {
    const [told1, told2] = [await told({}, { [hint]: others }), await told({}, { [hint]: nobodys })];
    expect(told1).toContain(`Instance ${others}, named by a scheduler hint, could not be found.`);
    expect(told1?.replaceAll(others, 'ID')).toBe(told2?.replaceAll(nobodys, 'ID'));
  }
  const own = (
    await ada.ask('POST', '/v2.1/servers', {
      body: { server: { name: 'own', imageRef: servers.imageId, flavorRef: '1', networks: [] } },
    })
  ).body.server.id as string;
  await servers.becomes(own, 'ACTIVE');
  expect(await told({}, { same_host: own })).toBeNull();
});

test('a member is told that there is no host, and an administrator why', async () => {
  const message = await told({ flavorRef: 'huge' });
  expect(message).toMatch(/^No valid host was found\. There are not enough hosts available\./);
  expect(message).not.toMatch(/compute1|bytes|\d/);
  expect((await servers.create({ flavorRef: 'huge' })).body.badRequest.message).toMatch(
    /compute11: .*bytes of memory/,
  );
  expect(await told({ availability_zone: 'mars' })).not.toMatch(/compute1|nova/);
});

test('the same for another size of a server', async () => {
  const asked = await ada.ask('POST', '/v2.1/servers', {
    body: { server: { name: 'small', imageRef: servers.imageId, flavorRef: '1', networks: [] } },
  });
  const id = asked.body.server.id as string;
  await servers.becomes(id, 'ACTIVE');
  const resize = { body: { resize: { flavorRef: 'huge' } } };
  const refused = await ada.ask('POST', `/v2.1/servers/${id}/action`, resize);
  expect(refused.status).toBe(400);
  expect(refused.body.badRequest.message).toMatch(/^No valid host was found for resize\./);
  expect(refused.text).not.toMatch(/compute1|bytes/);
});

test('a member names networks that the network API shows, and no bridge of a host', async () => {
  // Each simulated host has this one.
  expect(await told({ networks: [{ uuid: 'br-ex' }] })).toContain('Network br-ex could not be found.');
  const { networks } = (await ada.ask('GET', '/network/v2.0/networks')).body;
  expect(await told({ networks: [{ uuid: networks[0].id }] })).toBeNull();
});

test('on which host a volume is attached is told to administrators alone', async () => {
  const { stage } = servers;
  const asked = await ada.ask('POST', '/v2.1/servers', {
    body: { server: { name: 'with-volume', imageRef: servers.imageId, flavorRef: '1', networks: [] } },
  });
  const id = asked.body.server.id as string;
  await servers.becomes(id, 'ACTIVE');
  const host = await servers.hostOf(id);
  const there = stage.world.host(host);
  there.directories.set('/data', new Map());
  there.pools.set('data', { type: 'dir', active: true, autostart: true, directory: '/data', source: '' });
  const volume = await stage
    .client()
    .addVolume({ name: 'data', pool: 'data', hosts: [host], sizeBytes: 1024 ** 3, project: 'ada' });
  const path = `/v2.1/servers/${id}/os-volume_attachments`;
  const attached = await ada.ask('POST', path, { body: { volumeAttachment: { volumeId: volume.id } } });
  expect(attached.status).toBe(200);
  const page = `/volume/v3/volumes/${volume.id}`;
  expect((await ada.ask('GET', page)).body.volume.attachments[0].host_name).toBeNull();
  expect((await ask(stage, 'GET', page)).body.volume.attachments[0].host_name).toBe(host);
});
