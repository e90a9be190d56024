import type { App } from '../routing/api.ts';

/**
 * A list's address with a slash behind it asks for one thing of the list by an empty name, and Nova, Cinder and Glance have no
 * such thing. The address of the API itself is the same with and without one.
 * @param fault what is thrown
 */
export function refuseNameless(app: App, fault: () => Error): void {
  app.addHook('onRequest', (request, _reply, done) => {
    const path = request.url.split('?', 1)[0] ?? '';
    const page = request.routeOptions.url ?? '';
    const isApi = page === '' || page.endsWith('/') || page === app.prefix || app.prefix.endsWith(page);
    done(path.endsWith('/') && !isApi ? fault() : undefined);
  });
}
