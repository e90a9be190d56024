import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiError, type EvacuateBody } from '@ferry/api';
import { powerOff, powerOn } from '@ferry/hypervisor/simulated';
import { expect, test } from 'vitest';
import { type Guest, Stage } from './world.ts';

const often = { watchIntervalMs: 20, definitionAgeMs: 20 } as const;

/** A guest whose definition was read, and whose directories were seen on the other hosts. */
async function keptGuest(stage: Stage, guest: Guest, devices = ''): Promise<string> {
  const id = await stage.guest(guest);
  const domain = stage.world.host('compute11').domains.get(id);
  if (domain === undefined) throw new Error('it is not there');
  domain.xml = domain.xml.replace('</devices>', `${devices}</devices>`);
  const calls = (): number =>
    stage.world.faults.calls.filter((call) => call === 'compute11 storage.ensureNoProbeFile').length;
  const before = calls();
  await expect.poll(() => calls() - before).toBeGreaterThanOrEqual(4);
  return id;
}

async function loseHost(stage: Stage, name = 'compute11'): Promise<void> {
  powerOff(stage.world.host(name));
  await expect
    .poll(
      async () =>
        (
          await stage
            .client()
            .host(name)
            .catch(() => null)
        )?.host.service.state ?? 'down',
      {
        timeout: 20_000,
      },
    )
    .toBe('down');
}

async function refusalOf(stage: Stage, body: EvacuateBody = {}): Promise<ApiError> {
  const refusal: unknown = await stage
    .client()
    .evacuate('web', body)
    .catch((error: unknown) => error);
  if (!(refusal instanceof ApiError)) throw new Error('it was accepted');
  return refusal;
}

const errorsOf = ({ findings }: ApiError): string[] =>
  findings.filter(({ severity }) => severity === 'error').map(({ code }) => code);

test('a guest on shared disks starts elsewhere once its host is known to be off; the host that is back is cleared', async () => {
  await using stage = await Stage.open({}, often);
  const id = await keptGuest(stage, { name: 'web', directory: '/shared' });
  const files = [...stage.shared];
  await loseHost(stage);
  expect(await stage.client().fenceHost('compute11', { poweredOff: true })).toMatchObject({
    fence: { by: 'an operator' },
  });
  const accepted = await stage.client().evacuate('web', { host: 'compute12' });
  const ended = await stage.over(accepted.id);
  expect(ended).toMatchObject({ kind: 'evacuation', status: 'done', error: null, targetHost: 'compute12' });
  expect(ended.result?.guestSeenAlive).toContain('its processors ran');
  expect(stage.world.runners(id)).toEqual(['compute12']);
  expect([...stage.shared]).toEqual(files);
  expect(await stage.client().instance('web')).toMatchObject({
    host: 'compute12',
    vmState: 'active',
    taskState: null,
    migrationId: null,
  });
  powerOn(stage.world, stage.world.host('compute11'));
  await expect.poll(() => stage.client().migration(accepted.id)).toMatchObject({ status: 'completed' });
  expect(stage.world.host('compute11').domains.size).toBe(0);
  expect(stage.world.runners(id)).toEqual(['compute12']);
  expect([...stage.shared]).toEqual(files);
  expect((await stage.client().hosts()).map(({ fence }) => fence)).toEqual([null, null, null]);
});

test('a host that answers is not fenced, and its instances are not evacuated', async () => {
  await using stage = await Stage.open({}, often);
  await keptGuest(stage, { name: 'web', directory: '/shared' });
  await expect(stage.client().fenceHost('compute11', { poweredOff: true })).rejects.toMatchObject({
    code: 'host-answers',
  });
  const refusal = await refusalOf(stage, { host: 'compute12' });
  expect(refusal.code).toBe('host-answers');
  expect(errorsOf(refusal)).toEqual(['source-gone', 'source-fenced', 'disks-there']);
});

test('without a word on its host it is refused, and all that is wrong is told at once', async () => {
  await using stage = await Stage.open({}, often);
  await keptGuest(stage, { name: 'web' });
  await loseHost(stage);
  await expect(stage.client().fenceHost('compute11', {})).rejects.toMatchObject({ code: 'fence-needed' });
  const refusal = await refusalOf(stage, { host: 'compute12' });
  expect(refusal).toMatchObject({ code: 'fence-needed', status: 409 });
  expect(errorsOf(refusal)).toEqual(['source-fenced', 'disks-there', 'disks-there']);
  expect(refusal.message).toContain('the target has no /images/web-1.qcow2');
});

test('a file of the same name that was never seen to be the same is not taken for it, unless somebody says so', async () => {
  await using stage = await Stage.open({}, often);
  const id = await keptGuest(stage, { name: 'web' });
  const here = stage.world.host('compute11').directories.get('/images');
  const there = stage.world.host('compute12').directories.get('/images');
  for (const [name, file] of here ?? []) there?.set(name, { ...file });
  await loseHost(stage);
  await stage.client().fenceHost('compute11', { poweredOff: true });
  const refusal = await refusalOf(stage, { host: 'compute12' });
  expect(refusal.message).toMatch(/never seen that it is the same one: it may be an old copy/);
  const { id: migration } = await stage
    .client()
    .evacuate('web', { host: 'compute12', sharedPaths: ['/images'], leaveOff: true });
  expect(await stage.over(migration)).toMatchObject({ status: 'done' });
  expect(stage.world.host('compute12').domains.get(id)).toMatchObject({ state: 'shutoff' });
  expect(await stage.client().instance('web')).toMatchObject({ vmState: 'stopped', host: 'compute12' });
});

test('a guest that still writes to its disks is not started a second time, whatever was said of its host', async () => {
  await using stage = await Stage.open({}, often);
  const id = await keptGuest(stage, { name: 'web', directory: '/shared' });
  // Its network is cut, and it runs on.
  stage.world.host('compute11').up = false;
  await expect.poll(async () => (await stage.client().hosts())[0]?.service.state).toBe('down');
  await stage.client().fenceHost('compute11', { poweredOff: true });
  const refusal = await refusalOf(stage, { host: 'compute12' });
  expect(refusal.message).toMatch(
    /somebody has \/shared\/web-1.qcow2 \(vda\) open: .* by a guest of compute11/,
  );
  expect(stage.world.runners(id)).toEqual(['compute11']);
});

test('an instance whose host was never read cannot be evacuated', async () => {
  await using stage = await Stage.open({}, { watchIntervalMs: 20, definitionAgeMs: null });
  await stage.guest({ name: 'web', directory: '/shared' });
  await loseHost(stage);
  await stage.client().fenceHost('compute11', { poweredOff: true });
  expect((await refusalOf(stage, { host: 'compute12' })).message).toContain('its definition was never read');
});

test('what its definition names of its host must be on the target; what nothing can compare takes a word', async () => {
  await using stage = await Stage.open({}, often);
  const share =
    "<filesystem type='mount'><driver type='virtiofs'/><source dir='/srv/share'/><target dir='share'/></filesystem>";
  const random = "<rng model='virtio'><backend model='random'>/dev/hwrng</backend></rng>";
  await keptGuest(
    stage,
    { name: 'web', directory: '/shared' },
    `${share}${random}<quantum entangled='yes'/>`,
  );
  await loseHost(stage);
  await stage.client().fenceHost('compute11', { poweredOff: true });
  const target = stage.world.host('compute12');
  target.refusedDevices.set('/dev/hwrng', 'No such file: /dev/hwrng');
  const left = await refusalOf(stage, { host: 'compute12' });
  expect(errorsOf(left)).toContain('directory-allowed');
  await stage.client().setHost('compute12', { allowedDirectories: ['/srv/share'] });
  const missing = await refusalOf(stage, { host: 'compute12' });
  expect(missing.message).toContain(
    'devices/filesystem/source/@dir "/srv/share", and the target has nothing',
  );
  expect(missing.message).toContain('devices/quantum, which the table of elements does not know');
  expect(missing.message).toContain('devices/rng/backend "/dev/hwrng", and a probe guest');
  target.directories.set('/srv/share', new Map());
  target.refusedDevices.clear();
  const uncompared = await refusalOf(stage, { host: 'compute12', accept: ['devices/quantum'] });
  expect(errorsOf(uncompared)).toEqual(['domain-elements']);
  expect(uncompared.message).toContain('cannot be compared: the host of the guest is gone');
  const accept = ['devices/quantum', 'devices/filesystem/source/@dir=/srv/share'];
  const { id } = await stage.client().evacuate('web', { host: 'compute12', accept });
  expect(await stage.over(id)).toMatchObject({ status: 'done' });
});

test('an emulated TPM is on the host that is gone: without it the guest starts only by a word', async () => {
  await using stage = await Stage.open({}, often);
  const tpm = "<tpm model='tpm-crb'><backend type='emulator' version='2.0'/></tpm>";
  await keptGuest(stage, { name: 'web', directory: '/shared' }, tpm);
  await loseHost(stage);
  await stage.client().fenceHost('compute11', { poweredOff: true });
  const refusal = await refusalOf(stage, { host: 'compute12' });
  expect(errorsOf(refusal)).toEqual(['extras-carried']);
  expect(refusal.message).toContain('what the emulated TPM holds is on "compute11"');
  const accept = ['devices/tpm/backend/@type=emulator'];
  const { id } = await stage.client().evacuate('web', { host: 'compute12', accept });
  expect(await stage.over(id)).toMatchObject({ status: 'done' });
});

test('a hook powers the host off; one that fails is told with what it said', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'ferry-hook-'));
  const hook = join(directory, 'fence');
  const log = join(directory, 'log');
  writeFileSync(hook, `#!/bin/sh\necho "$1 $FERRY_HOST_URI" > ${log}\n`);
  chmodSync(hook, 0o755);
  try {
    await using stage = await Stage.open({}, { ...often, fenceHook: hook });
    await keptGuest(stage, { name: 'web', directory: '/shared' });
    await loseHost(stage);
    expect(await stage.client().fenceHost('compute11', {})).toMatchObject({
      fence: { by: `the hook ${hook}` },
    });
    expect(readFileSync(log, 'utf8')).toBe('compute11 simulated://compute11/\n');
    writeFileSync(hook, '#!/bin/sh\necho "the switch does not answer" >&2\nexit 3\n');
    await expect(stage.client().fenceHost('compute11', {})).rejects.toMatchObject({
      code: 'fence-failed',
      message: expect.stringContaining('the switch does not answer') as string,
    });
  } finally {
    rmSync(directory, { recursive: true });
  }
  expect(existsSync(directory)).toBe(false);
});
