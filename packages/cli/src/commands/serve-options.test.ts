import { expect, test } from 'vitest';
import { readQuotas } from './serve-options.ts';

test('quotas are read by the names of the compute API, from one option or several', () => {
  expect(readQuotas('ram=-1, images=5', readQuotas('instances=20,ram=7'))).toEqual({
    instances: 20,
    ram: -1,
    images: 5,
  });
});

test.each(['', 'instances', 'instances=', 'instances=-2', 'instances=many', 'constructor=1', 'a=1'])(
  '"%s" is none',
  (text) => {
    expect(() => readQuotas(text)).toThrow('is not NAME=NUMBER with a name of instances, cores');
  },
);
