import type { FastifyRequest } from 'fastify';
import { requireAccess, hidden } from '../access/require-access.ts';
import { authenticate } from '../openstack/authenticate.ts';
import { publicUrl } from '../openstack/public-url.ts';
import { refuseNameless } from '../openstack/refuse-nameless.ts';
import { giveRequestIds } from '../openstack/request-ids.ts';
import { everybody } from '../access/access.ts';
import type { App, RouteOptions } from '../routing/api.ts';
import { GlanceFault, sendGlanceFault } from './glance-fault.ts';
import { imageDataRoutes } from './image-data.ts';
import { imageRoutes } from './images.ts';

/** Newest first. What later ones than 2.9 brought (stores, imports, caches) is left out. */
const versions = ['v2.9', 'v2.7', 'v2.6', 'v2.5', 'v2.4', 'v2.3', 'v2.2', 'v2.1', 'v2.0'] as const;

/** The image API, as Glance has it: the library of images that instances are created from. */
export async function glanceApi(app: App, { api }: RouteOptions): Promise<void> {
  app.setErrorHandler((error: unknown, request, reply) => sendGlanceFault(request, reply, error));
  giveRequestIds(app);
  app.setNotFoundHandler((request, reply) =>
    sendGlanceFault(request, reply, new GlanceFault(404, 'The resource could not be found.')),
  );
  versionRoutes(app);
  await app.register(
    (images: App, inner: RouteOptions) => {
      authenticate(images, inner.api);
      requireAccess(
        images,
        ({ caller }) => caller,
        ({ rule, role }) =>
          new GlanceFault(
            403,
            `You are not authorized to complete ${rule}: that takes the role "${role}" in a project.`,
          ),
      );
      refuseNameless(images, () => new GlanceFault(404, 'The resource could not be found.'));
      imageRoutes(images, inner);
      imageDataRoutes(images, inner);
      return Promise.resolve();
    },
    { api },
  );
}

/** Clients ask for them before they log in. */
function versionRoutes(app: App): void {
  const everyone = hidden(everybody);
  for (const path of ['/', '/v2'])
    app.get(path, everyone, (request, reply) => reply.code(300).send(versionsBody(request)));
  app.get('/versions', everyone, versionsBody);
}

function versionsBody(request: FastifyRequest): Record<string, unknown> {
  const links = [{ rel: 'self', href: `${publicUrl(request)}/image/v2/` }];
  return {
    versions: versions.map((id, index) => ({ id, status: index === 0 ? 'CURRENT' : 'SUPPORTED', links })),
  };
}
