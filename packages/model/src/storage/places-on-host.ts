import type { AllowedDirectories, PathUse } from './allowed-directories.ts';

/** What a move would do to files of one host, and where guests may have files there. */
export interface PlacesOnHost {
  readonly host: string;
  readonly allowed: AllowedDirectories;
  readonly files: readonly {
    /** What of the guest names it: `disk vda`. */
    readonly what: string;
    readonly path: string;
    readonly use: PathUse;
    /** The path is a directory, and what is in it is meant. */
    readonly isDirectory?: boolean;
  }[];
}
