/** What an instance is to be plugged into: networks by id or name; `auto`: the only one there is; `none`: nothing. */
export type NetworkWish = 'auto' | 'none' | readonly string[];

/** An instance, or several alike, that somebody wants. */
export interface NewServer {
  readonly name: string;
  readonly imageId: string;
  readonly flavorId: string;
  readonly networks: NetworkWish;
  /** Names or ids. */
  readonly securityGroups: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
  readonly tags: readonly string[];
  readonly description: string | null;
  /** The guest's own name; null: made of its name. */
  readonly hostname: string | null;
  readonly keyName: string | null;
  /** By which addresses its owner says that it is reached. */
  readonly accessIpv4: string | null;
  readonly accessIpv6: string | null;
  /** Base64. */
  readonly userData: string | null;
  readonly configDrive: boolean;
  /** What the guest is told to take as its administrator's password; null: none. */
  readonly adminPassword: string | null;
  /** Null: any. */
  readonly zone: string | null;
  /** Host by name, as an administrator says; null: any. */
  readonly host: string | null;
  readonly hints: {
    /** Id of a server group. */
    readonly group: string | null;
    /** Ids of instances that it is to be with, and without. */
    readonly sameHost: readonly string[];
    readonly differentHost: readonly string[];
  };
  /** As many as fit, at least and at most. */
  readonly minCount: number;
  readonly maxCount: number;
}
