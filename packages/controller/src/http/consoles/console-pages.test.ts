import { expect, test } from 'vitest';
import { consoleTokenOf } from './console-pages.ts';

test.each([
  ['/console/stream?token=abc', '', 'abc'],
  ['/?token=abc', '', 'abc'],
  ['/websockify', 'token=abc', 'abc'],
  ['/websockify', 'lang=en; token="abc" ; other=1', 'abc'],
  ['/websockify', 'mytoken=abc; tokens=abc', null],
  ['/vnc_auto.html?path=%3Ftoken%3Dabc', '', 'abc'],
  ['/any?path=websockify%3Ftoken%3Dabc', 'token=other', 'abc'],
  ['/any?path=?token=abc', '', 'abc'],
  ['/websockify?token=abc', 'token=other', 'abc'],
  ['//:', '', null],
  ['/%?token=%', '', '%'],
  ['/websockify', 'token=', null],
])('%s with the cookies "%s" has the token %s', (url, cookie, expected) => {
  expect(consoleTokenOf({ url, headers: cookie === '' ? {} : { cookie } })).toBe(expected);
});
