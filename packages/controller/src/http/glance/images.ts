import type { ImagePatch, LibraryImage } from '@ferry/model';
import { type Static, Type } from 'typebox';
import { inProject, ofNobody } from '../access/access.ts';
import { hidden } from '../access/require-access.ts';
import type { App, RouteOptions } from '../routing/api.ts';
import { takeJson } from '../routing/hostile-requests.ts';
import { GlanceFault } from './glance-fault.ts';
import { imageSchema, imagesSchema } from './image-schemas.ts';
import { readImageQuery } from './read-image-query.ts';
import {
  changeLibraryImage,
  createLibraryImage,
  findLibraryImage,
  listLibraryImages,
  tagLibraryImage,
  untagLibraryImage,
} from '../../operations/image-library/library-images.ts';
import { deleteLibraryImage } from '../../operations/image-library/delete-image.ts';

const patchType = 'application/openstack-images-v2.1-json-patch';
const formerType = 'application/openstack-images-v2.0-json-patch';

const PatchSchema = Type.Array(
  Type.Object(
    {
      op: Type.Union([Type.Literal('add'), Type.Literal('replace'), Type.Literal('remove')]),
      path: Type.String(),
      value: Type.Optional(Type.Unknown()),
    },
    { additionalProperties: false },
  ),
);
/** The first draft of JSON patch (the fourth), of v2.0: what is done stands before where. */
const FormerPatchSchema = Type.Array(
  Type.Union([
    Type.Object({ add: Type.String(), value: Type.Unknown() }, { additionalProperties: false }),
    Type.Object({ replace: Type.String(), value: Type.Unknown() }, { additionalProperties: false }),
    Type.Object({ remove: Type.String() }, { additionalProperties: false }),
  ]),
);
const FieldsSchema = Type.Record(Type.String(), Type.Unknown());
const OneSchema = Type.Object({ id: Type.String() });
const TagSchema = Type.Object({ id: Type.String(), tag: Type.String() });

/** Images of the library, in the image API's form. */
export function imageRoutes(app: App, { api }: RouteOptions): void {
  takeJson(app, patchType, formerType);
  app.get('/v2/images', hidden(inProject('token', 'get_images')), (request) => {
    const parameters = request.query as Parameters;
    const { query, limit, marker } = readImageQuery(parameters);
    return listLibraryImages(api.services, request.caller, query).then((found) =>
      listBody(pageOf(found, limit, marker), limit, parameters),
    );
  });
  app.post(
    '/v2/images',
    {
      config: { access: { ...inProject('member', 'add_image'), makes: true } },
      schema: { hide: true, body: FieldsSchema },
    },
    async (request, reply) => {
      const image = await createLibraryImage(api.services, request.caller, request.body);
      return reply.code(201).header('Location', `/v2/images/${image.id}`).send(imageBody(image));
    },
  );
  app.get(
    '/v2/images/:id',
    { config: { access: inProject('token', 'get_image') }, schema: { hide: true, params: OneSchema } },
    (request) => findLibraryImage(api.services, request.caller, request.params.id).then(imageBody),
  );
  app.patch(
    '/v2/images/:id',
    {
      config: { access: inProject('member', 'modify_image') },
      schema: {
        hide: true,
        params: OneSchema,
        body: {
          content: { [patchType]: { schema: PatchSchema }, [formerType]: { schema: FormerPatchSchema } },
        },
      },
    },
    (request) => {
      const type = request.headers['content-type']?.split(';')[0]?.trim() ?? '';
      if (type !== patchType && type !== formerType)
        throw new GlanceFault(415, `An image is changed by ${patchType} or ${formerType}.`);
      const patches =
        type === formerType
          ? (request.body as Static<typeof FormerPatchSchema>).map(presentPatch)
          : patchesOf(request.body as Static<typeof PatchSchema>);
      return changeLibraryImage(api.services, request.caller, request.params.id, patches).then(imageBody);
    },
  );
  app.delete(
    '/v2/images/:id',
    { config: { access: inProject('member', 'delete_image') }, schema: { hide: true, params: OneSchema } },
    async (request, reply) => {
      await deleteLibraryImage(api.services, request.caller, request.params.id);
      return reply.code(204).send();
    },
  );
  const tags = {
    config: { access: inProject('member', 'modify_image') },
    schema: { hide: true, params: TagSchema },
  } as const;
  app.put('/v2/images/:id/tags/:tag', tags, async (request, reply) => {
    await tagLibraryImage(api.services, request.caller, request.params.id, request.params.tag);
    return reply.code(204).send();
  });
  app.delete('/v2/images/:id/tags/:tag', tags, async (request, reply) => {
    await untagLibraryImage(api.services, request.caller, request.params.id, request.params.tag);
    return reply.code(204).send();
  });
  // Images are shared with everybody or nobody: there are no members.
  app.get(
    '/v2/images/:id/members',
    { config: { access: inProject('token', 'get_members') }, schema: { hide: true, params: OneSchema } },
    (request) =>
      findLibraryImage(api.services, request.caller, request.params.id).then(() => ({
        members: [],
        schema: '/v2/schemas/members',
      })),
  );
  app.get('/v2/schemas/image', hidden(ofNobody('get_schema')), () => imageSchema);
  app.get('/v2/schemas/images', hidden(ofNobody('get_schema')), () => imagesSchema);
}

/** A patch without a value says that it is null. */
function patchesOf(body: Static<typeof PatchSchema>): ImagePatch[] {
  return body.map(({ op, path, value = null }) => ({ op, path, value }));
}

function presentPatch(change: Static<typeof FormerPatchSchema>[number]): ImagePatch {
  if ('remove' in change) return { op: 'remove', path: change.remove, value: null };
  if ('add' in change) return { op: 'add', path: change.add, value: change.value };
  return { op: 'replace', path: change.replace, value: change.value };
}

type Parameters = Readonly<Record<string, string | string[]>>;

interface Page {
  readonly images: readonly LibraryImage[];
  readonly more: boolean;
}

function pageOf(found: readonly LibraryImage[], limit: number, marker: string | null): Page {
  const before = marker === null ? -1 : found.findIndex((image) => image.id === marker);
  if (marker !== null && before === -1)
    throw new GlanceFault(400, `Invalid marker. Image ${marker} could not be found.`);
  const rest = found.slice(before + 1);
  return { images: rest.slice(0, limit), more: rest.length > limit && limit > 0 };
}

function listBody({ images, more }: Page, limit: number, parameters: Parameters): Record<string, unknown> {
  const last = images.at(-1);
  return {
    images: images.map(imageBody),
    first: addressOf(parameters, {}),
    ...(more && last !== undefined
      ? { next: addressOf(parameters, { marker: last.id, limit: String(limit) }) }
      : {}),
    schema: '/v2/schemas/images',
  };
}

/** Relative to the service, as Glance gives it. */
function addressOf(parameters: Parameters, change: Readonly<Record<string, string>>): string {
  const { marker: _marker, ...rest } = parameters;
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...rest, ...change }))
    for (const one of [value].flat()) query.append(name, one);
  return query.size === 0 ? '/v2/images' : `/v2/images?${query.toString()}`;
}

/** An image as the image API shows it: properties of its owner's stand among the fields. */
function imageBody(image: LibraryImage): Record<string, unknown> {
  const { content } = image;
  return {
    ...image.properties,
    id: image.id,
    name: image.name,
    status: image.status,
    visibility: image.visibility,
    owner: image.projectId,
    protected: image.isProtected,
    os_hidden: image.isHidden,
    tags: image.tags,
    disk_format: image.diskFormat,
    container_format: image.containerFormat,
    min_disk: image.minDiskGib,
    min_ram: image.minMemoryMib,
    size: content?.lengthBytes ?? null,
    virtual_size: content?.virtualBytes ?? null,
    checksum: content?.md5 ?? null,
    os_hash_algo: content === null ? null : 'sha512',
    os_hash_value: content?.sha512 ?? null,
    created_at: timeOf(image.createdAt),
    updated_at: timeOf(image.updatedAt),
    self: `/v2/images/${image.id}`,
    file: `/v2/images/${image.id}/file`,
    schema: '/v2/schemas/image',
  };
}

/** Glance's times are whole seconds: `2026-11-23T03:53:37Z`. */
function timeOf(time: string): string {
  return time.replace(/\.\d+/, '');
}
