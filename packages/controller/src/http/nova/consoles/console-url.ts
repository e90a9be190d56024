import { ownValue } from '@ferry/model';
import type { ConsoleKind } from '@ferry/model';
import { refusalOfFailure } from '../../../operations/engine/refusal-of-failure.ts';
import { consolePagePath, consoleStreamPath } from '../../consoles/console-paths.ts';
import { NovaFault } from '../nova-fault.ts';
import { grantConsole } from '../../../operations/consoles/console-grants.ts';
import type { Api } from '../../routing/api.ts';

/** Nova's types of consoles that Ferry has; the others are those of a Nova that has them switched off. */
const kinds: Readonly<Record<string, ConsoleKind>> = { novnc: 'vnc', serial: 'serial' };

/** Where a console of that type is found, for some minutes and as long as the asker's token is good. A serial one is a WebSocket, a screen a page. */
export async function consoleUrl(
  api: Api,
  instanceId: string,
  type: string,
  { baseUrl, token: authToken }: { readonly baseUrl: string; readonly token: string },
): Promise<string> {
  const kind = ownValue(kinds, type);
  const unavailable = `Unavailable console type ${type}.`;
  if (kind === undefined) throw new NovaFault(400, unavailable);
  try {
    const { token } = await grantConsole(api, instanceId, kind, authToken);
    if (kind === 'vnc') return `${baseUrl}${consolePagePath(kind, token)}`;
    return `${baseUrl.replace(/^http/, 'ws')}${consoleStreamPath(token)}`;
  } catch (error) {
    const refusal = refusalOfFailure(error);
    if (refusal?.code !== 'no-console') throw error;
    throw new NovaFault(400, `${unavailable} ${refusal.message}`);
  }
}
