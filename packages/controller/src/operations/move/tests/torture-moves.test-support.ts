import type { Outputs, Workflow } from '@ferry/workflow';
import { crashEverywhere, failEachStep, type TortureSpec } from '@ferry/workflow/testing';
import { describe, expect, test } from 'vitest';
import { coldMigrateWorkflow, heldColdMigrateWorkflow } from '../../cold-migrate/workflow.ts';
import { liveMigrateWorkflow } from '../../live-migrate/workflow.ts';
import { acceptedMove, type MoveCase } from './move-workflows.test-support.ts';
import type { MoveInput } from '../../context/move-input.ts';
import type { Services } from '../../engine/services.ts';
import { tortureCases } from './torture-cases.test-support.ts';

type Spec = TortureSpec<MoveInput, Services, Outputs>;

/**
 * A live transfer that may have begun is looked at and never begun again: where nothing had happened yet, the move
 * fails and the guest runs on at its source.
 */
const endsAtSource: readonly string[] = [
  '"transfer" fails before it acts, once: comes to its end',
  'the process stops after record 26 of 38: comes to its end',
];

function workflowOf({ kind, hold }: MoveCase): Workflow<MoveInput, Services, Outputs> {
  if (kind === 'live-migration') return liveMigrateWorkflow;
  return hold === true ? heldColdMigrateWorkflow : coldMigrateWorkflow;
}

/** Each step of these moves fails, is repeated and is cut off, and so is each undo. Files by kind of move, so that they run side by side. */
export function tortureMoves(cases: readonly MoveCase[]): void {
  describe.each(cases)(
    '$kind of a guest that is $state on $directory, $way, warm: $warm, elsewhere: $elsewhere, hold: $hold, coordinated: $coordinated',
    async (given) => {
      const workflow: Workflow<MoveInput, Services, Outputs> = workflowOf(given);
      const spec: Spec = { workflow, makeWorld: () => acceptedMove(given) };
      const all = await tortureCases(spec);
      const stays = given.kind === 'live-migration' ? endsAtSource : [];
      test.concurrent.each(all.filter(({ name }) => !stays.includes(name)))(
        '$name',
        async ({ run }) => {
          await expect(run()).resolves.toBeUndefined();
        },
        600_000,
      );

      test.each(stays)('%s; or, as here, it is not tried a second time and nothing is left', async (name) => {
        const seen: unknown[] = [];
        const watched: Spec = {
          ...spec,
          makeWorld: async () => {
            const world = await acceptedMove(given);
            seen.push(world.snapshot());
            const closeWorld = world.close?.bind(world);
            const close = (): unknown => {
              seen.push(world.snapshot());
              return closeWorld?.();
            };
            return Object.defineProperty(world, 'close', { value: close });
          },
        };
        const found = [...failEachStep(watched), ...crashEverywhere(watched)].find(
          (one) => one.name === name,
        );
        await expect(found?.run()).rejects.toThrow('ended as undone at transfer (transfer-failed');
        expect(seen).toHaveLength(2);
        expect(seen[1]).toEqual(seen[0]);
      });
    },
  );
}
