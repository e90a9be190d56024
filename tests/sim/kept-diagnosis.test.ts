import { expect, test } from 'vitest';
import { Stage } from './world.ts';

test('what the doctor found last is read without asking a host; looks at some leave the others as they were', async () => {
  await using stage = await Stage.open();
  const client = stage.client();
  for (const host of stage.world.hosts.values()) {
    host.shell = { python: '3.13.5', zstd: true, root: true };
    host.examination = {};
  }
  expect(await client.keptDiagnosis()).toEqual({ at: null, hosts: [], pairs: [] });
  const { hosts, pairs } = await client.doctor({});
  const kept = await client.keptDiagnosis();
  expect(kept.hosts).toEqual(hosts.map((one) => ({ ...one, examinedAt: expect.any(String) as string })));
  const ofWays = pairs.map((one) => ({ ...one, examinedAt: expect.any(String) as string }));
  expect(kept.pairs).toEqual(expect.arrayContaining(ofWays));
  expect(kept.pairs).toHaveLength(pairs.length);

  stage.world.host('compute12').namesHere.set('compute11', ['127.0.1.1']);
  await client.doctor({ hosts: ['compute11', 'compute12'] });
  const later = await client.keptDiagnosis();
  expect(later.pairs.find(({ from, to }) => from === 'compute12' && to === 'compute11')?.worst).toBe('error');
  expect(later.hosts).toHaveLength(hosts.length);
  // The oldest of all: of a host that was not looked at again.
  expect(later.at).toBe(kept.hosts.find(({ host }) => host === 'compute13')?.examinedAt);

  await client.removeHost('compute13');
  const without = await client.keptDiagnosis();
  expect(JSON.stringify([without.hosts, without.pairs])).not.toContain('compute13');
});
