import { expect, test } from 'vitest';
import { listening, type NovaRequests } from './nova-request.ts';
import { until } from './world.ts';

interface Shown {
  readonly server: Record<string, unknown> & { readonly status: string };
}

async function statusOf(nova: NovaRequests, id: string): Promise<Record<string, unknown>> {
  const { server } = (await nova.get<Shown>(`/servers/${id}`)).body;
  return {
    status: server.status,
    task: server['OS-EXT-STS:task_state'],
    power: server['OS-EXT-STS:power_state'],
  };
}

/** Waits until nothing is being done to it; what it is then. */
function settled(nova: NovaRequests, id: string): Promise<Record<string, unknown>> {
  return until('nothing is being done to it', async () => {
    const shown = await statusOf(nova, id);
    return shown['task'] === null ? shown : null;
  });
}

test('a guest is stopped, started, paused, suspended and rebooted, and its host shows it', async () => {
  const { stage, nova } = await listening();
  await using _ = stage;
  const id = await stage.guest({ name: 'web' });
  const stateThere = (): string | undefined => stage.world.host('compute11').domains.get(id)?.state;
  const steps = [
    [{ 'os-stop': null }, { status: 'SHUTOFF', task: null, power: 4 }, 'shutoff'],
    [{ 'os-start': null }, { status: 'ACTIVE', task: null, power: 1 }, 'running'],
    [{ pause: null }, { status: 'PAUSED', task: null, power: 3 }, 'paused'],
    [{ unpause: null }, { status: 'ACTIVE', task: null, power: 1 }, 'running'],
    [{ suspend: null }, { status: 'SUSPENDED', task: null, power: 4 }, 'shutoff'],
    [{ resume: null }, { status: 'ACTIVE', task: null, power: 1 }, 'running'],
    [{ reboot: { type: 'Soft' } }, { status: 'ACTIVE', task: null, power: 1 }, 'running'],
    [{ reboot: { type: 'HARD' } }, { status: 'ACTIVE', task: null, power: 1 }, 'running'],
  ] as const;
  for (const [action, shown, state] of steps) {
    expect(await nova.action(id, action)).toMatchObject({ status: 202, body: null });
    expect(await settled(nova, id)).toEqual(shown);
    expect(stateThere()).toBe(state);
  }
});

test('a guest that still boots is asked again to power off, and is ended only when its time is over', async () => {
  const { stage, nova } = await listening();
  await using _ = stage;
  const id = await stage.guest({ name: 'web' });
  // What a minute holds is six requests, one each ten seconds.
  for (const [misses, reason] of [
    [5, 'shutdown'],
    [6, 'destroyed'],
  ] as const) {
    Object.assign(stage.world.host('compute11').domains.get(id) ?? {}, { misses });
    expect(await nova.action(id, { 'os-stop': null })).toMatchObject({ status: 202 });
    expect(await settled(nova, id)).toMatchObject({ status: 'SHUTOFF' });
    expect(stage.world.host('compute11').domains.get(id)?.reason).toBe(reason);
    await nova.action(id, { 'os-start': null });
    expect(await settled(nova, id)).toMatchObject({ status: 'ACTIVE' });
  }
});

test('a guest that boots while it is to move cold, or to come back, powers off by itself', async () => {
  const { stage, nova } = await listening();
  await using _ = stage;
  const id = await stage.guest({ name: 'web' });
  const at = (host: string): { reason: string; misses: number } | undefined =>
    stage.world.host(host).domains.get(id);
  Object.assign(at('compute11') ?? {}, { misses: 5 });
  expect(await nova.action(id, { migrate: { host: 'compute12' } })).toMatchObject({ status: 202 });
  expect(await settled(nova, id)).toMatchObject({ status: 'VERIFY_RESIZE' });
  expect(at('compute11')?.reason).toBe('shutdown');
  Object.assign(at('compute12') ?? {}, { misses: 5 });
  stage.world.faults.plan('compute12', 'domains.ensureUndefined', 'hang');
  expect(await nova.action(id, { revertResize: null })).toMatchObject({ status: 202 });
  await stage.struck('compute12', 'domains.ensureUndefined');
  expect(at('compute12')?.reason).toBe('shutdown');
});

test('a suspended guest stays suspended in the eyes of the watch over hosts', async () => {
  const { stage, nova } = await listening({ watchIntervalMs: 20 });
  await using _ = stage;
  const id = await stage.guest({ name: 'web' });
  await nova.action(id, { suspend: null });
  expect(await settled(nova, id)).toMatchObject({ status: 'SUSPENDED' });
  await stage.calledSince(stage.world.faults.calls.length, 'compute11', 'domains.powers');
  await stage.calledSince(stage.world.faults.calls.length, 'compute11', 'domains.powers');
  expect(await statusOf(nova, id)).toMatchObject({ status: 'SUSPENDED' });
});

test('what does not fit its state is refused in words that name it', async () => {
  const { stage, nova } = await listening();
  await using _ = stage;
  const id = await stage.guest({ name: 'web', state: 'shutoff' });
  expect(await nova.action(id, { pause: null })).toMatchObject({
    status: 409,
    body: {
      conflictingRequest: {
        code: 409,
        message: expect.stringContaining(
          `Cannot 'pause' instance ${id} while it is in vm_state stopped`,
        ) as string,
      },
    },
  });
  expect(await nova.action(id, { 'os-stop': null })).toMatchObject({ status: 409 });
  expect(await nova.action(id, { reboot: { type: 'WARM', now: true } })).toMatchObject({
    status: 400,
    body: { badRequest: { message: expect.stringMatching(/'now' was unexpected.*not one of/s) as string } },
  });
  expect(await nova.action(id, { pause: null, unpause: null })).toMatchObject({ status: 400 });
  expect(await nova.action(id, { dance: null })).toMatchObject({
    status: 400,
    body: { badRequest: { message: 'There is no such action: dance.' } },
  });
  expect(await nova.as(96, 'reader').action(id, { 'os-start': null })).toMatchObject({ status: 403 });
});

test('a host that does not answer, or another that has it too, keeps it from being started', async () => {
  const { stage, nova } = await listening();
  await using _ = stage;
  const id = await stage.guest({ name: 'web', state: 'shutoff' });
  const domain = stage.world.host('compute11').domains.get(id);
  if (domain === undefined) throw new Error('the guest is there');
  stage.world.host('compute12').domains.set(id, { ...domain, state: 'running', reason: 'booted' });
  expect(await nova.action(id, { 'os-start': null })).toMatchObject({
    status: 409,
    body: { conflictingRequest: { message: expect.stringContaining('compute12 has it too') as string } },
  });
  stage.world.host('compute12').domains.delete(id);
  stage.world.host('compute11').up = false;
  expect(await nova.action(id, { 'os-start': null })).toMatchObject({
    status: 409,
    body: { conflictingRequest: { message: expect.stringContaining('compute11 does not answer') as string } },
  });
  stage.world.host('compute11').up = true;
  expect(stage.world.runners(id)).toEqual([]);
});

test('a reboot goes on after its controller was killed between the end and the start of the guest', async () => {
  const { stage, nova } = await listening();
  await using _ = stage;
  const id = await stage.guest({ name: 'web' });
  stage.world.faults.plan('compute11', 'domains.ensureStarted', 'hang');
  await nova.action(id, { reboot: { type: 'HARD' } });
  await stage.struck('compute11', 'domains.ensureStarted');
  expect(stage.world.runners(id)).toEqual([]);
  expect(await statusOf(nova, id)).toMatchObject({ status: 'HARD_REBOOT' });
  await stage.crash();
  await stage.start();
  expect(await settled(nova, id)).toEqual({ status: 'ACTIVE', task: null, power: 1 });
  expect(stage.world.runners(id)).toEqual(['compute11']);
});

test('while it is being done nothing else is, and what its host shows meanwhile is no drift', async () => {
  const { stage, nova } = await listening({ watchIntervalMs: 20 });
  await using _ = stage;
  const id = await stage.guest({ name: 'web' });
  stage.world.faults.plan('compute11', 'domains.ensureStarted', 'hang');
  await nova.action(id, { reboot: { type: 'HARD' } });
  await stage.struck('compute11', 'domains.ensureStarted');
  await stage.calledSince(stage.world.faults.calls.length, 'compute11', 'domains.powers');
  await stage.calledSince(stage.world.faults.calls.length, 'compute11', 'domains.powers');
  expect(await statusOf(nova, id)).toMatchObject({ status: 'HARD_REBOOT', power: 1 });
  expect(await nova.action(id, { pause: null })).toMatchObject({
    status: 409,
    body: {
      conflictingRequest: { message: expect.stringContaining('in task_state rebooting_hard') as string },
    },
  });
  await expect(
    stage.client().migrate('web', { kind: 'live-migration', host: 'compute12' }),
  ).rejects.toMatchObject({ code: 'instance-busy' });
  await stage.crash();
  await stage.start();
  await settled(nova, id);
});

test('an error that a person has set lasts until the power changes, and a guest stopped elsewhere is followed', async () => {
  const { stage, nova } = await listening({ watchIntervalMs: 20 });
  await using _ = stage;
  const id = await stage.guest({ name: 'web' });
  await nova.action(id, { 'os-resetState': { state: 'error' } });
  await stage.calledSince(stage.world.faults.calls.length, 'compute11', 'domains.powers');
  await stage.calledSince(stage.world.faults.calls.length, 'compute11', 'domains.powers');
  expect(await statusOf(nova, id)).toMatchObject({ status: 'ERROR', power: 1 });
  const domain = stage.world.host('compute11').domains.get(id);
  Object.assign(domain ?? {}, { state: 'shutoff', reason: 'shutdown' });
  const shown = await until('its record follows', async () => {
    const now = await statusOf(nova, id);
    return now['power'] === 4 ? now : null;
  });
  expect(shown).toMatchObject({ status: 'SHUTOFF' });
});

test('a domain without a definition is not ended: libvirt would forget it', async () => {
  const { stage, nova } = await listening();
  await using _ = stage;
  const id = await stage.guest({ name: 'web' });
  const domain = stage.world.host('compute11').domains.get(id);
  if (domain === undefined) throw new Error('the guest is there');
  domain.persistent = false;
  for (const action of [{ 'os-stop': null }, { suspend: null }, { reboot: { type: 'HARD' } }])
    expect(await nova.action(id, action)).toMatchObject({
      status: 409,
      body: { conflictingRequest: { message: expect.stringContaining('virsh define') as string } },
    });
  expect(await nova.action(id, { pause: null })).toMatchObject({ status: 202 });
  expect(await settled(nova, id)).toMatchObject({ status: 'PAUSED' });
});
