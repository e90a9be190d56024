import type { MoveBody } from '@ferry/api';
import { Type } from 'typebox';
import { LooseBoolean, isYes } from '../require-body.ts';
import { moveServer } from './migrate.ts';
import { accepted, type ServerAction } from './server-action.ts';

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
