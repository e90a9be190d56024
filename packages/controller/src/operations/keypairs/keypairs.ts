import type { Keypair } from '@ferry/model';
import { quotasOf, requireQuota } from '../engine/quotas.ts';
import { Refusal } from '../engine/refusal.ts';
import type { Services } from '../engine/services.ts';
import { makeSshKey, readPublicKey } from './make-keypair.ts';

/** A keypair to be kept. */
export interface NewKeypair {
  readonly userId: string;
  readonly name: string;
  readonly type: Keypair['type'];
  /** Null has Ferry make a pair. */
  readonly publicKey: string | null;
}

/** A keypair, with its private half only at the moment in which Ferry made it. */
export type MadeKeypair = Keypair & { readonly privateKey: string | null };

/** The keypairs of a user, by name. */
export function listKeypairs({ store }: Services, userId: string): Promise<Keypair[]> {
  return store.keypairs.of(userId);
}

/** One of a user's; refuses when there is none of that name. */
export async function findKeypair({ store }: Services, userId: string, name: string): Promise<Keypair> {
  const keypair = await store.keypairs.byName(userId, name);
  if (keypair === null) throw noKeypair(userId, name);
  return keypair;
}

/** Keeps a public key that a user brings, or makes a pair. */
export async function addKeypair({ store, limits }: Services, wanted: NewKeypair): Promise<MadeKeypair> {
  const { userId, name, type, publicKey } = wanted;
  // They are a user's, who is in any number of projects: what is said of all projects counts.
  const { keyPairs } = await quotasOf({ store, limits }, null);
  requireQuota(keyPairs, (await store.keypairs.of(userId)).length + 1, 'key pairs');
  if (publicKey === null && type !== 'ssh')
    throw new Refusal('bad-request', 'Ferry makes SSH keys alone: bring the certificate as public_key.');
  const made =
    publicKey === null
      ? await makeSshKey('Generated-by-Ferry')
      : { ...readPublicKey(type, publicKey), privateKey: null };
  const { privateKey, ...rest } = made;
  const keypair: Keypair = { userId, name, type, ...rest, createdAt: new Date().toISOString() };
  if (!(await store.keypairs.add(keypair)))
    throw new Refusal('keypair-exists', `Key pair '${name}' already exists.`);
  return { ...keypair, privateKey };
}

/** Forgets a keypair; guests that have the key keep it. */
export async function deleteKeypair({ store }: Services, userId: string, name: string): Promise<void> {
  if (!(await store.keypairs.remove(userId, name))) throw noKeypair(userId, name);
}

function noKeypair(userId: string, name: string): Refusal {
  return new Refusal('keypair-not-found', `Keypair ${name} not found for user ${userId}.`);
}
