import { randomUUID } from 'node:crypto';
import {
  busyWith,
  newMigration,
  type CheckInput,
  claimedRoom,
  memoryNow,
  type Migration,
  type MoveRequest,
  type Role,
  type TransferPlan,
} from '@ferry/model';
import type { RequestContext } from '../../store/operations/action-store.ts';
import type { NewClaim } from '../../store/migrations/begin-migration.ts';
import { keepForecast } from '../forecast/forecast-inspected.ts';
import { Refusal } from '../engine/refusal.ts';
import type { Services } from '../engine/services.ts';
import { checkMove } from './check-move.ts';
import type { MoveInput } from '../context/move-input.ts';
import { quietMomentOf } from './quiet-moment-of.ts';
import { moveInput } from './input-of-move.ts';
import { refusalOfBegun, refusalOfCheck } from './refusal-of-move.ts';
import { quotaOfResize, resizeOf } from './resize-of-move.ts';

/** What a plan says of a move of its own. */
interface MoveOfPlan {
  /** By which it knows it, and has written it down before. */
  readonly migrationId?: string;
  /** Other instances that it moves to the same host: members of one group with affinity go one after the other. */
  readonly goesWith?: readonly string[];
  /** It was planned for one that is off, and stops nobody. */
  readonly onlyOff?: boolean;
  /** So many may send through a port at once: live, it is sent when its turn comes. Not set: at once. */
  readonly perLink?: number;
}

/**
 * Accepts a move or refuses it with every finding. Accepting is one transaction: the instance is taken by
 * compare-and-set, migration, claim and operation are written, or nothing is.
 */
export async function submitMove(
  services: Services,
  role: Role,
  name: string,
  wanted: MoveRequest,
  asked?: RequestContext,
  { migrationId = randomUUID(), goesWith = [], onlyOff = false, perLink }: MoveOfPlan = {},
): Promise<Migration> {
  const report = await checkMove(services, role, name, wanted, goesWith).catch(async (error: unknown) => {
    // A look at hosts that fails may have met what an earlier request does there by now: then it is the instance that is busy.
    const [only, ...others] = await services.store.instances.byNameOrId(name);
    if (only === undefined || only.operationId === null || others.length > 0) throw error;
    throw new Refusal('instance-busy', `${only.name} is busy with ${busyWith(only)}.`);
  });
  const { instance, request, inspection, findings } = report;
  const { source, target, domain, plan } = inspection.input;
  if (report.verdict !== 'possible' || target === null || domain === null || plan === null)
    throw refusalOfCheck(report, await services.store.instances.byId(instance.id));
  const quiet = await quietMomentOf(services, instance, request, domain.power);
  if (onlyOff && domain.power !== 'shutoff')
    throw new Refusal(
      'instance-state',
      `${instance.name} is ${domain.power} on ${source.name}: it was to be moved as one that is off, and is not stopped for it.`,
    );
  const now = new Date().toISOString();
  const profile = await services.store.profiles.of(instance.id);
  const migration = newMigration(
    {
      id: migrationId,
      kind: request.kind,
      instanceId: instance.id,
      instanceName: instance.name,
      sourceHostId: source.id,
      sourceHost: source.name,
      targetHostId: target.id,
      targetHost: target.name,
      plan,
      findings,
      held: request.hold,
      resize: resizeOf(request, instance, domain, profile),
    },
    now,
  );
  const input: MoveInput = {
    ...(await moveInput(services, report, { source, target, domain, plan }, migration)),
    quiet,
    linkTurn:
      perLink === undefined || request.kind !== 'live-migration'
        ? null
        : { perLink, memoryBytes: memoryNow(domain) },
  };
  const workflow = workflowOf(request);
  // A guest that is off and stays off takes no memory: it moves also where it could not be started now.
  const staysOff = request.kind === 'cold-migration' && domain.power === 'shutoff';
  const claim = {
    memoryBytes: staysOff ? 0 : (migration.resize?.to.memoryBytes ?? memoryNow(domain)),
    diskBytes: plan.copyBytes,
    memoryLimitBytes: staysOff ? null : (target.facts?.memoryAvailableBytes ?? null),
    directories: roomNeeded(plan, inspection.input.room),
  };
  const operation = { workflow, input, goesWith, ...(asked === undefined ? {} : { asked }) };
  const quota = await quotaOfResize(services, profile, migration.resize);
  const begun = await services.store.migrations.begin(migration, instance, claim, operation, quota);
  if (begun.begun) {
    await keepForecast(services, migration, report.forecast);
    return migration;
  }
  throw refusalOfBegun(begun, { instance, target, claim, findings });
}

/** What the images take in each directory of the target, and the room that it has told. */
function roomNeeded(plan: TransferPlan, room: CheckInput['room']): NewClaim['directories'] {
  const needed = claimedRoom([{ plan, copies: [] }]);
  return room.flatMap(({ directory, availableBytes }) =>
    availableBytes === null ? [] : [{ directory, availableBytes, neededBytes: needed.get(directory) ?? 0 }],
  );
}

function workflowOf({ kind, hold }: MoveRequest): string {
  if (kind === 'live-migration') return 'live-migrate';
  return hold ? 'cold-migrate-held' : 'cold-migrate';
}
