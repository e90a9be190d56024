import type { HypervisorErrorCode } from '@ferry/hypervisor';

/** What a controller in a process of its own sends to the process that holds the simulated hosts. */
export type ToHosts =
  /** A call. `on`: the URI of a host, or the number of an end of a migration that was opened before. */
  | {
      readonly kind: 'ask';
      readonly id: number;
      readonly on: string | number;
      /** `domains.observe`: by its parts. */
      readonly method: string;
      readonly args: readonly unknown[];
    }
  /** Nobody waits for the answer any more. */
  | { readonly kind: 'give-up'; readonly id: number }
  /** It listens. */
  | { readonly kind: 'ready'; readonly socketUrl: string };

/** What comes back. */
export type FromHosts =
  | { readonly kind: 'answer'; readonly id: number; readonly value: unknown }
  /** An end of a migration was opened: calls on it go by this number. */
  | { readonly kind: 'opened'; readonly id: number; readonly end: number }
  | { readonly kind: 'error'; readonly id: number; readonly error: ToldError };

export interface ToldError {
  readonly message: string;
  /** Of errors of a host. */
  readonly ofHost: {
    readonly code: HypervisorErrorCode;
    readonly host: string;
    readonly mayHaveRun: boolean;
  } | null;
}

/** Stands for a call's signal, which no message carries: it becomes one that `give-up` aborts. */
export const signalHere = { $signal: true } as const;
