import type { AddHostBody, HostBody } from '@ferry/api';
import { ApiError, type FerryClient } from '@ferry/api/client';
import type { InventoryHost } from './inventory.ts';

/** What became of one host of an inventory. */
export interface InventoryResult {
  readonly line: number;
  /** Null: it has none in the file, and did not say one. */
  readonly name: string | null;
  readonly uri: string;
  /** `there`: as the file has it; `differs`: it is there otherwise, and was left so. */
  readonly result: 'added' | 'would-be-added' | 'there' | 'differs' | 'failed';
  readonly message: string;
  readonly remedy: string;
}

/** So many hosts are asked at a time: one that is silent takes half a minute. */
const atOnce = 8;

/** Has each host of an inventory be there; one that cannot be added stops no other. In the order of the file. */
export async function addFromInventory(
  client: FerryClient,
  hosts: readonly InventoryHost[],
  dryRun: boolean,
): Promise<InventoryResult[]> {
  const known = await client.hosts();
  const results: InventoryResult[] = [];
  const waiting = [...hosts.entries()];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, host] = next;
      results[index] = await addOne(client, known, host, dryRun);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, hosts.length) }, work));
  return results;
}

async function addOne(
  client: FerryClient,
  known: readonly HostBody[],
  { line, body }: InventoryHost,
  dryRun: boolean,
): Promise<InventoryResult> {
  const about = { line, name: body.name ?? null, uri: body.uri };
  const there = known.find(({ name, uri }) => name === body.name || uri === body.uri);
  if (there !== undefined) return { ...about, name: there.name, ...compared(there, body) };
  try {
    const { host, domains } = await client.addHost({ ...body, ...(dryRun ? { dryRun } : {}) });
    const count = domains.length === 1 ? '1 domain' : `${domains.length} domains`;
    const result = dryRun ? 'would-be-added' : 'added';
    return { ...about, name: host.name, result, message: `answers; ${count} there`, remedy: '' };
  } catch (error) {
    if (!(error instanceof ApiError) || stopsAll(error)) throw error;
    return { ...about, result: 'failed', message: error.message, remedy: error.remedy };
  }
}

/** What holds for every host of the file is told once. */
function stopsAll({ code }: ApiError): boolean {
  return ['controller-unreachable', 'not-ferry', 'unauthorized', 'forbidden'].includes(code);
}

/** Of a host that is there: all that differs, with both values. */
function compared(
  there: HostBody,
  body: AddHostBody,
): Pick<InventoryResult, 'result' | 'message' | 'remedy'> {
  const differences = [
    differing('name', there.name, body.name),
    differing('uri', there.uri, body.uri),
    differing('peer uri', there.peerUri, body.peerUri ?? body.uri),
    differing('trusted copy address', there.trustedCopyAddress ?? 'none', body.trustedCopyAddress ?? 'none'),
    differing('labels', labelText(there.labels), labelText(body.labels ?? {})),
  ].flat();
  if (differences.length === 0)
    return { result: 'there', message: 'there already, as the file has it', remedy: '' };
  return {
    result: 'differs',
    message: `there already, and not as the file has it: ${differences.join('; ')}`,
    remedy: `Nothing was changed. Change the file, or the host: ferry host set ${there.name} (labels, trusted copy address), or ferry host remove ${there.name} and add it again (name, URIs).`,
  };
}

function differing(what: string, there: string, file: string | undefined): string[] {
  return file === undefined || there === file ? [] : [`${what} is ${there}, and ${file} in the file`];
}

function labelText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
  return pairs.toSorted().join(',') || 'none';
}
