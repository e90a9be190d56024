import { ferryRole } from '@ferry/model';
import { type TSchema, Type } from 'typebox';
import { submitEvacuation } from '../../../operations/evacuate/submit-evacuation.ts';
import { Refusal } from '../../../operations/engine/refusal.ts';
import { isYes, LooseBoolean } from '../require-body.ts';
import { NovaFault } from '../nova-fault.ts';
import { requireState, type ServerAction } from './server-action.ts';

const common = {
  host: Type.Optional(Type.Union([Type.String({ minLength: 1, maxLength: 255 }), Type.Null()])),
  adminPass: Type.Optional(Type.String()),
};
const strict = { additionalProperties: false };

/** The body in each microversion: whether disks are shared until 2.13, `force` from 2.29 to 2.67. */
function bodyOf(minor: number): TSchema {
  if (minor < 14) return Type.Object({ ...common, onSharedStorage: LooseBoolean }, strict);
  if (minor >= 29 && minor < 68)
    return Type.Object({ ...common, force: Type.Optional(LooseBoolean) }, strict);
  return Type.Object(common, strict);
}

interface EvacuateBody {
  readonly host?: string | null;
  readonly adminPass?: string;
  readonly onSharedStorage?: boolean | string;
  readonly force?: boolean | string;
}

/** Starts it elsewhere because its host is gone. From 2.95 on it is left off, as Nova leaves it. */
export const evacuate: ServerAction = {
  key: 'evacuate',
  bodyOf,
  role: 'admin',
  policy: 'os-evacuate',
  heedsLock: true,
  run: async ({ api, asked, server, minor, body }) => {
    const { host = null, adminPass, onSharedStorage, force } = body as EvacuateBody;
    requireState('evacuate', server, ['active', 'stopped', 'error']);
    refuseRebuild(minor, onSharedStorage, adminPass);
    if (force !== undefined && isYes(force) && host === null)
      throw new NovaFault(400, "Can't force to a non-provided destination");
    const request = { host, leaveOff: minor >= 95, sharedPaths: [], accept: [] };
    const submitted = submitEvacuation(
      api.services,
      ferryRole(asked.caller),
      server.instance.id,
      request,
      asked,
    );
    await api.start(submitted.then(({ id }) => id)).catch((error: unknown) => {
      // Nova's word and status for a host that is not gone.
      if (error instanceof Refusal && error.code === 'host-answers')
        throw new NovaFault(400, `Compute service of ${server.host.name} is still in use. ${error.message}`);
      throw error;
    });
    return minor < 14 ? { status: 200, body: { adminPass: '' } } : { status: 200 };
  },
};

/**
 * Nova makes a new disk from the image where the old one is lost. Ferry does not: that is another guest under an old name. A
 * password is for that disk alone: of one that is kept Nova refuses it up to 2.13, and from then on takes it and sets none.
 */
function refuseRebuild(
  minor: number,
  onSharedStorage: boolean | string | undefined,
  adminPass: string | undefined,
): void {
  if (onSharedStorage !== undefined && !isYes(onSharedStorage))
    throw new NovaFault(
      400,
      'Invalid input for field/attribute onSharedStorage. Ferry starts a server elsewhere from its own disks, and never makes new ones from its image: create a new server for that.',
    );
  if (adminPass !== undefined && minor < 14)
    throw new NovaFault(400, "admin password can't be changed on existing disk");
}
