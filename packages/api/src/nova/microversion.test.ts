import { expect, test } from 'vitest';
import { askedMicroversion } from './microversion.ts';

const version = (minor: number): unknown => ({ kind: 'version', minor });

test.each([
  ['no header', {}, version(1)],
  ['the common header', { 'openstack-api-version': 'compute 2.53' }, version(53)],
  ['several services', { 'openstack-api-version': 'volume 3.0, compute 2.60' }, version(60)],
  ['several headers', { 'openstack-api-version': ['volume 3.0', 'compute 2.60'] }, version(60)],
  ['another service alone', { 'openstack-api-version': 'volume 3.0' }, version(1)],
  ['the older header', { 'x-openstack-nova-api-version': '2.26' }, version(26)],
  [
    'both, of which the common one counts',
    { 'openstack-api-version': 'compute 2.9', 'x-openstack-nova-api-version': '2.5' },
    version(9),
  ],
  ['latest', { 'openstack-api-version': 'compute latest' }, version(96)],
  ['one too new', { 'openstack-api-version': 'compute 2.97' }, { kind: 'unsupported', text: '2.97' }],
  ['another major one', { 'openstack-api-version': 'compute 3.1' }, { kind: 'unsupported', text: '3.1' }],
  ['2.0', { 'x-openstack-nova-api-version': '2.0' }, { kind: 'unsupported', text: '2.0' }],
  ['a word', { 'openstack-api-version': 'compute banana' }, { kind: 'malformed', text: 'banana' }],
  ['a leading zero', { 'openstack-api-version': 'compute 2.01' }, { kind: 'malformed', text: '2.01' }],
])('%s', (_what, headers, expected) => {
  expect(askedMicroversion(headers)).toEqual(expected);
});
