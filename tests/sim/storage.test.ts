import type { DomainFacts } from '@ferry/model';
import { describe, expect, test } from 'vitest';
import { Stage } from './world.ts';

const live = { kind: 'live-migration', host: 'compute12' } as const;
const cold = { kind: 'cold-migration', host: 'compute12', shutdownTimeoutMs: 0 } as const;
type Xml = DomainFacts['name'];

/** Changes what describes a guest's one disk. */
function describeDisk(stage: Stage, id: string, change: (xml: Xml) => Xml): void {
  const domain = stage.world.host('compute11').domains.get(id);
  if (domain === undefined) throw new Error('there is no such guest');
  domain.xml = change(domain.xml);
}

const xmlOn = (stage: Stage, host: string, id: string): string | undefined =>
  stage.world.host(host).domains.get(id)?.xml;

const byPool = (xml: Xml): Xml =>
  xml
    .replace(/<disk type=['"]file['"]/, "<disk type='volume'")
    .replace(/<source file=['"][^'"]*['"]\/>/, "<source pool='vms' volume='web-1.qcow2'/>");
const iscsi = (xml: Xml): Xml =>
  xml.replace(
    '</devices>',
    "<disk type='network'><source protocol='iscsi' name='iqn/1'><host name='nas'/><auth username='u'><secret type='iscsi' usage='nas'/></auth></source><target dev='vdz'/></disk></devices>",
  );
const onDevice = (xml: Xml): Xml =>
  xml
    .replace(/<disk type=['"]file['"]/, "<disk type='block'")
    .replace(/<source file=['"][^'"]*['"]\/>/, "<source dev='/dev/san/web'/>");

describe('paths that differ', () => {
  test('a file and what it stands on go to another directory, and a move back undoes it', async () => {
    await using stage = await Stage.open();
    const id = await stage.guest({ name: 'web', directory: '/images' });
    const { directories } = stage.world.host('compute12');
    directories.set('/srv', new Map());
    await stage.client().setHost('compute12', { allowedDirectories: ['/srv'] });
    const { id: over } = await stage.client().migrate('web', { ...cold, pathMap: { '/images': '/srv' } });
    expect(await stage.over(over)).toMatchObject({ status: 'confirmed', error: null });
    expect(xmlOn(stage, 'compute12', id)).toContain('/srv/web-1.qcow2');
    expect([...(directories.get('/srv')?.keys() ?? [])]).toContain('web-1.qcow2');
    expect([...(directories.get('/images')?.keys() ?? [])]).toEqual([]);
    const back = { ...live, host: 'compute11', pathMap: { '/srv': '/images' } };
    const { id: home } = await stage.client().migrate('web', back);
    expect(await stage.over(home)).toMatchObject({ status: 'completed', error: null });
    expect(xmlOn(stage, 'compute11', id)).toContain('/images/web-1.qcow2');
    expect([...(directories.get('/srv')?.keys() ?? [])]).not.toContain('web-1.qcow2');
  });

  test('what is set for a host holds for all moves there; a path that nothing of the guest is at is told', async () => {
    await using stage = await Stage.open();
    await stage.guest({ name: 'web', directory: '/images' });
    stage.world.host('compute12').directories.set('/srv', new Map());
    const client = stage.client();
    const set = await client.setHost('compute12', { pathMap: { '/images': '/srv' }, definePools: true });
    expect(set.storage).toEqual({ pools: {}, paths: { '/images': '/srv' }, define: true });
    const { plan, findings } = await client.check('web', { ...live, pathMap: { '/image': '/x' } });
    expect(plan?.targetPaths?.['/images/web-1.qcow2']).toBe('/srv/web-1.qcow2');
    expect(findings.find(({ code }) => code === 'storage-mapped')).toMatchObject({
      severity: 'warning',
      compared: { path: '/image' },
    });
  });

  test('a path that is none is refused by the interface', async () => {
    await using stage = await Stage.open();
    await stage.guest({ name: 'web', directory: '/images' });
    const wrong = stage.client().check('web', { ...live, pathMap: { '/images': 'srv' } });
    await expect(wrong).rejects.toMatchObject({ code: 'bad-request' });
  });
});

describe('pools and secrets', () => {
  test('a pool that the target lacks is refused with the remedy, or defined, and goes again with the guest', async () => {
    await using stage = await Stage.open();
    const id = await stage.guest({ name: 'web', directory: '/shared' });
    const pool = { type: 'dir', active: true, autostart: true, directory: '/shared', source: '' };
    stage.world.host('compute11').pools.set('vms', pool);
    describeDisk(stage, id, byPool);
    const report = await stage.client().check('web', live);
    expect(report.possible).toBe(false);
    const { remedy } = report.findings.find(({ code }) => code === 'pool-present') ?? {};
    expect(remedy).toContain('--define-pools');
    const { id: over } = await stage.client().migrate('web', { ...live, definePools: true });
    expect(await stage.over(over)).toMatchObject({ status: 'completed', error: null });
    const { pools } = stage.world.host('compute12');
    expect(pools.get('vms')).toMatchObject({ active: true, autostart: true });
    const { id: back } = await stage.client().migrate('web', { ...live, host: 'compute11' });
    expect(await stage.over(back)).toMatchObject({ status: 'completed', error: null });
    expect(pools.has('vms')).toBe(false);
    expect(stage.world.host('compute11').pools.get('vms')).toMatchObject({ active: true });
  });

  test('a secret goes along and is taken away when the last guest that takes it has gone, and no sooner', async () => {
    await using stage = await Stage.open();
    for (const name of ['web', 'db'])
      describeDisk(stage, await stage.guest({ name, directory: '/shared' }), iscsi);
    const secret = { usageType: 'iscsi', usage: 'nas', isPrivate: false, value: 'told to nobody' };
    stage.world.host('compute11').secrets.set('s1', secret);
    const { secrets } = stage.world.host('compute12');
    const moved = async (name: string, host: string): Promise<void> => {
      const { id } = await stage.client().migrate(name, { ...live, host });
      expect(await stage.over(id)).toMatchObject({ status: 'completed', error: null });
    };
    await moved('web', 'compute12');
    await moved('db', 'compute12');
    expect(secrets.get('s1')?.value).toBe('told to nobody');
    await moved('web', 'compute11');
    expect(secrets.has('s1')).toBe(true);
    await moved('db', 'compute11');
    expect(secrets.has('s1')).toBe(false);
    expect(stage.world.host('compute11').secrets.has('s1')).toBe(true);
    expect(JSON.stringify(await stage.client().migrations())).not.toContain('told to nobody');
  });
});

describe('block devices', () => {
  const device = { format: 'raw', capacityBytes: 1024, backing: null, owner: null, content: 'of the guest' };

  test('one that tells the same of itself on both hosts stays where it is', async () => {
    await using stage = await Stage.open();
    const id = await stage.guest({ name: 'web', directory: '/shared' });
    describeDisk(stage, id, onDevice);
    for (const name of ['compute11', 'compute12']) {
      const host = stage.world.host(name);
      host.directories.set('/dev/san', new Map([['web', { ...device }]]));
      host.identities.set('/dev/san/web', 'serial 36001405');
    }
    const { plan, possible } = await stage.client().check('web', live);
    expect(possible).toBe(true);
    expect(plan?.disks).toMatchObject([
      { action: 'keep', because: expect.stringContaining('serial 36001405') as string },
    ]);
    stage.world
      .host('compute12')
      .directories.set('/dev/san', new Map([['web', { ...device, content: 'else' }]]));
    expect((await stage.client().check('web', live)).plan?.obstacles).toMatchObject([
      { kind: 'device-differs' },
    ]);
  });
});
