import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { barriers } from './barriers.ts';
import { launch, signIn, type Watched, watchedPage } from './browser.ts';
import { type FleetSize, PlayFleet } from './play-fleet.ts';

const patienceMs = 90_000;
const passwords = { oscar: 'operates and no more', rita: 'reads and no more' } as const;

/** A browser and a fleet for the tests of a file, with an operator and a reader beside the administrator. */
export class WebStage implements AsyncDisposable {
  readonly fleet: PlayFleet;
  readonly #browser: Browser;

  private constructor(fleet: PlayFleet, browser: Browser) {
    this.fleet = fleet;
    this.#browser = browser;
  }

  static async open(size: FleetSize, options: Parameters<typeof PlayFleet.open>[1] = {}): Promise<WebStage> {
    const [fleet, browser] = await Promise.all([PlayFleet.open(size, options), launch()]);
    // Fast enough for a test to see the end.
    fleet.world.bytesPerStep = 400 * 1024 ** 2;
    await fleet.addUser('rita', passwords.rita, 'reader');
    await fleet.addUser('oscar', passwords.oscar, 'manager');
    return new WebStage(fleet, browser);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
    await this.fleet[Symbol.asyncDispose]();
  }

  /** A page on which somebody is signed in, at an address. */
  async at(
    path: string,
    { user = 'admin', ...options }: { user?: 'admin' | keyof typeof passwords } & BrowserContextOptions = {},
  ): Promise<Watched> {
    const watched = await watchedPage(this.#browser, this.fleet.url, options);
    watched.page.setDefaultTimeout(patienceMs);
    await watched.page.goto(`${this.fleet.url}${path}`);
    await signIn(watched.page, user, user === 'admin' ? this.fleet.password : passwords[user]);
    return watched;
  }

  /** What bars anybody from a page that shows `shown` (in a dialog: the page behind it is nobody's meanwhile): in the light by all rules, in the dark by those of colours. */
  async barriers(page: Page, shown: string, where: 'main' | 'dialog' = 'main'): Promise<string[]> {
    await page.getByRole(where).getByText(shown).first().waitFor();
    const light = await barriers(page, 'all');
    await page.emulateMedia({ colorScheme: 'dark' });
    const dark = await barriers(page, 'colours');
    await page.emulateMedia({ colorScheme: 'light' });
    return [...light, ...dark.map((one) => `dark: ${one}`)];
  }
}
