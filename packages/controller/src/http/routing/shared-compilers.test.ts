import { SerializerSelector } from '@fastify/fast-json-stringify-compiler';
import { expect, test } from 'vitest';
import { compilingOnce, sharedCompilers } from './shared-compilers.ts';

const page = { method: 'GET', url: '/a', httpStatus: '200' };
const named = { type: 'object', properties: { name: { type: 'string' } } };
const counted = { type: 'object', properties: { count: { type: 'integer' } } };

test('pages that answer by the same schema share its serializer, also those of other servers', () => {
  const first = sharedCompilers.buildSerializer({}, {})({ ...page, schema: named });
  const second = sharedCompilers.buildSerializer(
    {},
    {},
  )({ ...page, url: '/b', schema: structuredClone(named) });
  expect(second).toBe(first);
  expect(first({ name: 'web', secret: 'x' })).toBe('{"name":"web"}');
});

test('another schema has another serializer', () => {
  const compile = sharedCompilers.buildSerializer({}, {});
  expect(compile({ ...page, schema: named })({ name: 'web', count: 1 })).toBe('{"name":"web"}');
  expect(compile({ ...page, schema: counted })({ name: 'web', count: 1 })).toBe('{"count":1}');
});

test('the same schema has another serializer where what it refers to is another', () => {
  const factory = compilingOnce(SerializerSelector());
  const schema = { $ref: 'thing#' };
  const name = factory({ thing: { $id: 'thing', ...named } }, {})({ ...page, schema });
  const count = factory({ thing: { $id: 'thing', ...counted } }, {})({ ...page, schema });
  expect(name({ name: 'web', count: 1 })).toBe('{"name":"web"}');
  expect(count({ name: 'web', count: 1 })).toBe('{"count":1}');
});

test('pages that take the same body share its validator; other options make another one', () => {
  const strict = { customOptions: { coerceTypes: false } } as const;
  const lax = { customOptions: { coerceTypes: true } } as const;
  const first = sharedCompilers.buildValidator({}, strict)({ ...page, schema: named });
  const second = sharedCompilers.buildValidator({}, strict)({ ...page, schema: structuredClone(named) });
  expect(second).toBe(first);
  expect(first({ name: 5 })).toBe(false);
  expect(sharedCompilers.buildValidator({}, lax)({ ...page, schema: named })({ name: 5 })).toBe(true);
});

test('a serializer is handed what its schema refers to, by others too, and nothing else', () => {
  const external = {
    outer: { $id: 'outer', type: 'object', properties: { inner: { $ref: 'inner#' } } },
    inner: { $id: 'inner', ...named },
    // The library judges all that it is handed, and throws for this.
    bad: { $id: 'bad', type: 'no such type' },
  };
  const serialize = sharedCompilers.buildSerializer(external, {})({ ...page, schema: { $ref: 'outer#' } });
  expect(serialize({ inner: { name: 'web', secret: 'x' } })).toBe('{"inner":{"name":"web"}}');
});

test('a schema is compiled when its first value comes, and once', () => {
  let made = 0;
  const factory = compilingOnce(() => () => {
    made += 1;
    return (value: unknown): string => JSON.stringify(value);
  });
  const serialize = factory({}, {})({ ...page, schema: named });
  expect(made).toBe(0);
  expect([serialize({ name: 'web' }), serialize({ name: 'db' })]).toEqual([
    '{"name":"web"}',
    '{"name":"db"}',
  ]);
  expect(made).toBe(1);
});

test('a validator that is compiled late tells what was wrong', () => {
  const strict = { customOptions: { coerceTypes: false } } as const;
  const schema = { type: 'object', required: ['id'] };
  const validate = sharedCompilers.buildValidator({}, strict)({ ...page, schema });
  expect(validate({})).toBe(false);
  expect((validate as { errors?: unknown }).errors).toEqual([
    expect.objectContaining({ keyword: 'required' }),
  ]);
});
