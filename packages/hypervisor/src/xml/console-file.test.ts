import { expect, test } from 'vitest';
import { consoleFile } from './console-ports.ts';

const domain = (devices: string): string => `<domain><devices>${devices}</devices></domain>`;

test('a log beside the port, or the port itself', () => {
  expect(consoleFile(domain("<serial type='pty'><log file='/var/log/a.log' append='off'/></serial>"))).toBe(
    '/var/log/a.log',
  );
  expect(consoleFile(domain("<console type='file'><source path='/var/log/b.log'/></console>"))).toBe(
    '/var/log/b.log',
  );
});

test('a port that nothing is kept of', () => {
  expect(consoleFile(domain("<serial type='pty'/>"))).toBeNull();
  expect(consoleFile('<domain/>')).toBeNull();
});
