import { describe, expect, test } from 'vitest';
import { sampleHost, sampleInstance } from '../check/sample-input.ts';
import { chooseHost } from './choose-host.ts';

const gib = 1024 ** 3;
const withFree = (name: string, memoryAvailableBytes: number): ReturnType<typeof sampleHost> =>
  sampleHost(name, { memoryAvailableBytes });

describe('chooseHost', () => {
  test('takes the one with most free memory and says why not the others', () => {
    const hosts = [
      sampleHost('alpha'),
      withFree('beta', 4 * gib),
      withFree('gamma', 6 * gib),
      sampleHost('down', {}, { state: 'down', reason: 'no route' }),
      sampleHost('off-duty', {}, { status: 'disabled' }),
      withFree('full', gib),
      sampleHost('new', null),
    ];
    const choice = chooseHost(sampleInstance, hosts, new Map());
    expect(choice.host?.name).toBe('gamma');
    expect(Object.fromEntries(choice.others.map((other) => [other.host.name, other.because]))).toEqual({
      alpha: 'the instance is there',
      down: 'it does not answer: no route',
      'off-duty': 'it is disabled',
      full: `it has ${gib} bytes of free memory and ${2 * gib} are needed`,
      new: 'its facts are not known',
      beta: `it has less free memory: ${4 * gib} bytes`,
    });
  });

  test('counts what others were promised', () => {
    const hosts = [withFree('beta', 4 * gib), withFree('gamma', 6 * gib)];
    expect(chooseHost(sampleInstance, hosts, new Map([['id-gamma', 3 * gib]])).host?.name).toBe('beta');
  });

  test('does not depend on the order of the list', () => {
    const hosts = [withFree('gamma', 4 * gib), withFree('beta', 4 * gib)];
    expect(chooseHost(sampleInstance, hosts, new Map()).host?.name).toBe('beta');
    expect(chooseHost(sampleInstance, hosts.toReversed(), new Map()).host?.name).toBe('beta');
  });

  test('says why there is none', () => {
    expect(chooseHost(sampleInstance, [sampleHost('alpha')], new Map())).toMatchObject({
      host: null,
      because: 'no host will do (alpha: the instance is there)',
    });
    expect(chooseHost(sampleInstance, [], new Map()).because).toBe('there is no host');
  });
});
