import { randomUUID } from 'node:crypto';
import type { ChangedUserBody, NewUserBody } from '@ferry/api';
import { theDomain, type User } from '@ferry/model';
import { Refusal } from '../engine/refusal.ts';
import { hashNewPassword, type IdentityServices } from './identity-services.ts';

/** The user of an id. */
export async function findUser({ store }: Pick<IdentityServices, 'store'>, id: string): Promise<User> {
  const user = await store.users.byId(id);
  if (user === null) throw new Refusal('user-not-found', `Could not find user: ${id}.`);
  return user;
}

/** Makes a user; without a password nobody signs in as them until they are given one. */
export async function createUser(identity: IdentityServices, body: NewUserBody): Promise<User> {
  requireTheDomain(body.domain_id);
  const user = {
    id: newId(),
    name: body.name,
    email: body.email ?? null,
    description: body.description ?? null,
    enabled: body.enabled ?? true,
    defaultProjectId: body.default_project_id ?? null,
  };
  const hash = body.password == null ? null : await hashNewPassword(identity, body.password);
  const added = await identity.store.users.add(user, hash);
  if (added === 'name-taken') throw nameTaken(body.name);
  return added;
}

/** Changes a user. A new password, or not being enabled any more, ends their tokens. */
export async function changeUser(
  identity: IdentityServices,
  id: string,
  body: ChangedUserBody,
): Promise<User> {
  requireTheDomain(body.domain_id);
  const changed = await identity.store.users.change(id, {
    ...(body.name === undefined ? {} : { name: body.name }),
    ...(body.email === undefined ? {} : { email: body.email }),
    ...(body.description === undefined ? {} : { description: body.description }),
    ...(body.enabled === undefined ? {} : { enabled: body.enabled }),
    ...(body.default_project_id === undefined ? {} : { defaultProjectId: body.default_project_id }),
    ...(body.password == null ? {} : { passwordHash: await hashNewPassword(identity, body.password) }),
  });
  identity.tokens.forget();
  if (changed === null) throw new Refusal('user-not-found', `Could not find user: ${id}.`);
  if (changed === 'name-taken') throw nameTaken(body.name ?? '');
  return changed;
}

/** Takes a user away, with all that lets them in. Instances that they made stay. */
export async function deleteUser(identity: IdentityServices, id: string): Promise<void> {
  const removed = await identity.store.users.remove(id);
  identity.tokens.forget();
  if (!removed) throw new Refusal('user-not-found', `Could not find user: ${id}.`);
}

/** Gives a user a new password on their own word, which the old one proves; ends all of their tokens. */
export async function changeOwnPassword(
  identity: IdentityServices,
  id: string,
  { original, password }: { readonly original: string; readonly password: string },
  address: string,
): Promise<void> {
  const user = await findUser(identity, id);
  const right = await identity.gate.pass({ name: user.id, user, address }, async () =>
    (await identity.passwords.verify(original, await identity.store.users.passwordHash(id))) ? true : null,
  );
  if (right === null) throw new Refusal('unauthorized', '');
  await changeUser(identity, id, { password });
}

/** 32 hexadecimal digits, as Keystone's ids. */
export function newId(): string {
  return randomUUID().replaceAll('-', '');
}

/** There is one domain. */
export function requireTheDomain(id: string | null | undefined): void {
  if (id != null && id !== theDomain.id)
    throw new Refusal(
      'bad-request',
      `There is one domain, "${theDomain.id}"; "${id}" is none. Leave domain_id out.`,
    );
}

function nameTaken(name: string): Refusal {
  return new Refusal('user-exists', `There is a user "${name}" already.`);
}
