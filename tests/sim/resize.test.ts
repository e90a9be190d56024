import { powerOff } from '@ferry/hypervisor/simulated';
import { describe, expect, test } from 'vitest';
import { listening, type NovaRequests } from './nova-request.ts';
import { type Stage, until } from './world.ts';

interface Shown {
  readonly server: Record<string, unknown> & { readonly status: string };
}

const larger = { id: 'big', name: 'm1.big', vcpus: 2, ram: 1024, disk: 1 } as const;

async function show(nova: NovaRequests, id: string): Promise<Shown['server']> {
  return (await nova.get<Shown>(`/servers/${id}`)).body.server;
}

/** Waits for a status that a server has when nothing is being done to it. */
async function settles(nova: NovaRequests, id: string, status: string): Promise<Shown['server']> {
  return until(`${id} is ${status}`, async () => {
    const server = await show(nova, id);
    return server.status === status && server['OS-EXT-STS:task_state'] === null ? server : null;
  });
}

/** A guest with a disk of 64 MiB, and a flavor that is larger. */
async function guestAndFlavor(): Promise<{ stage: Stage; nova: NovaRequests; id: string }> {
  const { stage, nova } = await listening({ watchIntervalMs: 20, definitionAgeMs: 20 });
  const id = await stage.guest({ name: 'web', memoryMiB: 256 });
  expect(await nova.post('/flavors', { flavor: larger })).toMatchObject({ status: 200 });
  return { stage, nova, id };
}

function domainThere(stage: Stage, host: string, id: string): string {
  return stage.world.host(host).domains.get(id)?.xml ?? '';
}

describe('a resize', () => {
  test('goes to another host with the size of the flavor, waits to be confirmed, and is', async () => {
    const { stage, nova, id } = await guestAndFlavor();
    await using _ = stage;
    expect(await nova.action(id, { resize: { flavorRef: 'big' } })).toMatchObject({
      status: 202,
      body: null,
    });
    const held = await settles(nova, id, 'VERIFY_RESIZE');
    expect(held).toMatchObject({
      'OS-EXT-STS:vm_state': 'resized',
      'OS-EXT-STS:power_state': 1,
      flavor: { original_name: 'm1.big', ram: 1024, vcpus: 2, disk: 1 },
    });
    const target = String(held['OS-EXT-SRV-ATTR:host']);
    expect(target).not.toBe('compute11');
    const xml = domainThere(stage, target, id);
    expect(xml).toContain(`<memory unit="bytes">${1024 ** 3}</memory>`);
    expect(xml).toContain('<vcpu>2</vcpu>');
    const disk = stage.world.host(target).directories.get('/images')?.get('web-1.qcow2');
    expect(disk?.capacityBytes).toBe(1024 ** 3);
    expect(domainThere(stage, 'compute11', id)).not.toBe('');
    expect(await nova.action(id, { migrate: null })).toMatchObject({ status: expect.any(Number) as number });

    expect(await nova.action(id, { confirmResize: null })).toMatchObject({ status: 204 });
    expect(await settles(nova, id, 'ACTIVE')).toMatchObject({
      'OS-EXT-SRV-ATTR:host': target,
      flavor: { original_name: 'm1.big' },
    });
    expect(domainThere(stage, 'compute11', id)).toBe('');
    expect(await stage.client().instance('web')).toMatchObject({ memoryBytes: 1024 ** 3, vcpus: 2 });
  });

  test('is reverted: it is at its source with the size and the disk that it had', async () => {
    const { stage, nova, id } = await guestAndFlavor();
    await using _ = stage;
    const before = stage.hosts();
    const flavor = (await show(nova, id))['flavor'];
    await nova.action(id, { resize: { flavorRef: 'big' } });
    await settles(nova, id, 'VERIFY_RESIZE');
    expect(await nova.action(id, { revertResize: null })).toMatchObject({ status: 202 });
    const back = await settles(nova, id, 'ACTIVE');
    expect(back).toMatchObject({ 'OS-EXT-SRV-ATTR:host': 'compute11', flavor });
    // It is ACTIVE again before the last of its probe files is gone.
    await stage.quiet();
    expect(stage.hosts()).toEqual(before);
    expect(await stage.client().instance('web')).toMatchObject({ memoryBytes: 256 * 1024 ** 2, vcpus: 1 });
  });

  test('is refused with the reason: no such flavor, the same one, a smaller disk, no state for it', async () => {
    const { stage, nova, id } = await guestAndFlavor();
    await using _ = stage;
    await nova.post('/flavors', { flavor: { ...larger, id: 'tiny', name: 'tiny', ram: 128, disk: 0 } });
    expect(await nova.action(id, { resize: { flavorRef: 'none' } })).toMatchObject({
      status: 400,
      body: { badRequest: { message: 'Flavor none could not be found.' } },
    });
    expect(await nova.action(id, { resize: {} })).toMatchObject({
      status: 400,
      body: {
        badRequest: { message: expect.stringContaining("'flavorRef' is a required property") as string },
      },
    });
    expect(await nova.action(id, { confirmResize: null })).toMatchObject({
      status: 409,
      body: {
        conflictingRequest: {
          message: `Cannot 'confirmResize' instance ${id} while it is in vm_state active`,
        },
      },
    });
    await nova.action(id, { resize: { flavorRef: 'big' } });
    await settles(nova, id, 'VERIFY_RESIZE');
    await nova.action(id, { confirmResize: null });
    await settles(nova, id, 'ACTIVE');
    expect(await nova.action(id, { resize: { flavorRef: 'big' } })).toMatchObject({
      status: 400,
      body: { badRequest: { message: 'When resizing, instances must change flavor!' } },
    });
    const small = { ...larger, id: 'small', name: 'small', disk: 0 };
    await nova.post('/flavors', { flavor: small });
    expect(await nova.action(id, { resize: { flavorRef: 'small' } })).toMatchObject({ status: 202 });
    await settles(nova, id, 'VERIFY_RESIZE');
  });
});

describe('evacuation by the compute API', () => {
  test('a host that answers is still in use; one that is fenced is left', async () => {
    const { stage, nova } = await listening({ watchIntervalMs: 20, definitionAgeMs: 20 });
    await using _ = stage;
    const id = await stage.guest({ name: 'web', directory: '/shared' });
    expect(await nova.action(id, { evacuate: {} })).toMatchObject({
      status: 400,
      body: {
        badRequest: {
          message: expect.stringMatching(/^Compute service of compute11 is still in use\./) as string,
        },
      },
    });
    const calls = (): number =>
      stage.world.faults.calls.filter((call) => call === 'compute11 storage.ensureNoProbeFile').length;
    const before = calls();
    await until('its directory was seen', async () => (calls() - before >= 4 ? true : null));
    powerOff(stage.world.host('compute11'));
    await until('it is down', async () => {
      const [host] = await stage.client().hosts();
      return host?.service.state === 'down' ? true : null;
    });
    expect(await nova.action(id, { evacuate: { host: 'compute12' } })).toMatchObject({
      status: 409,
      body: {
        conflictingRequest: { message: expect.stringContaining('ferry host fence compute11') as string },
      },
    });
    await stage.client().fenceHost('compute11', { poweredOff: true });
    const old = nova.as(13);
    expect(await old.action(id, { evacuate: { host: 'compute12', onSharedStorage: 'False' } })).toMatchObject(
      {
        status: 400,
        body: {
          badRequest: { message: expect.stringContaining('never makes new ones from its image') as string },
        },
      },
    );
    expect(await nova.as(94).action(id, { evacuate: { host: 'compute12' } })).toMatchObject({ status: 200 });
    expect(await settles(nova, id, 'ACTIVE')).toMatchObject({ 'OS-EXT-SRV-ATTR:host': 'compute12' });
    expect(stage.world.runners(id)).toEqual(['compute12']);
  });
});
