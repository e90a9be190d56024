import { expect, test } from 'vitest';
import { SimulatedFiles } from './simulated-files.ts';
import { SimulatedWorld } from './simulated-world.ts';

test('bytes that only begin as the description of a file are the file', () => {
  const files = new SimulatedFiles(new SimulatedWorld().addHost('compute11'));
  const bytes = Buffer.from('{ chance');
  files.writeBytes('/images/rehearsal', bytes, bytes.length, null);
  expect(files.bytes('/images/rehearsal')).toEqual(bytes);
});
