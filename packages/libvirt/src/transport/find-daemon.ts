import { clientConfigPath, readClientConfig } from './client-config.ts';
import type { LibvirtUri } from './libvirt-uri.ts';
import { parseLibvirtUri } from './uri.ts';

/** Where to look beside the URI. */
export interface FindOptions {
  /** libvirt.conf: libvirt's own place when not given, null for none. */
  readonly configFile?: string | null | undefined;
}

/**
 * Reads a URI, or an alias of libvirt.conf. An empty one is what LIBVIRT_DEFAULT_URI says, else `uri_default` of
 * libvirt.conf, else whatever the local daemon chooses. Rejects with `unsupported-uri` and `bad-configuration`.
 */
export async function findDaemon(
  uri: string,
  { configFile }: FindOptions,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<LibvirtUri> {
  if (configFile === null) return parseLibvirtUri(uri || env['LIBVIRT_DEFAULT_URI'] || '');
  const file = configFile ?? clientConfigPath(process.geteuid?.() ?? 0, env);
  const { aliases, defaultUri, defaults } = await readClientConfig(file);
  const wanted = uri || env['LIBVIRT_DEFAULT_URI'] || defaultUri || '';
  return parseLibvirtUri(aliases.get(wanted) ?? wanted, defaults);
}
