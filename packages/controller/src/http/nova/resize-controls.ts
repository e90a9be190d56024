import type { FlavorSnapshot } from '@ferry/model';
import type { AskedBy } from './nova-controls.ts';

/** What the actions ask for that take a server to another host and can be taken back, and evacuation. */
export interface ResizeControls {
  /** Begins a cold migration that is held, with a change of size. */
  resizeServer(asked: AskedBy, id: string, flavor: FlavorSnapshot): Promise<void>;
  /** Decides on the held migration of a server. */
  decideServer(asked: AskedBy, id: string, decision: 'confirm' | 'revert'): Promise<void>;
  /** Begins an evacuation. */
  evacuateServer(
    asked: AskedBy,
    id: string,
    to: { readonly host: string | null; readonly leaveOff: boolean },
  ): Promise<void>;
}
