import { describe, expect, test } from 'vitest';
import { sampleDisk } from '../check/sample-input.ts';
import { planTransfer } from './plan-transfer.ts';
import type { ImageSharing } from './transfer-plan.ts';

const gib = 1024 ** 3;
const base = {
  path: '/base/ubuntu.img',
  format: 'qcow2',
  capacityBytes: 4 * gib,
  allocationBytes: 2 * gib,
  owner: null,
};
const overlay = sampleDisk({ backing: [base] });
const iso = { ...base, path: '/iso/tools.iso', format: 'raw' };
const cdrom = sampleDisk({ target: 'sda', device: 'cdrom', path: iso.path, readOnly: true, image: iso });

function proof(path: string, onTarget: ImageSharing['onTarget'] | 'shared'): ImageSharing {
  return onTarget === 'shared'
    ? { path, verdict: 'shared', onTarget: 'same-content', proof: 'seen' }
    : { path, verdict: 'separate', onTarget, proof: 'not seen' };
}
const disk = (onTarget: ImageSharing['onTarget'] | 'shared'): ImageSharing =>
  proof('/images/web.qcow2', onTarget);
const below = (onTarget: ImageSharing['onTarget'] | 'shared'): ImageSharing => proof(base.path, onTarget);

function onNetwork(servers: readonly string[] = ['nas:10809']) {
  const network = { protocol: 'nbd', name: 'web', servers, description: '<disk/>' };
  return sampleDisk({ target: 'vdb', kind: 'network', path: null, image: null, network });
}

describe('planTransfer', () => {
  test('keeps what is shared, peer to peer', () => {
    expect(planTransfer({ kind: 'live-migration' }, [overlay], [disk('shared'), below('shared')])).toEqual({
      form: 'peer-to-peer',
      disks: [{ action: 'keep', target: 'vda', path: '/images/web.qcow2', because: 'seen' }],
      copyBytes: 0,
      obstacles: [],
      warm: null,
    });
  });

  test('copies what is local, coordinated, and brings the base the target lacks', () => {
    const plan = planTransfer({ kind: 'live-migration' }, [overlay], [disk('nothing'), below('nothing')]);
    expect(plan).toMatchObject({
      form: 'coordinated',
      copyBytes: 3 * gib,
      obstacles: [],
      disks: [
        { action: 'copy', target: 'vda', readOnly: false, backing: [{ path: base.path, action: 'bring' }] },
      ],
    });
  });

  test('does not bring a base that is there with the same content', () => {
    const plan = planTransfer(
      { kind: 'live-migration' },
      [overlay],
      [disk('nothing'), below('same-content')],
    );
    expect(plan).toMatchObject({ copyBytes: gib, disks: [{ backing: [{ action: 'present' }] }] });
  });

  test('waits for a base that another migration brings, and counts it to that one', () => {
    const plan = planTransfer({ kind: 'live-migration' }, [overlay], [disk('nothing'), below('on-its-way')]);
    expect(plan).toMatchObject({
      copyBytes: gib,
      obstacles: [],
      disks: [{ backing: [{ action: 'await' }] }],
    });
  });

  test('brings a base once for two disks', () => {
    const second = sampleDisk({
      target: 'vdb',
      path: '/images/b',
      image: { ...base, path: '/images/b' },
      backing: [base],
    });
    const proofs = [disk('nothing'), proof('/images/b', 'nothing'), below('nothing')];
    expect(planTransfer({ kind: 'live-migration' }, [overlay, second], proofs).copyBytes).toBe(5 * gib);
  });

  test('a local read-only disk is brought beforehand: the form stays peer to peer', () => {
    const proofs = [disk('shared'), below('shared'), proof(iso.path, 'nothing')];
    const plan = planTransfer({ kind: 'live-migration' }, [overlay, cdrom], proofs);
    expect(plan).toMatchObject({
      form: 'peer-to-peer',
      disks: [{ action: 'keep' }, { action: 'copy', readOnly: true }],
    });
  });

  test('a read-only image with the same content on the target needs no copy', () => {
    expect(
      planTransfer({ kind: 'live-migration' }, [cdrom], [proof(iso.path, 'same-content')]).disks,
    ).toMatchObject([{ action: 'keep' }]);
  });

  test('an empty drive needs nothing', () => {
    const empty = sampleDisk({ target: 'sda', device: 'cdrom', path: null, image: null });
    expect(planTransfer({ kind: 'live-migration' }, [empty], [])).toMatchObject({
      form: 'peer-to-peer',
      obstacles: [],
      disks: [{ action: 'keep' }],
    });
  });

  test('a disk on the network that the target has opened needs nothing', () => {
    const reached = [{ target: 'vdb', refusal: null }];
    expect(planTransfer({ kind: 'live-migration' }, [onNetwork()], [], reached)).toMatchObject({
      form: 'peer-to-peer',
      obstacles: [],
      disks: [{ action: 'keep', because: expect.stringContaining('nbd "web"') as string }],
    });
  });

  test('a volume of a pool is a file by another name', () => {
    const volume = { ...overlay, volume: { pool: 'images', name: 'web.qcow2' } };
    const there = { '/images/web.qcow2': '/srv/web.qcow2' };
    for (const kind of ['live-migration', 'cold-migration'] as const) {
      const plan = planTransfer({ kind }, [volume], [disk('nothing'), below('shared')], [], there);
      expect(plan.disks).toMatchObject([{ action: 'copy' }]);
      expect(plan.obstacles).toEqual([]);
      expect(plan.targetPaths).toEqual(there);
    }
  });

  test.each([
    { onTarget: 'shared', action: 'keep', obstacle: null },
    { onTarget: 'blank', action: 'copy', obstacle: null },
    { onTarget: 'nothing', action: 'copy', obstacle: null },
    { onTarget: 'other-content', action: 'copy', obstacle: 'path-taken' },
    { onTarget: 'used', action: 'keep', obstacle: 'device-taken' },
    { onTarget: 'small', action: 'keep', obstacle: 'device-small' },
    { onTarget: 'no-device', action: 'keep', obstacle: 'no-device' },
    { onTarget: 'other-device', action: 'keep', obstacle: 'device-differs' },
  ] as const)('a block device, $onTarget on the target: $action, $obstacle', (given) => {
    const lun = sampleDisk({ kind: 'block' });
    const { disks, obstacles } = planTransfer({ kind: 'cold-migration' }, [lun], [disk(given.onTarget)]);
    expect(disks[0]?.action).toBe(given.action);
    expect(obstacles.map(({ kind }) => kind)).toEqual(given.obstacle === null ? [] : [given.obstacle]);
    const fromDevice = disks[0]?.action === 'copy' ? disks[0].fromDevice : undefined;
    expect(fromDevice === true).toBe(given.action === 'copy');
  });

  test('a block device of which nothing is proven stays and stops the move', () => {
    const lun = sampleDisk({ kind: 'block' });
    expect(planTransfer({ kind: 'live-migration' }, [lun], []).obstacles).toMatchObject([
      { kind: 'unproven' },
    ]);
  });

  test('an encrypted disk is copied when it is off, and not while the guest runs', () => {
    const luks = sampleDisk({ secrets: [{ usageType: 'volume', uuid: 's1', usage: null }] });
    const obstaclesOf = (kind: 'live-migration' | 'cold-migration', onTarget: 'nothing' | 'shared') =>
      planTransfer({ kind }, [luks], [disk(onTarget)]).obstacles.map((one) => one.kind);
    expect(obstaclesOf('live-migration', 'nothing')).toEqual(['encrypted-live']);
    expect(obstaclesOf('live-migration', 'shared')).toEqual([]);
    expect(obstaclesOf('cold-migration', 'nothing')).toEqual([]);
  });

  test('a disk that stays is told what it stands on where that is elsewhere there', () => {
    const proofs = [disk('shared'), below('shared')];
    const plan = planTransfer({ kind: 'cold-migration' }, [overlay], proofs, [], {
      [base.path]: '/b/ubuntu.img',
    });
    expect(plan.disks).toMatchObject([{ action: 'keep', backing: [{ path: base.path, format: 'qcow2' }] }]);
  });

  test('a disk on the network whose secret is brought first is tried then', () => {
    const reached = [{ target: 'vdb', refusal: null, later: true }];
    const { disks, obstacles } = planTransfer({ kind: 'live-migration' }, [onNetwork()], [], reached);
    expect(disks).toMatchObject([{ action: 'keep', because: expect.stringContaining('first') as string }]);
    expect(obstacles).toEqual([]);
  });

  test.each([
    { when: 'nobody tried', reached: [], servers: ['nas:1'], obstacle: { kind: 'unproven' } },
    {
      when: 'the target cannot open it',
      reached: [{ target: 'vdb', refusal: 'No route to host' }],
      servers: ['nas:1'],
      obstacle: { kind: 'unreachable', reason: 'No route to host' },
    },
    {
      when: 'its server is the host itself, though something answers there',
      reached: [{ target: 'vdb', refusal: null }],
      servers: ['127.0.0.1:10809'],
      obstacle: { kind: 'one-host', reason: '127.0.0.1:10809' },
    },
  ])('names the obstacle of a disk on the network when $when', ({ reached, servers, obstacle }) => {
    const { obstacles } = planTransfer({ kind: 'cold-migration' }, [onNetwork(servers)], [], reached);
    expect(obstacles).toEqual([{ target: 'vdb', path: 'web', ...obstacle }]);
  });

  test('with shared disks Ferry leads the phases where that is asked for, and a cold migration stays cold', () => {
    const shared = [disk('shared'), below('shared')];
    const asked = { kind: 'live-migration', coordinated: true } as const;
    expect(planTransfer(asked, [overlay], shared)).toMatchObject({ form: 'coordinated', copyBytes: 0 });
    expect(planTransfer({ ...asked, kind: 'cold-migration' }, [overlay], shared).form).toBe('cold');
  });

  test('the form of a cold migration is cold whatever the disks', () => {
    expect(planTransfer({ kind: 'cold-migration' }, [overlay], [disk('shared'), below('shared')]).form).toBe(
      'cold',
    );
    expect(
      planTransfer({ kind: 'cold-migration' }, [overlay], [disk('nothing'), below('nothing')]).form,
    ).toBe('cold');
  });

  test.each([
    {
      when: 'another file stands at the path',
      disks: [overlay],
      proofs: [disk('other-content'), below('shared')],
      kind: 'path-taken',
    },
    {
      when: 'even the same content there belongs to somebody',
      disks: [overlay],
      proofs: [disk('same-content'), below('shared')],
      kind: 'path-taken',
    },
    {
      when: 'another base stands at its path',
      disks: [overlay],
      proofs: [disk('nothing'), below('other-content')],
      kind: 'base-differs',
    },
    {
      when: 'the overlay is shared and the base is not',
      disks: [overlay],
      proofs: [disk('shared'), below('nothing')],
      kind: 'base-not-shared',
    },
    { when: 'nothing is proven of the disk', disks: [overlay], proofs: [], kind: 'unproven' },
    { when: 'nothing is proven of its base', disks: [overlay], proofs: [disk('nothing')], kind: 'unproven' },
    {
      when: 'the image could not be read',
      disks: [sampleDisk({ image: null })],
      proofs: [disk('shared')],
      kind: 'unproven',
    },
    {
      when: 'others write to it too, and the target does not see it',
      disks: [{ ...overlay, shareable: true }],
      proofs: [disk('nothing'), below('shared')],
      kind: 'shareable',
    },
  ])('names the obstacle when $when', ({ disks, proofs, kind }) => {
    expect(planTransfer({ kind: 'live-migration' }, disks, proofs).obstacles.map((one) => one.kind)).toEqual([
      kind,
    ]);
  });
});

describe('what is no plain disk', () => {
  const nvram = sampleDisk({
    target: 'nvram',
    path: '/nv/a.fd',
    format: 'raw',
    sentByHypervisor: true,
    image: { ...base, path: '/nv/a.fd' },
  });
  const inside = { dataFile: null, snapshots: 0, bitmaps: 0, extents: [] };

  test("the firmware's variables are sent with the guest: they decide no form, and stay where both see them", () => {
    const sent = planTransfer({ kind: 'live-migration' }, [nvram], [proof('/nv/a.fd', 'nothing')]);
    expect(sent).toMatchObject({ form: 'peer-to-peer', disks: [], copyBytes: 0, obstacles: [] });
    expect(sent.sent).toEqual([{ target: 'nvram', path: '/nv/a.fd', because: 'not seen' }]);
    const stays = planTransfer({ kind: 'live-migration' }, [nvram], [proof('/nv/a.fd', 'shared')]);
    expect(stays.sent).toBeUndefined();
    const taken = planTransfer({ kind: 'live-migration' }, [nvram], [proof('/nv/a.fd', 'other-content')]);
    expect(taken.obstacles).toMatchObject([{ kind: 'path-taken', target: 'nvram' }]);
  });

  test('what only the image knows is lost live, and copied cold', () => {
    const golden = sampleDisk({
      image: { ...base, path: '/images/web.qcow2', inside: { ...inside, bitmaps: 1 } },
    });
    const proofs = [disk('nothing')];
    expect(planTransfer({ kind: 'live-migration' }, [golden], proofs).obstacles).toMatchObject([
      { kind: 'inside-lost' },
    ]);
    expect(planTransfer({ kind: 'live-migration' }, [golden], [disk('shared')]).obstacles).toEqual([]);
    expect(planTransfer({ kind: 'cold-migration' }, [golden], proofs).obstacles).toEqual([]);
  });

  test('a base of several files is not brought, and needs not be where it is', () => {
    const pieces = sampleDisk({ backing: [{ ...base, inside: { ...inside, extents: ['a', 'b'] } }] });
    const obstacles = (there: ImageSharing['onTarget']): string[] =>
      planTransfer({ kind: 'cold-migration' }, [pieces], [disk('nothing'), below(there)]).obstacles.map(
        ({ kind }) => kind,
      );
    expect(obstacles('nothing')).toEqual(['several-files']);
    expect(obstacles('same-content')).toEqual([]);
  });

  test('the data of an image comes along cold to the same path, and only so', () => {
    const data = sampleDisk({
      target: 'vda (data)',
      path: '/images/d',
      dataOf: '/images/web.qcow2',
      image: { ...base, path: '/images/d' },
    });
    const proofs = [proof('/images/d', 'nothing')];
    const plan = (kind: 'cold-migration' | 'live-migration', paths = {}) =>
      planTransfer({ kind }, [data], proofs, [], paths).obstacles.map((one) => one.kind);
    expect(plan('cold-migration')).toEqual([]);
    expect(plan('live-migration')).toEqual(['data-file']);
    expect(plan('cold-migration', { '/images/d': '/srv/d' })).toEqual(['data-file']);
  });

  test('a name that leads elsewhere on the target is neither shared nor copied over', () => {
    const linked = planTransfer({ kind: 'cold-migration' }, [overlay], [disk('other-file'), below('shared')]);
    expect(linked.obstacles).toMatchObject([{ kind: 'link', path: '/images/web.qcow2' }]);
    const below2 = planTransfer({ kind: 'cold-migration' }, [overlay], [disk('shared'), below('other-file')]);
    expect(below2.obstacles).toMatchObject([{ kind: 'link', path: base.path }]);
  });
});
