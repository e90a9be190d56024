import { basename, dirname, join } from 'node:path';

/** A release of libvirt whose source is at hand. */
export interface LibvirtSource {
  /** Its folder's name. */
  readonly name: string;
  /** From the folder's name, `libvirt-9.0.0`; null for a folder without one, which is taken as the newest. */
  readonly release: readonly [major: number, minor: number] | null;
  /** Where `remote_protocol.x` and `qemu_protocol.x` are. */
  readonly protocolFolder: string;
  /** Where the public headers are. */
  readonly headerFolder: string;
}

/**
 * The sources that `LIBVIRT_PROTOCOL_X` names: paths of `src/remote/remote_protocol.x` in one or more unpacked sources
 * with colons between them. None where it is not set: libvirt's own definition is under the LGPL and not part of this
 * repository.
 */
export function libvirtSources(): LibvirtSource[] {
  const paths = (process.env['LIBVIRT_PROTOCOL_X'] ?? '').split(':').filter((path) => path !== '');
  return paths.map((path) => {
    const root = join(dirname(path), '../..');
    const name = basename(root);
    const [, major, minor] = /^libvirt-(\d+)\.(\d+)/.exec(name) ?? [];
    return {
      name,
      release: major === undefined || minor === undefined ? null : [Number(major), Number(minor)],
      protocolFolder: dirname(path),
      headerFolder: join(root, 'include/libvirt'),
    };
  });
}

/** Whether a release such as `11.2` is later than that of a source. */
export function isLater(release: string, { release: held }: LibvirtSource): boolean {
  if (held === null) return false;
  const [major = 0, minor = 0] = release.split('.').map(Number);
  return major > held[0] || (major === held[0] && minor > held[1]);
}
