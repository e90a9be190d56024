import { type Static, Type } from 'typebox';
import { component, nullable } from './schema-parts.ts';

/** A base image of a host: a file that disks stand on. */
export const ImageSchema = component(
  'Image',
  Type.Object({
    host: Type.String(),
    path: Type.String(),
    format: Type.String(),
    capacityBytes: Type.Number({ description: 'size that a guest sees' }),
    allocationBytes: Type.Number({ description: 'room that it takes' }),
    lengthBytes: Type.Number(),
    digest: nullable(
      Type.String({
        description: 'of its content, comparable with other digests of Ferry; null: not read yet',
      }),
    ),
    brought: nullable(
      Type.Object(
        { migrationId: Type.String(), at: Type.String() },
        { description: 'the migration that brought it; null: it was found there' },
      ),
    ),
    users: Type.Array(Type.Object({ id: Type.String(), name: Type.String() }), {
      description: 'domains of the host that have a disk which stands on it, whoever looks after them',
    }),
    overlays: Type.Array(Type.String(), { description: 'files that stand on it and that no domain has' }),
  }),
);
export type ImageBody = Static<typeof ImageSchema>;
