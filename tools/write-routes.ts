import { writeFileSync } from 'node:fs';
import { writtenRoutes } from '@ferry/controller';

/** Writes docs/routes.md from what the routes declare. */
writeFileSync(new URL('../docs/routes.md', import.meta.url), await writtenRoutes());
