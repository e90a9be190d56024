import type { PolicyValues } from '../policy/policy-values.ts';

/** What an operator has changed of a transfer that runs. Plain data: it is stored with its migration. */
export interface TransferOrders {
  /** How often: each change counts one more. */
  readonly serial: number;
  /** What holds instead of what it began with. */
  readonly values: Partial<PolicyValues>;
  /** How it is to come to its end now; null: by itself. */
  readonly end: 'post-copy' | 'pause' | null;
  /** Whether its owner lets the guest stand still, where that has changed since the transfer was prepared. */
  readonly standsStill?: boolean;
}

/** Of a transfer that nobody has changed. */
export const noOrders: TransferOrders = { serial: 0, values: {}, end: null };
