/** What the deletion of an instance works from. It stands in the log, so it is plain data. */
export interface DeleteInput {
  readonly instanceId: string;
  readonly instanceName: string;
  readonly host: { readonly id: string; readonly name: string; readonly uri: string };
  /** Other hosts that it was on: what it left of its console there goes too, where they answer. */
  readonly formerHosts: readonly { readonly name: string; readonly uri: string }[];
}
