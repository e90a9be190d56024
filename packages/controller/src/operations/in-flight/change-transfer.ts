import {
  changeObstacle,
  type Migration,
  type PolicyValues,
  policyProblems,
  postCopyObstacle,
} from '@ferry/model';
import { valuesOf } from '../live-migrate/transfer/control-rules-of.ts';
import { policyNamed } from '../policies/policies.ts';
import { type MoveInput, readMoveInput } from '../context/move-input.ts';
import { Refusal } from '../engine/refusal.ts';
import type { Services } from '../engine/services.ts';

/** What an operator changes of a transfer that runs. Not set: it stays as it is. */
export interface TransferChange {
  readonly bandwidthBytesPerSecond?: number | null;
  readonly maxDowntimeMs?: number | null;
  /** Name of a policy; what it says holds from now on. */
  readonly policy?: string;
}

/** Writes down what is to hold from now on; the step at work reads it at its next look, also after a restart. */
export async function changeTransfer(
  services: Services,
  id: string,
  { policy, ...said }: TransferChange,
): Promise<Migration> {
  const { migration, input } = await transferNamed(services, id, changeObstacle);
  const named = policy === undefined ? {} : (await policyNamed(services, policy)).values;
  const values: Partial<PolicyValues> = { ...named, ...said };
  const { orders } = await services.store.transfers.of(id);
  const problems = [
    ...policyProblems({ ...valuesOf(input, orders), ...values }),
    ...startOnly(values, input),
  ];
  if (problems.length > 0)
    throw new Refusal('policy-contradicts', `That cannot hold for this migration: ${problems.join('; ')}.`);
  const told = Object.entries(values).map(([key, value]) => `${key} ${String(value)}`);
  const message = `an operator changes it: ${told.join(', ') || 'nothing'}`;
  await services.store.transfers.order(id, { values, end: null }, message);
  return migration;
}

/** Has a transfer come to its end in one way or another; both are ensured, and asked for again they change nothing. */
export async function endTransfer(
  services: Services,
  id: string,
  end: 'force-complete' | 'post-copy' | 'pause',
): Promise<Migration> {
  const { store } = services;
  const { migration, input } = await transferNamed(services, id, changeObstacle);
  if (end === 'force-complete') {
    await store.transfers.requestForce(id);
    await store.migrations.tell(id, ['an operator wants its end, whatever it costs the guest']);
    return migration;
  }
  const obstacle = end === 'pause' ? null : postCopyObstacle(input.plan.form, input.options.postCopy);
  if (obstacle !== null) throw new Refusal('migration-not-changeable', obstacle);
  const message =
    end === 'pause'
      ? 'an operator has the guest paused until the target has it'
      : 'an operator wants post-copy';
  await store.transfers.order(id, { values: {}, end }, message);
  return migration;
}

async function transferNamed(
  { store }: Services,
  id: string,
  obstacleOf: (migration: Migration) => string | null,
): Promise<{ readonly migration: Migration; readonly input: MoveInput }> {
  const migration = await store.migrations.byId(id);
  if (migration === null) throw new Refusal('migration-not-found', `There is no migration "${id}".`);
  const obstacle = obstacleOf(migration);
  const operation = obstacle === null ? await store.operations.byId(id) : null;
  if (operation === null)
    throw new Refusal(
      'migration-not-changeable',
      obstacle ?? `The migration is over: it is ${migration.status}.`,
    );
  return { migration, input: readMoveInput(operation.input) };
}

/** The hypervisor takes these at the start only: they are as they were. */
function startOnly(values: Partial<PolicyValues>, { policy, options }: MoveInput): string[] {
  const keys = ['parallelConnections', 'compression', 'throttleFirstPercent'] as const;
  const told = keys.flatMap((key) => {
    const asked = values[key];
    const has = policy?.[key].value ?? (key === 'compression' ? 'none' : null);
    return asked === undefined || asked === has
      ? []
      : [`${key} is ${String(has)} since the start, and cannot become ${String(asked)} while it runs`];
  });
  const { postCopy } = values;
  if (postCopy === undefined || postCopy === 'never' || options.postCopy !== 'never') return told;
  return [...told, `postCopy was never at the start, and cannot become ${postCopy} while it runs`];
}
