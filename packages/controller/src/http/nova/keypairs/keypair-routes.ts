import type { Caller, Keypair } from '@ferry/model';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { ofOwn } from '../../access/access.ts';
import type { App, RouteOptions } from '../../routing/api.ts';
import { speaks, spoken } from '../microversions.ts';
import { microsecondsTime } from '../nova-time.ts';
import { pageInMemory, type Query, requireOnePage, valuesOf } from '../paging.ts';
import { requireBody } from '../require-body.ts';
import { requireRole } from '../nova-fault.ts';
import {
  addKeypair,
  deleteKeypair,
  findKeypair,
  listKeypairs,
} from '../../../operations/keypairs/keypairs.ts';

type OneKeypair = { Params: { name: string } };
const pagesSince = 35;
const closed = { additionalProperties: false } as const;

const name = Type.String({ minLength: 1, maxLength: 255, pattern: '^[a-zA-Z0-9 _-]+$' });
/** Since 2.92, when addresses of people were let in. */
const laterName = Type.String({ minLength: 1, maxLength: 255, pattern: '^[a-zA-Z0-9 @._-]+$' });
const publicKey = Type.String({ minLength: 1, maxLength: 65_535 });
const type = Type.Optional(Type.Enum(['ssh', 'x509']));
const userId = Type.Optional(Type.String({ minLength: 1, maxLength: 255 }));

const bodyOf = <const Fields extends Parameters<typeof Type.Object>[0]>(fields: Fields) =>
  Type.Object({ keypair: Type.Object(fields, closed) }, closed);
const FirstSchema = bodyOf({ name, public_key: Type.Optional(publicKey) });
const TypedSchema = bodyOf({ name, public_key: Type.Optional(publicKey), type });
const OwnedSchema = bodyOf({ name, public_key: Type.Optional(publicKey), type, user_id: userId });
/** Pairs are made by nobody but their users from here on. */
const BroughtSchema = bodyOf({ name: laterName, public_key: publicKey, type, user_id: userId });

/** Keypairs of users. */
export function keypairRoutes(app: App, { api }: RouteOptions): void {
  app.get('/os-keypairs', spoken(ofOwn('os-keypairs:index')), (request) =>
    listKeypairs(api.services, ownerOf(request, 'index')).then((all) => listBody(request, all)),
  );
  app.get<OneKeypair>('/os-keypairs/:name', spoken(ofOwn('os-keypairs:show')), (request) =>
    findKeypair(api.services, ownerOf(request, 'show'), request.params.name).then((one) => ({
      keypair: {
        ...keypairBody(request, one),
        user_id: one.userId,
        created_at: microsecondsTime(one.createdAt),
        deleted: false,
        deleted_at: null,
        updated_at: null,
        id: 0,
      },
    })),
  );
  app.post('/os-keypairs', spoken(ofOwn('os-keypairs:create')), async (request, reply) => {
    const wanted = requireBody(schemaOf(request), request.body, '').keypair;
    const owner = wanted.user_id ?? request.caller.userId;
    requireOwner(request.caller, owner, 'create');
    const made = await addKeypair(api.services, {
      userId: owner,
      name: wanted.name,
      type: wanted.type ?? 'ssh',
      publicKey: wanted.public_key ?? null,
    });
    const told = { ...keypairBody(request, made), user_id: made.userId };
    const keypair = made.privateKey === null ? told : { ...told, private_key: made.privateKey };
    return reply.code(speaks(request, 2) ? 201 : 200).send({ keypair });
  });
  app.delete<OneKeypair>(
    '/os-keypairs/:name',
    spoken(ofOwn('os-keypairs:delete')),
    async (request, reply) => {
      await deleteKeypair(api.services, ownerOf(request, 'delete'), request.params.name);
      return reply.code(speaks(request, 2) ? 204 : 202).send();
    },
  );
}

function listBody(request: FastifyRequest, all: readonly Keypair[]): Record<string, unknown> {
  const { page, links } = speaks(request, pagesSince)
    ? pageInMemory(request, all, (one) => one.name)
    : { page: requireOnePage(all, 'keypairs', pagesSince), links: null };
  return {
    keypairs: page.map((one) => ({ keypair: keypairBody(request, one) })),
    ...(links === null ? {} : { keypairs_links: links }),
  };
}

function schemaOf(request: FastifyRequest): typeof OwnedSchema {
  if (speaks(request, 92)) return BroughtSchema as unknown as typeof OwnedSchema;
  if (speaks(request, 10)) return OwnedSchema;
  return (speaks(request, 2) ? TypedSchema : FirstSchema) as unknown as typeof OwnedSchema;
}

function keypairBody(request: FastifyRequest, one: Keypair): Record<string, unknown> {
  return {
    name: one.name,
    public_key: one.publicKey,
    fingerprint: one.fingerprint,
    ...(speaks(request, 2) ? { type: one.type } : {}),
  };
}

/** Whose keypairs are meant: the caller's, and since 2.10 an administrator says of another user. */
function ownerOf(request: FastifyRequest, what: string): string {
  const [asked] = speaks(request, 10) ? valuesOf(request.query as Query, 'user_id') : [];
  const owner = asked ?? request.caller.userId;
  requireOwner(request.caller, owner, what);
  return owner;
}

function requireOwner(caller: Caller, owner: string, what: string): void {
  if (owner !== caller.userId) requireRole(caller, 'admin', `os-keypairs:${what}`);
}
