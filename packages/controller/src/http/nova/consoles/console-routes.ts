import { ownValue, type ConsoleKind } from '@ferry/model';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { Api, App, RouteOptions } from '../../routing/api.ts';
import { authToken } from '../../openstack/authenticate.ts';
import { publicUrl } from '../../openstack/public-url.ts';
import { inProject, ofAll } from '../../access/access.ts';
import { speaks, spoken } from '../microversions.ts';
import { NovaFault } from '../nova-fault.ts';
import { requireBody } from '../require-body.ts';
import { findServer } from '../servers/find-server.ts';
import { consolePlace, grantConsole, readGrant } from '../../../operations/consoles/console-grants.ts';
import { refusalOfFailure } from '../../../operations/engine/refusal-of-failure.ts';
import { consolePagePath, consoleStreamPath } from '../../consoles/console-pages.ts';

type OfServer = { Params: { id: string } };
type OfToken = { Params: { token: string } };

const protocols = ['vnc', 'spice', 'rdp', 'serial'] as const;
const types = ['novnc', 'xvpvnc', 'spice-html5', 'rdp-html5', 'serial'] as const;
const asked = (names: readonly string[], kinds: readonly string[]) =>
  Type.Object(
    {
      remote_console: Type.Object(
        { protocol: Type.Enum([...names]), type: Type.Enum([...kinds]) },
        { additionalProperties: false },
      ),
    },
    { additionalProperties: false },
  );
const ConsoleSchema = asked(protocols, types);
const ConsoleSince8Schema = asked([...protocols, 'mks'], [...types, 'webmks']);

/** Consoles of servers, and what their tokens stand for. */
export function consoleRoutes(app: App, { api }: RouteOptions): void {
  app.post<OfServer>(
    '/servers/:id/remote-consoles',
    spoken(inProject('member', 'os-remote-consoles'), 6),
    (request) => openConsole(request, api),
  );
  app.get<OfToken>(
    '/os-console-auth-tokens/:token',
    spoken(ofAll('admin', 'os-console-auth-tokens')),
    (request) => showToken(request, api),
  );
}

async function openConsole(request: FastifyRequest<OfServer>, api: Api): Promise<object> {
  const schema = speaks(request, 8) ? ConsoleSince8Schema : ConsoleSchema;
  const { remote_console: wanted } = requireBody(schema, request.body, '');
  const { instance } = await findServer(request, api, request.params.id);
  // Nova's handlers of a protocol take its own types alone.
  const fits = ownValue(typesOf, wanted.protocol)?.includes(wanted.type) === true;
  if (!fits) throw new NovaFault(400, `Invalid console type ${wanted.type}`);
  const url = await consoleUrl(api, instance.id, wanted.type, {
    baseUrl: publicUrl(request),
    token: authToken(request) ?? '',
  });
  return { remote_console: { protocol: wanted.protocol, type: wanted.type, url } };
}

const typesOf: Readonly<Record<string, readonly string[]>> = {
  vnc: ['novnc', 'xvpvnc'],
  spice: ['spice-html5'],
  rdp: ['rdp-html5'],
  serial: ['serial'],
  mks: ['webmks'],
};

/** Before 2.31 Nova tells those of RDP alone, of which Ferry has none. */
async function showToken(request: FastifyRequest<OfToken>, api: Api): Promise<object> {
  const grant = await readGrant(api, request.params.token);
  if (grant === null) throw new NovaFault(404, 'Token not found');
  if (!speaks(request, 31)) throw new NovaFault(401, 'The requested console type details are not accessible');
  const { host, port } = await consolePlace(api.services, grant);
  return { console: { instance_uuid: grant.instanceId, host, port, internal_access_path: null } };
}

/** Nova's types of consoles that Ferry has; the others are those of a Nova that has them switched off. */
const kinds: Readonly<Record<string, ConsoleKind>> = { novnc: 'vnc', serial: 'serial' };

/** Where a console of that type is found, for some minutes and as long as the asker's token is good. A serial one is a WebSocket, a screen a page. */
export async function consoleUrl(
  api: Api,
  instanceId: string,
  type: string,
  { baseUrl, token: askers }: { readonly baseUrl: string; readonly token: string },
): Promise<string> {
  const kind = ownValue(kinds, type);
  const unavailable = `Unavailable console type ${type}.`;
  if (kind === undefined) throw new NovaFault(400, unavailable);
  try {
    const { token } = await grantConsole(api, instanceId, kind, askers);
    if (kind === 'vnc') return `${baseUrl}${consolePagePath(kind, token)}`;
    return `${baseUrl.replace(/^http/, 'ws')}${consoleStreamPath(token)}`;
  } catch (error) {
    const refusal = refusalOfFailure(error);
    if (refusal?.code !== 'no-console') throw error;
    throw new NovaFault(400, `${unavailable} ${refusal.message}`);
  }
}
