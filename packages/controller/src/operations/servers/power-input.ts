import type { PowerAction } from '@ferry/model';
import type { Services } from '../engine/services.ts';

/** What a power action is carried out with, as it was accepted. */
export interface PowerInput {
  readonly instanceId: string;
  readonly instanceName: string;
  readonly host: { readonly id: string; readonly name: string; readonly uri: string };
  readonly action: PowerAction;
  /** How long the guest may take to power off by itself, milliseconds. */
  readonly graceMs: number;
}

/** What of a step's context its steps use. */
export interface PowerContext {
  readonly input: PowerInput;
  readonly services: Services;
  readonly signal: AbortSignal;
}
