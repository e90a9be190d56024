/** An interface of a domain to be made. */
export interface NewInterface {
  readonly mac: string;
  /** A network of the hypervisor, or a bridge of the host. */
  readonly kind: 'network' | 'bridge';
  readonly source: string;
}

/** A domain to be made, in what differs between instances. */
export interface NewDomain {
  readonly id: string;
  readonly name: string;
  /** What it is called by people, for those who look with the hypervisor's own tools. */
  readonly title: string;
  /** `kvm` where the host can, else `qemu`. */
  readonly domainType: string;
  readonly arch: string;
  /** Null leaves it to the hypervisor. */
  readonly machineType: string | null;
  readonly memoryBytes: number;
  readonly vcpus: number;
  /** A qcow2 image. */
  readonly disk: string;
  /** An ISO 9660 image, read-only; null: none. */
  readonly configDrive: string | null;
  /** Where all that it writes to its serial console is kept. */
  readonly consoleLog: string;
  /** Where its screen listens; not set: on the host's loopback, as in logs of versions before. */
  readonly screenAddress?: string | null;
  readonly interfaces: readonly NewInterface[];
  /** The packet filter before all its interfaces; null: none. */
  readonly filter: string | null;
}
