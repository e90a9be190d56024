import { defaultPlanOptions, noCourse, type PlanRecord, type StepRecord } from '@ferry/model';
import { expect, test } from 'vitest';
import { sampleStore } from '../instances/sample-store.test-support.ts';

const at = '2030-01-01T00:00:00Z';

function planNamed(id: string, change: Partial<PlanRecord> = {}): PlanRecord {
  return {
    id,
    goal: { kind: 'drain', hostIds: ['host-a'] },
    options: defaultPlanOptions,
    state: { kind: 'made' },
    outline: {
      goal: { kind: 'drain', hostIds: ['host-a'] },
      madeFrom: at,
      blockers: [],
      stays: [],
      totalMs: 5,
      lowerBound: { ms: 4, because: 'b' },
      bytes: 3,
      memory: [],
      deadline: null,
    },
    course: noCourse,
    revision: 1,
    createdBy: 'anna',
    createdAt: at,
    updatedAt: at,
    finishedAt: null,
    ...change,
  };
}

const step = (
  number: number,
  state: StepRecord['state'] = { kind: 'waiting', because: 'w', since: at },
): StepRecord => ({
  number,
  action: { kind: 'enter-maintenance', hostId: 'host-a' },
  after: [],
  startsAtMs: 0,
  endsAtMs: 1,
  because: 'b',
  state,
  migrationId: null,
});

test('a plan is kept with its steps, and changed only by whoever has read what is there', async () => {
  const store = await sampleStore();
  const plan = planNamed('p');
  expect(await store.plans.add(plan, [step(1), step(2)], 9)).toBe('added');
  expect(await store.plans.byId('p')).toEqual(plan);
  expect(await store.plans.steps('p')).toEqual([step(1), step(2)]);
  const done = step(2, { kind: 'done', because: 'd', at });
  expect(
    await store.plans.change(plan, { plan: { state: { kind: 'running' } }, steps: [done, step(3)] }),
  ).toBe(true);
  // Read before the other one wrote: nothing of it is written.
  expect(await store.plans.change(plan, { plan: { state: { kind: 'cancelled' } }, steps: [step(4)] })).toBe(
    false,
  );
  expect(await store.plans.byId('p')).toMatchObject({ state: { kind: 'running' }, revision: 2 });
  expect(await store.plans.steps('p')).toEqual([step(1), done, step(3)]);
  expect((await store.plans.counts(['p'])).get('p')).toEqual({ waiting: 2, done: 1 });
  await store.close();
});

test('what is begun sees all that is carried out, and what refuses it writes nothing', async () => {
  const store = await sampleStore();
  const [one, two] = [planNamed('one'), planNamed('two')];
  await store.plans.add(one, [step(1)], 9);
  await store.plans.add(two, [step(1)], 9);
  const seen: string[][] = [];
  const look = (refusal: string | null) => (others: readonly { plan: PlanRecord }[]) => {
    seen.push(others.map(({ plan }) => plan.id));
    return refusal;
  };
  const running = { plan: { state: { kind: 'running' } } } as const;
  expect(await store.plans.apply(one, running, look(null))).toBe('applied');
  expect(await store.plans.apply(two, running, look('both empty host-a'))).toEqual({
    refused: 'both empty host-a',
  });
  expect(seen).toEqual([[], ['one']]);
  expect(await store.plans.active()).toEqual(['one']);
  expect(await store.plans.remove('one')).toBe(false);
  expect(await store.plans.remove('two')).toBe(true);
  expect(await store.plans.byId('two')).toBeNull();
  await store.close();
});

test('the list has the newest first, by filters, page by page, and has an end', async () => {
  const store = await sampleStore();
  for (const id of ['a', 'b', 'c']) await store.plans.add(planNamed(id), [], 3);
  expect(await store.plans.add(planNamed('d'), [], 3)).toBe('too-many');
  const ids = async (query: object, marker: string | null = null, limit = 2): Promise<unknown> => {
    const page = await store.plans.page(query, { marker, limit });
    return page === 'no-marker' ? page : [page.entries.map(({ id }) => id), page.more];
  };
  expect(await ids({})).toEqual([['c', 'b'], true]);
  expect(await ids({}, 'b')).toEqual([['a'], false]);
  expect(await ids({}, 'z')).toBe('no-marker');
  await store.plans.change(planNamed('b'), { plan: { state: { kind: 'cancelled' }, finishedAt: at } });
  expect(await ids({ open: true })).toEqual([['c', 'a'], false]);
  expect(await ids({ status: 'cancelled' })).toEqual([['b'], false]);
  await store.close();
});

test('plans that ended long ago go with their steps; those that were not carried out, or are, stay', async () => {
  const store = await sampleStore();
  for (const id of ['a', 'b', 'c']) await store.plans.add(planNamed(id), [step(1)], 10);
  await store.plans.change(planNamed('b'), { plan: { state: { kind: 'cancelled' }, finishedAt: at } });
  expect(await store.plans.removeFinished(at)).toBe(0);
  expect(await store.plans.removeFinished('2031-01-01T00:00:00Z')).toBe(1);
  expect([await store.plans.byId('b'), await store.plans.steps('b')]).toEqual([null, []]);
  expect((await store.plans.byId('a'))?.id).toBe('a');
  expect(await store.plans.steps('a')).toHaveLength(1);
  await store.close();
});
