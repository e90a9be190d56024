import { expect, test } from 'vitest';
import type { DomainElement } from '../domain-elements/domain-element.ts';
import { screenMove, withScreensMoved } from './screens-moved.ts';

test.each([
  [null, null, null],
  [null, '10.0.0.2', null],
  ['10.0.0.1', '10.0.0.2', { from: '10.0.0.1', to: '10.0.0.2' }],
  ['10.0.0.1', null, { from: '10.0.0.1', to: '127.0.0.1' }],
  ['10.0.0.1', '10.0.0.1', null],
])('from a host with %s to one with %s: %j', (from, to, expected) => {
  expect(screenMove({ screenAddress: from }, { screenAddress: to })).toEqual(expected);
});

function element(
  name: string,
  attributes: Record<string, string>,
  children: readonly DomainElement[] = [],
): DomainElement {
  return { name, attributes: Object.entries(attributes), text: '', children };
}

test('only what listens on that very address is moved, in the guest that runs and in its next start', () => {
  const domain = (address: string): DomainElement =>
    element('domain', {}, [
      element('devices', {}, [
        element('graphics', { type: 'vnc', listen: address }, [element('listen', { address })]),
        element('interface', { address }),
      ]),
    ]);
  const moved = withScreensMoved(
    { live: domain('10.0.0.1'), next: domain('127.0.0.1') },
    { from: '10.0.0.1', to: '10.0.0.2' },
  );
  expect(moved.next).toEqual(domain('127.0.0.1'));
  const devices = moved.live?.children[0]?.children;
  expect(devices?.[0]).toEqual(
    element('graphics', { type: 'vnc', listen: '10.0.0.2' }, [element('listen', { address: '10.0.0.2' })]),
  );
  expect(devices?.[1]).toEqual(element('interface', { address: '10.0.0.1' }));
});
