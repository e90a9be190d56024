import { flavorSnapshot } from '@ferry/model';
import { Type } from 'typebox';
import { Refusal } from '../../../operations/engine/refusal.ts';
import { submitResize, submitResizeDecision } from '../../../operations/servers/submit-resize.ts';
import { NovaFault } from '../nova-fault.ts';
import { requireState, accepted, type ServerAction } from './server-action.ts';
import { findFlavor } from '../../../operations/flavors/flavors.ts';

const ResizeSchema = Type.Object(
  {
    flavorRef: Type.Union([Type.String({ minLength: 1 }), Type.Integer({ minimum: 0 })]),
    'OS-DCF:diskConfig': Type.Optional(Type.Enum(['AUTO', 'MANUAL'])),
  },
  { additionalProperties: false },
);

/** Another size, on another host; then it is to be confirmed or reverted. */
export const resize: ServerAction = {
  key: 'resize',
  bodyOf: () => ResizeSchema,
  role: 'member',
  policy: 'servers:resize',
  heedsLock: true,
  run: async ({ api, asked, server, body }) => {
    requireState('resize', server, ['active', 'stopped']);
    const { flavorRef } = body as { flavorRef: string | number };
    const flavor = await findFlavor(api.services, asked.caller, lastPart(String(flavorRef))).catch(
      refusedAsMissing,
    );
    if (server.profile.flavor?.id === flavor.id)
      throw new NovaFault(400, 'When resizing, instances must change flavor!');
    await api.start(submitResize(api.services, asked, server.instance.id, flavorSnapshot(flavor)));
    return accepted;
  },
};

/** A flavor that is not there is wrong in the body, and not the page that was asked for. */
function refusedAsMissing(error: unknown): never {
  if (error instanceof Refusal && error.code === 'flavor-not-found') throw new NovaFault(400, error.message);
  throw error;
}

/** Clients may name a flavor by its address. */
function lastPart(reference: string): string {
  return reference.split('/').at(-1) ?? reference;
}

function decisionAction(key: string, decision: 'confirm' | 'revert', status: number): ServerAction {
  return {
    key,
    bodyOf: () => null,
    role: 'member',
    policy: `servers:${decision}_resize`,
    heedsLock: true,
    run: async ({ api, asked, server }) => {
      requireState(key, server, ['resized']);
      await api.start(submitResizeDecision(api.services, asked, server.instance.id, decision));
      return { status };
    },
  };
}

/** It stays where it is and as it is. */
export const confirmResize = decisionAction('confirmResize', 'confirm', 204);

/** It goes back to where it was, as it was. */
export const revertResize = decisionAction('revertResize', 'revert', 202);
