import { expect, test } from 'vitest';
import { sharedSerializers } from './shared-serializers.ts';

const page = { method: 'GET', url: '/a', httpStatus: '200' };
const named = { type: 'object', properties: { name: { type: 'string' } } };

test('pages that answer by the same schema share its serializer, also those of other plugins', () => {
  const factory = sharedSerializers();
  const first = factory({}, {})({ ...page, schema: named });
  const second = factory({}, {})({ ...page, url: '/b', schema: structuredClone(named) });
  expect(second).toBe(first);
  expect(first({ name: 'web', secret: 'x' })).toBe('{"name":"web"}');
});

test('another schema has another one', () => {
  const compile = sharedSerializers()({}, {});
  const counted = { type: 'object', properties: { count: { type: 'integer' } } };
  expect(compile({ ...page, schema: named })({ name: 'web', count: 1 })).toBe('{"name":"web"}');
  expect(compile({ ...page, schema: counted })({ name: 'web', count: 1 })).toBe('{"count":1}');
});
