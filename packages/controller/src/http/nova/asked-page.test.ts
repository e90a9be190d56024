import { expect, test } from 'vitest';
import { askedPage } from './project-in-path.ts';

const project = '0123456789abcdef0123456789abcdef';

test.each([
  ['/v2.1/servers', '/v2.1/servers'],
  [`/v2.1/${project}/servers?limit=1`, '/v2.1/servers?limit=1'],
  ['/v2/servers', '/v2.1/servers'],
  [`/v2/${project}/servers?limit=1`, '/v2.1/servers?limit=1'],
  // What the version says of itself.
  ['/v2', '/v2'],
  ['/v2/', '/v2/'],
  ['/v2/?a=b', '/v2/?a=b'],
  // Of other APIs.
  ['/image/v2/images', '/image/v2/images'],
  ['/v2x/servers', '/v2x/servers'],
])('%s is the page %s', (url, page) => {
  expect(askedPage({ url, headers: {} })).toBe(page);
});

test('the first API has no microversions', () => {
  const sent = {
    'openstack-api-version': 'compute 2.96',
    'x-openstack-nova-api-version': '2.96',
    accept: '*/*',
  };
  const [former, present] = [{ ...sent }, { ...sent }];
  askedPage({ url: '/v2/servers', headers: former });
  askedPage({ url: '/v2.1/servers', headers: present });
  expect(former).toEqual({ accept: '*/*' });
  expect(present).toEqual(sent);
});
