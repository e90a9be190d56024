/** The files of an instance that Ferry created. */
export interface InstanceFiles {
  readonly disk: string;
  readonly configDrive: string;
  readonly consoleLog: string;
}

/** Where the files of an instance stand in a directory of its host: their names say whose they are, and that they are Ferry's. */
export function instanceFiles(directory: string, instanceId: string): InstanceFiles {
  const start = `${directory}/${prefixOf(instanceId)}`;
  return { disk: `${start}disk`, configDrive: `${start}config`, consoleLog: `${start}console` };
}

/** Whether Ferry made that file for that instance: the only ones that it deletes with it. */
export function isFileOfInstance(instanceId: string, path: string): boolean {
  return (path.split('/').at(-1) ?? '').startsWith(prefixOf(instanceId));
}

/** Where an image of the library stands in a directory of a host, by the SHA-256 of its bytes. */
export function libraryBasePath(directory: string, sha256: string): string {
  return `${directory}/ferry-image-${sha256}`;
}

function prefixOf(instanceId: string): string {
  return `ferry-${instanceId}.`;
}
