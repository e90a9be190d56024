import { Command } from '@commander-js/extra-typings';
import { expect, test } from 'vitest';
import { definePoolsOption, mapPathOption, mapPoolOption, sharedDeviceOption } from './storage-options.ts';

function parsed(...words: string[]): unknown {
  const command = new Command()
    .exitOverride()
    .configureOutput({ writeErr: () => undefined })
    .addOption(mapPoolOption())
    .addOption(mapPathOption())
    .addOption(definePoolsOption())
    .addOption(sharedDeviceOption());
  return command.parse(words, { from: 'user' }).opts();
}

test('each may be given again, and is empty when it is not given', () => {
  expect(parsed()).toEqual({ mapPool: {}, mapPath: {}, sharedDevice: [] });
  const words = [
    '--map-pool',
    'a=b',
    '--map-pool',
    'c=d',
    '--map-path',
    '/a=/b',
    '--map-path',
    '/dev/x=/dev/y',
  ];
  const devices = ['--shared-device', '/dev/a', '--shared-device', '/dev/b', '--define-pools'];
  expect(parsed(...words, ...devices)).toEqual({
    mapPool: { a: 'b', c: 'd' },
    mapPath: { '/a': '/b', '/dev/x': '/dev/y' },
    sharedDevice: ['/dev/a', '/dev/b'],
    definePools: true,
  });
});

test.each([
  ['--map-pool', 'images'],
  ['--map-pool', '=b'],
  ['--map-path', 'images=srv'],
  ['--map-path', '/images'],
  ['--map-path', '/images=srv'],
  ['--shared-device', 'sda'],
])('%s %s is refused with what is wanted', (...words) => {
  expect(() => parsed(...words)).toThrow(/wanted/);
});
