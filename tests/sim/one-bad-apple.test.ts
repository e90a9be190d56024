import type { MoveBody } from '@ferry/api';
import { expect, test } from 'vitest';
import { runFerry } from './run-ferry.ts';
import { domainXml, Stage, until } from './world.ts';

const cold: MoveBody = { kind: 'cold-migration', host: 'compute12' };
const oddId = '99999999-1111-4111-8111-000000000001';

/** A domain that libvirt has and that cannot be read. */
function putOdd(stage: Stage, why: 'blank name' | 'no description', host = 'compute11'): void {
  const xml = domainXml({ name: 'odd', id: oddId, disk: '/images/odd.qcow2' });
  stage.world.addDomain(host, xml, 'shutoff');
  const domain = stage.world.host(host).domains.get(oddId);
  if (domain === undefined) return;
  if (why === 'blank name') domain.xml = xml.replace('<name>odd</name>', '<name>   </name>');
  else domain.unreadable = 'internal error: no description';
}

test.each(['blank name', 'no description'] as const)(
  '%s: it is listed with its error, and bars only itself',
  async (why) => {
    await using stage = await Stage.open();
    putOdd(stage, why);
    await stage.guest({ name: 'web', state: 'shutoff' });
    const shown = await stage.client().host('compute11');
    expect(shown.domains.map(({ name }) => name)).toEqual(['web']);
    expect(shown.unread).toMatchObject([{ id: oddId }]);
    const printed = await runFerry(stage, ['host', 'show', 'compute11']);
    expect(printed.out).toContain('cannot be read');
    expect(printed.out).toContain(oddId);
    await expect(stage.client().adoptInstance({ host: 'compute11', domain: oddId })).rejects.toMatchObject({
      code: 'host-refused',
    });
    expect(await stage.over((await stage.client().migrate('web', cold)).id)).toMatchObject({
      status: 'confirmed',
    });
  },
);

test('a host with such a domain is taken in', async () => {
  await using stage = await Stage.open();
  stage.world.addHost('compute14');
  putOdd(stage, 'blank name', 'compute14');
  const added = await stage.client().addHost({ uri: 'simulated://compute14/' });
  expect(added.unread).toHaveLength(1);
});

test('a host that does not answer is not told to have no domains', async () => {
  await using stage = await Stage.open();
  stage.world.host('compute11').up = false;
  const printed = await runFerry(stage, ['host', 'show', 'compute11']);
  expect(printed.out).toContain('NOT KNOWN');
  expect(printed.out).not.toContain('No domains');
});

const drive = (policy: string): string =>
  `<disk type='file' device='cdrom'><driver name='qemu' type='raw'/><source file='/isos/gone.iso'${policy}/><target dev='sda'/><readonly/></disk>`;

test('an optional medium that is gone is no obstacle; one that is needed is, and is named', async () => {
  await using stage = await Stage.open();
  for (const [name, policy] of [
    ['optional', " startupPolicy='optional'"],
    ['needed', ''],
  ] as const) {
    const id = stage.put({ name, state: 'shutoff' });
    const domain = stage.world.host('compute11').domains.get(id);
    if (domain !== undefined) domain.xml = domain.xml.replace('</devices>', `${drive(policy)}</devices>`);
    await stage.client().adoptInstance({ host: 'compute11', domain: id });
  }
  // What is gone here may be there on the target, and would be the guest's then.
  const unlike = await stage.client().check('optional', cold);
  expect(unlike.findings).toContainEqual(
    expect.objectContaining({ code: 'directory-allowed', severity: 'error' }),
  );
  await stage.client().setHost('compute12', { allowedDirectories: ['/isos'] });
  expect(await stage.client().check('optional', cold)).toMatchObject({ verdict: 'possible' });
  expect(await stage.over((await stage.client().migrate('optional', cold)).id)).toMatchObject({
    status: 'confirmed',
  });
  const report = await stage.client().check('needed', cold);
  expect(report).toMatchObject({ verdict: 'not-possible', possible: false });
  expect(report.findings.find(({ severity }) => severity === 'error')?.message).toContain('/isos/gone.iso');
});

test('what is not known is no yes: the check says so, and the move agrees with it', async () => {
  await using stage = await Stage.open();
  await stage.guest({ name: 'web' });
  stage.world.faults.plan('compute12', 'domains.compareCpu', 'refuse', 3);
  const report = await stage.client().check('web', cold);
  expect(report).toMatchObject({ verdict: 'not-known', possible: false });
  const printed = await runFerry(stage, ['check', 'web', 'compute12', '--cold']);
  expect(printed.out).toContain(
    'It is not known whether the move is possible, because the target did not tell',
  );
  expect(printed.out).not.toContain('The move is possible');
  await expect(stage.client().migrate('web', cold)).rejects.toMatchObject({
    code: 'checks-failed',
    message: expect.stringContaining('not known whether it would work') as unknown,
  });
  expect(await stage.client().check('web', cold)).toMatchObject({ verdict: 'possible' });
});

test('an emulator that the target lacks is found before anything is powered off', async () => {
  await using stage = await Stage.open();
  const id = stage.put({ name: 'web' });
  const domain = stage.world.host('compute11').domains.get(id);
  if (domain !== undefined)
    domain.xml = domain.xml.replace('<devices>', '<devices><emulator>/opt/q/qemu-kvm</emulator>');
  stage.world.host('compute12').emulators = new Set(['/usr/bin/kvm']);
  await stage.client().adoptInstance({ host: 'compute11', domain: id });
  const report = await stage.client().check('web', cold);
  expect(report.findings).toContainEqual(
    expect.objectContaining({ code: 'emulator-present', severity: 'error' }),
  );
  expect(report.verdict).toBe('not-possible');
});

test('an instance is forgotten and adopted again; a host is removed once nothing is recorded on it', async () => {
  await using stage = await Stage.open();
  const id = await stage.guest({ name: 'web' });
  expect(await stage.over((await stage.client().migrate('web', cold)).id)).toMatchObject({
    status: 'confirmed',
  });
  await expect(stage.client().removeHost('compute12')).rejects.toMatchObject({
    code: 'host-in-use',
    message: expect.stringContaining('Recorded there: web.') as unknown,
  });
  await expect(stage.client('reader').forgetInstance('web')).rejects.toMatchObject({ code: 'forbidden' });
  const before = stage.hosts();
  expect((await runFerry(stage, ['instance', 'forget', 'web'])).code).toBe(0);
  expect(await stage.client().instances()).toEqual([]);
  expect((await runFerry(stage, ['host', 'remove', 'compute12'])).code).toBe(0);
  expect(stage.hosts()).toEqual(before);
  expect((await stage.client().hosts()).map(({ name }) => name)).toEqual(['compute11', 'compute13']);
  // What was done stays on record, and both can be taken in again.
  expect(await stage.client().migrations()).toMatchObject([{ targetHost: 'compute12' }]);
  await stage.client().addHost({ uri: 'simulated://compute12/' });
  await stage.client().adoptInstance({ host: 'compute12', domain: id });
  expect(await stage.client().instance('web')).toMatchObject({ host: 'compute12' });
});

test('what a migration holds is neither forgotten nor removed', async () => {
  await using stage = await Stage.open();
  const id = await stage.guest({ name: 'web' });
  stage.slow();
  await stage.client().migrate('web', { kind: 'live-migration', host: 'compute12' });
  await stage.sending(id);
  await expect(stage.client().forgetInstance('web')).rejects.toMatchObject({ code: 'instance-busy' });
  for (const host of ['compute11', 'compute12'])
    await expect(stage.client().removeHost(host)).rejects.toMatchObject({ code: 'host-in-use' });
});

test('a domain that somebody renames is followed, unless its instance has a name of its own', async () => {
  await using stage = await Stage.open({}, { watchIntervalMs: 10 });
  const id = await stage.guest({ name: 'web' });
  const rename = (name: string): void => {
    const domain = stage.world.host('compute11').domains.get(id);
    if (domain !== undefined) domain.xml = domain.xml.replace(/<name>[^<]*</, `<name>${name}<`);
  };
  const named = (name: string): Promise<unknown> =>
    until(`it is named ${name}`, async () =>
      (await stage.client().instance(id)).name === name ? true : null,
    );
  rename('web-old');
  await named('web-old');
  rename('web-older');
  await named('web-older');
  const end = await stage.over((await stage.client().migrate('web-older', cold)).id);
  expect(end).toMatchObject({ status: 'confirmed', instanceName: 'web-older' });
});
