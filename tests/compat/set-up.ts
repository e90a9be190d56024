import { existsSync } from 'node:fs';

/** Before any test with OpenStack's own clients: they are there, or a clear word why it cannot run. */
export default function setUp(): void {
  const missing = ['openstack', 'nova'].filter((name) => !existsSync(`/usr/bin/${name}`));
  if (missing.length > 0)
    throw new Error(
      `tests/compat runs the real clients, and ${missing.join(' and ')} is not there: make compat-setup`,
    );
}
