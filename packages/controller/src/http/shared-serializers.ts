import { SerializerSelector } from '@fastify/fast-json-stringify-compiler';

type Factory = ReturnType<typeof SerializerSelector>;
type Serializer = ReturnType<ReturnType<Factory>>;

/**
 * Fastify's own serializers, one for each schema and not one for each page that answers by it: that of a migration alone
 * is a hundred kilobytes of source, and many pages answer with one.
 */
export function sharedSerializers(): Factory {
  const build = SerializerSelector();
  const known = new Map<string, Serializer>();
  return (externalSchemas, options) => {
    const compile = build(externalSchemas, options);
    return (route) => {
      const key = JSON.stringify([externalSchemas, route.schema]);
      const serializer = known.get(key) ?? compile(route);
      known.set(key, serializer);
      return serializer;
    };
  };
}
