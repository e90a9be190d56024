import type { ConsoleKind } from '@ferry/model';
import type { ConsoleSession } from '../../operations/consoles/console-session.ts';
import type { IssuedConsole } from '../../operations/consoles/request-console.ts';
import type { ConsoleGrant } from '../../store/instances/console-token-store.ts';

/** What the pages of consoles can ask for. */
export interface ConsoleControls {
  /**
   * Consoles of one controller, the pause between two signs of life of a peer, and that between two looks whether they may
   * still have it.
   */
  readonly consoleLimits: { readonly most: number; readonly beatMs: number; readonly rightMs: number };
  /** A token for a console that is there, good as long as who asks may have it, by the token that they show; refuses where there is none or it is not reached. */
  requestConsole(instanceId: string, kind: ConsoleKind, authToken: string): Promise<IssuedConsole>;
  /** What a token opens; null for one that is not known or has ended, or whose user may not have it any more. */
  consoleGrant(token: string): Promise<ConsoleGrant | null>;
  /** Whether whom it was granted to may still have it. */
  holdsConsole(grant: ConsoleGrant): Promise<boolean>;
  /** Opens what was granted; `force` takes a serial console from whoever has it. */
  openConsole(grant: ConsoleGrant, force: boolean): Promise<ConsoleSession>;
  /** Where it is found by those who do without Ferry's proxy. Port null: it has none. */
  consolePlace(grant: ConsoleGrant): Promise<{ readonly host: string; readonly port: number | null }>;
}
