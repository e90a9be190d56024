import type { SetHostBody } from '@ferry/api';
import type { Host } from '@ferry/model';
import { Refusal } from './shared/refusal.ts';
import type { Services } from './shared/services.ts';

/** Writes down what an operator says of a host. Moves that were accepted before go on as they were accepted. */
export async function setHost(services: Services, nameOrId: string, body: SetHostBody): Promise<Host> {
  const { hosts } = services.store;
  const there = await hosts.byNameOrId(nameOrId);
  if (there === null) throw new Refusal('host-not-found', `There is no host "${nameOrId}".`);
  if (body.trustedCopyAddress === undefined) return there;
  await hosts.setTrustedCopyAddress(there.id, body.trustedCopyAddress);
  return { ...there, trustedCopyAddress: body.trustedCopyAddress };
}
