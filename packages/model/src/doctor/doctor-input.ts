import type { Host } from '../host/host.ts';
import type { HostCpu } from '../host/host-facts.ts';
import type { DoorReached, HostExamination, ReachedPlace } from './host-examination.ts';

/** What is known of one host. What could not be had is null. */
export interface DoctorHost {
  /** With its service as it was seen now. */
  readonly host: Host;
  readonly cpu: HostCpu | null;
  /** Names of domains that start with the host; null: it did not say. */
  readonly autostart: readonly string[] | null;
  /** Directories of its storage pools. */
  readonly directories: readonly string[] | null;
  readonly shell:
    | { readonly kind: 'examined'; readonly found: HostExamination }
    /** `why`, as the end of a sentence on it. */
    | { readonly kind: 'none'; readonly why: string };
}

/** What was tried from one host to another. */
export interface DoctorPair {
  readonly from: string;
  readonly to: string;
  /** The way to the other's libvirtd by its peer URI; null: nobody tried. */
  readonly libvirtd: ReachedPlace | null;
  /** The way to a port of its migrations, which was opened for that; null: nobody tried. */
  readonly migration: DoorReached | null;
  /** Directories in which both have a pool, and whether both see the same files there; null: it did not show. */
  readonly directories: readonly { readonly path: string; readonly isShared: boolean | null }[] | null;
}

/** All that a diagnosis is made from. */
export interface DoctorInput {
  readonly hosts: readonly DoctorHost[];
  /** Each direction of each pair that was looked at; hosts by their ids. */
  readonly pairs: readonly DoctorPair[];
  /** The richest processor that all hosts can give, as libvirt's XML. */
  readonly baseline: { readonly xml: string } | { readonly problem: string } | null;
  /** For when certificates are judged, UTC ISO 8601. */
  readonly at: string;
}
