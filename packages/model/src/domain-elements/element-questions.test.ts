import { expect, test } from 'vitest';
import { withoutSecrets } from './element-questions.ts';

const argument = 'commandline/arg/@value';

test.each([
  [argument, 'secret,id=s0,data=hunter2,format=raw', 'secret,id=s0,data=***,format=raw'],
  [argument, '-object secret,id=s,data=a=b', '-object secret,id=s,data=***'],
  [argument, 'if=none,file.password-secret=s0', 'if=none,file.password-secret=***'],
  [argument, 'driver=iscsi,password=hunter2', 'driver=iscsi,password=***'],
  [argument, 'virtio-keyboard-pci,bus=pci.0', 'virtio-keyboard-pci,bus=pci.0'],
  ['devices/graphics/@passwd', 'hunter2', '***'],
  ['devices/new-thing/@accessToken', 'hunter2', '***'],
  ['devices/tpm/backend/encryption/@secret', 'a-uuid', 'a-uuid'],
  ['devices/serial/source/@path', '/dev/data=1', '/dev/data=1'],
])('%s "%s" is shown as "%s"', (path, value, text) => {
  expect(withoutSecrets(path, value)).toBe(text);
});
