import type { ConsoleKind } from '@ferry/model';
import type { ConsoleSession } from '../../operations/consoles/console-session.ts';
import type { IssuedConsole } from '../../operations/consoles/request-console.ts';
import type { ConsoleGrant } from '../../store/console-token-store.ts';

/** What the pages of consoles can ask for. */
export interface ConsoleControls {
  /** Consoles of one controller, and the pause between two signs of life of a peer. */
  readonly consoleLimits: { readonly most: number; readonly beatMs: number };
  /** A token for a console that is there; refuses where there is none or it is not reached. */
  requestConsole(instanceId: string, kind: ConsoleKind): Promise<IssuedConsole>;
  /** What a token opens; null for one that is not known or has ended. */
  consoleGrant(token: string): Promise<ConsoleGrant | null>;
  /** Opens what was granted; `force` takes a serial console from whoever has it. */
  openConsole(grant: ConsoleGrant, force: boolean): Promise<ConsoleSession>;
  /** Where it is found by those who do without Ferry's proxy. Port null: it has none. */
  consolePlace(grant: ConsoleGrant): Promise<{ readonly host: string; readonly port: number | null }>;
}
