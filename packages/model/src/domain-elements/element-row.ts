/**
 * How something that the target must have is compared.
 * `word`: by nothing, an operator has to say it. `file`: a file of the same content. `file-there`: any file. `emulator`: a program
 * that libvirt can ask what it can do. `directory`: the directory that it is in is there. `same-directory`: a directory of the
 * same content. `tried`: the target starts a probe guest with that device. `cpus`, `numa-nodes`: their numbers. `hugepages`:
 * free pages of that size. `host-cpu`: the same processor. `node-device`: a device of the host at that address.
 * `security-model`: the model of labels. `launch-security`: what the hypervisor says.
 */
export type Comparer =
  | 'word'
  | 'file'
  | 'file-there'
  | 'emulator'
  | 'directory'
  | 'same-directory'
  | 'tried'
  | 'cpus'
  | 'numa-nodes'
  | 'hugepages'
  | 'host-cpu'
  | 'node-device'
  | 'security-model'
  | 'launch-security';

/**
 * What an element or attribute of a domain's XML means for a move.
 * `harmless`: it names nothing that a host must have or that a guest could miss. `travels`: it is of the guest and goes along
 * with its description. `on-target`: it names something of the host. `checked`: the same, and another check compares it.
 * `moves`: it names state of the guest that is carried along. `cold-only`: not while the guest runs. `never`: not at all; where
 * another check says so, `saidBy` names it.
 */
export type ElementVerdict =
  | { readonly kind: 'harmless' | 'travels' }
  | { readonly kind: 'on-target'; readonly comparer: Comparer }
  | { readonly kind: 'checked'; readonly check: string }
  | { readonly kind: 'moves'; readonly how: string }
  | { readonly kind: 'cold-only' | 'never'; readonly saidBy?: string };

/** One row of the table: a pattern of paths (see domain-element.ts), and what it means live and cold. */
export interface ElementRow {
  readonly path: string;
  readonly live: ElementVerdict;
  readonly cold: ElementVerdict;
  readonly because: string;
}

export const harmless: ElementVerdict = { kind: 'harmless' };
export const travels: ElementVerdict = { kind: 'travels' };
export const coldOnly: ElementVerdict = { kind: 'cold-only' };
export const never: ElementVerdict = { kind: 'never' };
export const word: ElementVerdict = { kind: 'on-target', comparer: 'word' };

export function compared(comparer: Comparer): ElementVerdict {
  return { kind: 'on-target', comparer };
}

export function checked(check: string): ElementVerdict {
  return { kind: 'checked', check };
}

export function moves(how: string): ElementVerdict {
  return { kind: 'moves', how };
}

/** A row that says the same live and cold. */
export function both(path: string, verdict: ElementVerdict, because: string): ElementRow {
  return { path, live: verdict, cold: verdict, because };
}

/** Rows for several parts of one element that mean the same. */
export function each(
  base: string,
  parts: readonly string[],
  verdict: ElementVerdict,
  because: string,
): ElementRow[] {
  return parts.map((part) => both(`${base}/${part}`, verdict, because));
}

/** A row that says one thing live and another cold. */
export function row(path: string, live: ElementVerdict, cold: ElementVerdict, because: string): ElementRow {
  return { path, live, cold, because };
}
