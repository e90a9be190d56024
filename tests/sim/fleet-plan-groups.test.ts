import { expect, test } from 'vitest';
import { ask } from './openstack-caller.ts';
import { ServerStage } from './server-world.ts';
import { until } from './world.ts';

test('members of a server group with affinity leave a host one after the other, and are together again', async () => {
  await using servers = await ServerStage.open({ planIntervalMs: 20 });
  const { stage } = servers;
  const group = { name: 'together', policy: 'affinity' };
  const made = await ask(stage, 'POST', '/v2.1/os-server-groups', {
    minor: 96,
    body: { server_group: group },
  });
  const { id: groupId } = made.body.server_group as { id: string };
  for (const name of ['one', 'two']) {
    const id = await servers.created({ name }, { hints: { group: groupId } });
    await until(`${name} runs`, async () =>
      (await stage.client().instance(id)).vmState === 'active' ? true : null,
    );
  }
  const [home = ''] = (await stage.client().instances()).map(({ host }) => host);
  // By itself neither may go: the other is here.
  const alone = stage.client().migrate('one', { kind: 'live-migration' });
  await expect(alone).rejects.toMatchObject({ message: expect.stringContaining('affinity') as string });
  const { plan, blockers } = await stage.client().makePlan({ goal: { kind: 'drain', hosts: [home] } });
  expect(blockers).toEqual([]);
  await stage.client().askPlan(plan.id, 'apply');
  await until('the plan is done', async () =>
    (await stage.client().plan(plan.id)).plan.state === 'done' ? true : null,
  );
  const hosts = new Set((await stage.client().instances()).map(({ host }) => host));
  expect(hosts.size).toBe(1);
  expect(hosts.has(home)).toBe(false);
});
