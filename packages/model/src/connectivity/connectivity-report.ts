/** How a guest answered from outside while it moved. */
export interface ConnectivityReport {
  /** As the operator gave it: `tcp:10.0.0.5:22`. */
  readonly address: string;
  /** Whether it answered before the move began; where it did not, nothing is proven. Null: the controller was restarted meanwhile. */
  readonly answeredBefore: boolean | null;
  /** Whether it answered after the move. */
  readonly answeredAfter: boolean;
  readonly sent: number;
  readonly answered: number;
  /** Longest time without an answer, from one to the next; null when it is not known. */
  readonly longestGapMs: number | null;
}
