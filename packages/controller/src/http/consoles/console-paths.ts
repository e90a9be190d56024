import type { ConsoleKind } from '@ferry/model';

/** Where a console's WebSocket is: of both kinds, the token says which. */
export const streamPath = '/console/stream';

/** The path of the WebSocket that a token opens. */
export function consoleStreamPath(token: string): string {
  return `${streamPath}?token=${token}`;
}

/** The page for a browser. */
export function consolePagePath(kind: ConsoleKind, token: string): string {
  return `/console/${kind}?token=${token}`;
}
