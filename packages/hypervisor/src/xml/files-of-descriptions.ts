import { type NamedDisk, readNamedDisks } from './named-disks-xml.ts';
import { readNamedPaths } from './named-paths-xml.ts';
import { XmlError } from './parse-xml.ts';

/** What the descriptions of one domain name, all together. */
export interface DescribedFiles {
  readonly disks: readonly NamedDisk[];
  /** Paths that no disk names. */
  readonly named: readonly string[];
  readonly directories: readonly string[];
  /** Why one of them could not be read. */
  readonly problems: readonly string[];
}

/** Reads all that are there: one that makes no sense is told, and hides no other. */
export function filesOfDescriptions(
  texts: readonly {
    readonly xml: string;
    readonly root: 'domain' | 'domainsnapshot' | 'domaincheckpoint';
  }[],
): DescribedFiles {
  const disks: NamedDisk[] = [];
  const named = new Set<string>();
  const directories = new Set<string>();
  const problems: string[] = [];
  for (const { xml, root } of texts) {
    try {
      disks.push(...readNamedDisks(xml, root));
      const all = readNamedPaths(xml, root);
      for (const path of all.paths) named.add(path);
      for (const directory of all.directories) directories.add(directory);
    } catch (error) {
      if (!(error instanceof XmlError)) throw error;
      problems.push(error.message);
    }
  }
  const ofDisks = new Set(disks.flatMap(({ paths }) => paths));
  return {
    disks,
    named: [...named].filter((path) => !ofDisks.has(path)),
    directories: [...directories],
    problems,
  };
}
