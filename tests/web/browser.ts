import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

/** Debian's. */
export const chromiumPath = '/usr/bin/chromium';

/** A browser without a window. Tests run as root, where it has no sandbox of its own; the pages are this checkout's. `executablePath`: a command that starts it elsewhere. */
export function launch(executablePath: string = chromiumPath): Promise<Browser> {
  return chromium.launch({ executablePath, args: ['--no-sandbox'] });
}

/** What a page did that it must not, in the order in which it did it. */
export interface Watched {
  readonly page: Page;
  /** Addresses of other hosts that it asked for anything. */
  readonly strangers: string[];
  /** What broke the policy of its content, or failed in it. */
  readonly errors: string[];
  /** Bytes of the answers as they came over the wire, by address. */
  readonly bytes: Map<string, number>;
}

/** A page that is watched from its beginning. */
export async function watchedPage(
  browser: Browser,
  origin: string,
  options: BrowserContextOptions = {},
): Promise<Watched> {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    locale: 'en-GB',
    ...options,
  });
  const page = await context.newPage();
  const watched: Watched = { page, strangers: [], errors: [], bytes: new Map() };
  page.on('request', (request) => {
    const url = request.url();
    if (/^(?:https?|wss?):/.test(url) && new URL(url).host !== new URL(origin).host)
      watched.strangers.push(url);
  });
  page.on('requestfinished', (request) => {
    void request.sizes().then(
      ({ responseBodySize }) => watched.bytes.set(new URL(request.url()).pathname, responseBodySize),
      () => undefined,
    );
  });
  page.on('pageerror', (error) => watched.errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && /Content Security Policy|Uncaught/.test(message.text()))
      watched.errors.push(message.text());
  });
  return watched;
}

/** Signs in at whatever address the page is. */
export async function signIn(page: Page, user: string, password: string): Promise<void> {
  await page.getByLabel('User', { exact: true }).fill(user);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('navigation').waitFor();
}
