import { join } from 'node:path';
import { build } from 'vite';

const root = join(import.meta.dirname, '../../packages/web');

/** Builds the dashboard's page where the controller of a checkout finds it, as `make web` does. */
export async function buildPage(): Promise<void> {
  const { NODE_ENV } = process.env;
  // Tests have another, with which React would be built for those who work on it.
  process.env['NODE_ENV'] = 'production';
  try {
    await build({ root, configFile: join(root, 'vite.config.ts'), logLevel: 'warn' });
  } finally {
    process.env['NODE_ENV'] = NODE_ENV;
  }
}
