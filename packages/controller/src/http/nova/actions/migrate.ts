import type { MoveBody } from '@ferry/api';
import { ferryRole, type VmState } from '@ferry/model';
import { moveRequest } from '../../../operations/move/move-request.ts';
import { submitMove } from '../../../operations/move/submit-move.ts';
import { Type } from 'typebox';
import { Refusal } from '../../../operations/engine/refusal.ts';
import { NovaFault, requireRole } from '../nova-fault.ts';
import { requireState, accepted, type ActionContext, type ServerAction } from './server-action.ts';
import { LooseBoolean, isYes } from '../require-body.ts';

const MigrateSchema = Type.Union([
  Type.Null(),
  Type.Object(
    { host: Type.Optional(Type.Union([Type.String({ minLength: 1, maxLength: 255 }), Type.Null()])) },
    { additionalProperties: false },
  ),
]);

/** Cold migration, which is then to be confirmed or reverted. Before 2.56 nobody could name a host, and whatever stood there was not read. */
export const migrate: ServerAction = {
  key: 'migrate',
  bodyOf: (minor) => (minor >= 56 ? MigrateSchema : null),
  role: 'manager',
  policy: 'os-migrate-server:migrate',
  heedsLock: true,
  run: async (context) => {
    const host = context.minor >= 56 ? ((context.body as { host?: string } | null)?.host ?? null) : null;
    await moveServer(context, 'migrate', ['active', 'stopped'], {
      kind: 'cold-migration',
      host,
      hold: true,
    });
    return accepted;
  },
};

/**
 * Asks for a move as Ferry's own API does, with Nova's refusals first: state, then the named host. What the checks find is told
 * at once in every microversion, as nothing has begun then.
 */
async function moveServer(
  { api, asked, server }: ActionContext,
  action: string,
  from: readonly VmState[],
  move: MoveBody,
): Promise<void> {
  const { instance } = server;
  const rule = action === 'migrate' ? 'migrate' : 'migrate_live';
  if (move.host !== null && move.host !== undefined)
    requireRole(asked.caller, 'admin', `os-migrate-server:${rule}:host`);
  requireState(action, server, from);
  if (move.host !== null && move.host !== undefined) {
    if ((await api.store.hosts.byNameOrId(move.host))?.name !== move.host)
      throw new NovaFault(400, `Compute host ${move.host} could not be found.`);
    if (move.host === server.host.name)
      throw new NovaFault(400, `Unable to migrate instance (${instance.id}) to current host (${move.host}).`);
  }
  try {
    await api.start(
      submitMove(api.services, ferryRole(asked.caller), instance.id, moveRequest(move), asked).then(
        ({ id }) => id,
      ),
    );
  } catch (error) {
    throw error instanceof Refusal && error.code === 'checks-failed' ? forbidden(error) : error;
  }
}

/** As Nova's own checks refuse; with every finding, and what to do about each. */
function forbidden({ message, findings }: Refusal): NovaFault {
  const errors = findings.filter(({ severity }) => severity === 'error');
  if (errors.length === 0) return new NovaFault(400, message);
  const told = errors.map((one) => `${one.message} -> ${one.remedy}`);
  return new NovaFault(400, `Migration pre-check error: ${told.join(' | ')}`);
}

const host = Type.Union([Type.String({ minLength: 1, maxLength: 255 }), Type.Null()]);
const blockOrAuto = Type.Union([LooseBoolean, Type.Literal('auto')]);
const strict = { additionalProperties: false } as const;

/** How the body changed: up to 2.24, from 2.25, from 2.30 and from 2.68 on. */
const UpTo24Schema = Type.Object(
  { host, block_migration: LooseBoolean, disk_over_commit: LooseBoolean },
  strict,
);
const Since25Schema = Type.Object({ host, block_migration: blockOrAuto }, strict);
const Since30Schema = Type.Object(
  { host, block_migration: blockOrAuto, force: Type.Optional(LooseBoolean) },
  strict,
);

interface LiveBody {
  readonly host: string | null;
  readonly block_migration: boolean | string;
}

/**
 * Live migration. `force` and `disk_over_commit` are read and do nothing: no check is ever passed over, and room for disks is
 * always looked for.
 */
export const migrateLive: ServerAction = {
  key: 'os-migrateLive',
  bodyOf: (minor) => {
    if (minor < 25) return UpTo24Schema;
    return minor >= 30 && minor < 68 ? Since30Schema : Since25Schema;
  },
  role: 'manager',
  policy: 'os-migrate-server:migrate_live',
  heedsLock: true,
  run: async (context) => {
    const { host: target, block_migration } = context.body as LiveBody;
    await moveServer(context, 'os-migrateLive', ['active', 'paused'], {
      kind: 'live-migration',
      host: target,
      blockMigration: blockMigration(block_migration),
    });
    return accepted;
  },
};

function blockMigration(asked: boolean | string): NonNullable<MoveBody['blockMigration']> {
  if (asked === 'auto') return 'auto';
  return isYes(asked) ? 'yes' : 'no';
}
