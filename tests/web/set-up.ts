import { existsSync } from 'node:fs';
import { buildPage } from './build-page.ts';
import { chromiumPath } from './browser.ts';

/** The page as its sources are now, and a browser to look at it with. */
export default async function setUp(): Promise<void> {
  if (!existsSync(chromiumPath))
    throw new Error(`there is no ${chromiumPath}: tools/web-setup installs the Debian package chromium`);
  await buildPage();
}
