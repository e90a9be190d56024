import { type Outputs, run, type Workflow } from '@ferry/workflow';
import type { TortureSpec } from '@ferry/workflow/testing';
import { describe, expect, test } from 'vitest';
import type { Decision } from '../../../store/migrations/held-migration-store.ts';
import { concludeMove } from '../../move/conclude-move.ts';
import { largerFlavor, type MoveCase, worldAfterMove } from '../../move/tests/move-workflows.test-support.ts';
import type { MoveInput } from '../../context/move-input.ts';
import type { Services } from '../../engine/services.ts';
import { tortureCases } from '../../move/tests/torture-cases.test-support.ts';
import { heldColdMigrateWorkflow } from '../workflow.ts';
import { confirmMigrationWorkflow } from './confirm-workflow.ts';
import { type DecisionInput, submitDecision } from './held-decision.ts';
import { revertMigrationWorkflow } from './revert-workflow.ts';

const workflows: Record<Decision, Workflow<DecisionInput, Services, Outputs>> = {
  confirm: confirmMigrationWorkflow,
  revert: revertMigrationWorkflow,
};

/** Moves an instance, holds it, and decides. */
async function decided(services: Services, input: MoveInput, decision: Decision): Promise<DecisionInput> {
  const { store } = services;
  const id = input.migrationId;
  const moved = await run(heldColdMigrateWorkflow, id, input, services, store.operations);
  await concludeMove(store, id, input, moved);
  const { operationId } = await submitDecision(services, id, decision);
  return (await store.operations.byId(operationId))?.input as DecisionInput;
}

interface Case extends MoveCase {
  readonly decision: Decision;
}

const moves: readonly MoveCase[] = [
  { kind: 'cold-migration', directory: '/images', state: 'running', way: 'straight', resizeTo: largerFlavor },
  {
    kind: 'cold-migration',
    directory: '/images',
    state: 'shutoff',
    way: 'in pieces',
    resizeTo: largerFlavor,
  },
  { kind: 'cold-migration', directory: '/shared', state: 'running' },
];
const cases: readonly Case[] = moves.flatMap((move) =>
  (['confirm', 'revert'] as const).map((decision) => ({ ...move, hold: true, decision })),
);

describe.each(cases)('$decision of a guest that was $state on $directory, $way', async (given) => {
  const spec: TortureSpec<DecisionInput, Services, Outputs> = {
    workflow: workflows[given.decision],
    makeWorld: () => worldAfterMove(given, (services, input) => decided(services, input, given.decision)),
  };
  const all = await tortureCases(spec);
  test.concurrent.each(all)(
    '$name',
    async ({ run: torture }) => {
      await expect(torture()).resolves.toBeUndefined();
    },
    600_000,
  );
});
