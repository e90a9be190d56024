import { describe, expect, test } from 'vitest';
import {
  beginBeforeAdditions,
  crashEverywhere,
  failEachStep,
  repeatEachStep,
  repeatEachUndo,
} from './cases.ts';
import type { TortureCase } from './torture.ts';
import { transferSpec, type Mistakes } from './transfer-workflow.ts';

const all = (mistakes?: Mistakes): readonly TortureCase[] => [
  ...failEachStep(transferSpec(mistakes)),
  ...repeatEachStep(transferSpec(mistakes)),
  ...repeatEachUndo(transferSpec(mistakes)),
  ...crashEverywhere(transferSpec(mistakes)),
  ...beginBeforeAdditions(transferSpec(mistakes)),
];

describe('a sound workflow', () => {
  test.each(all())('$name', async ({ run }) => await expect(run()).resolves.toBeUndefined());

  test('is tried at every step, and no case is there twice', () => {
    const names = all().map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const step of ['inspect', 'reserve', 'prepare', 'weigh', 'transfer', 'label']) {
      expect(names.filter((name) => name.startsWith(`"${step}"`)).length).toBeGreaterThan(1);
    }
  });
});

describe('mistakes that the generic tests find', () => {
  test.each([
    { mistake: 'a step without its undo', make: failEachStep, mistakes: { withoutUndo: true } },
    {
      mistake: 'an undo that needs the output of a do',
      make: failEachStep,
      mistakes: { undoNeedsOutput: true },
    },
    {
      mistake: 'a do that adds up when it runs twice',
      make: repeatEachStep,
      mistakes: { doIsNotEnsure: true },
    },
    { mistake: 'a last step that adds up', make: repeatEachStep, mistakes: { endIsNotEnsure: true } },
    {
      mistake: 'an undo that fails on what is gone',
      make: repeatEachUndo,
      mistakes: { undoTwiceFails: true },
    },
    { mistake: 'a do that adds up', make: crashEverywhere, mistakes: { doIsNotEnsure: true } },
    { mistake: 'a missing undo', make: crashEverywhere, mistakes: { withoutUndo: true } },
    {
      mistake: 'a step that needs what an added one gives',
      make: beginBeforeAdditions,
      mistakes: { additionIsNeeded: true },
    },
  ])('$make.name finds $mistake', async ({ make, mistakes }) => {
    expect(await failures(make(transferSpec(mistakes)))).not.toEqual([]);
  });

  test('a snapshot that shows nothing', async () => {
    const blind = { ...transferSpec(), makeWorld: () => ({ ...seen(), snapshot: () => 'nothing to see' }) };
    expect(await failures(failEachStep(blind))).toContain('nothing goes wrong: comes to its end');
  });

  test('what only assertClean sees', async () => {
    const spec = {
      ...transferSpec(),
      assertClean: () => {
        throw new Error('a tap device is left');
      },
    };
    expect((await failures(failEachStep(spec))).length).toBeGreaterThan(0);
  });
});

function seen(): Extract<ReturnType<ReturnType<typeof transferSpec>['makeWorld']>, { input: unknown }> {
  const world = transferSpec().makeWorld();
  if (world instanceof Promise) throw new Error('this world is made at once');
  return world;
}

async function failures(cases: readonly TortureCase[]): Promise<readonly string[]> {
  const failed: string[] = [];
  for (const { name, run } of cases) {
    await run().catch(() => failed.push(name));
  }
  return failed;
}
