import type { LabHost } from '@ferry/lab';

/** All that a move could leave on a host, a line each: kind and name. */
export type HostState = readonly string[];

const script = `
list() { kind=$1; shift; "$@" | sed '/^ *$/d; s/^ */'"$kind"' /; s/ *$//'; }
list domain virsh -q list --all --name
list running virsh -q list --state-running --name
list persistent virsh -q list --all --persistent --name
list autostart virsh -q list --all --autostart --name
list pool sh -c 'virsh -q pool-list --all --name | grep -v ^ferry-'
list network virsh -q net-list --all --name
list secret sh -c "virsh -q secret-list | awk '{ print \\$1 }'"
list filter sh -c "virsh -q nwfilter-list | awk '{ print \\$2 }' | grep ^ferry-"
list binding sh -c "virsh -q nwfilter-binding-list | awk '{ print \\$1, \\$2 }'"
list interface sh -c "ip -o link | awk -F': ' '{ print \\$2 }' | grep -E '^(tap|vnet|macvtap)'"
list process sh -c "ps -eo args | grep -o 'guest=[^,]*,' | grep -v '\\['"
list file find /var/lib/libvirt/images /var/lib/libvirt/shared -type f
list file find /tmp /var/tmp /run -maxdepth 1 -name '*ferry*'
`;

/**
 * Looks at a host from inside, past Ferry. Its libvirtd has to answer. The transient pools by which Ferry gets to a
 * directory stay by design (decision 4) and are not told.
 */
export async function hostState(host: LabHost): Promise<HostState> {
  const found = await host.execOk(['sh', '-c', script]);
  return [...new Set(found.split('\n').filter((line) => line !== ''))].toSorted();
}

/** Both ends of a move. */
export interface BothHosts {
  readonly source: HostState;
  readonly target: HostState;
}

/** What the lines of one guest hold: its name, uuid, the id of its group, its interface. */
export type Marks = readonly string[];

/** What was on the source is to be where the guest is now, what was on the target on the other side; each difference as a line. */
export function differences(
  before: BothHosts,
  after: BothHosts,
  { moved, marks }: { readonly moved: boolean; readonly marks: Marks },
): string[] {
  const isOfGuest = (line: string): boolean => marks.some((mark) => line.includes(mark));
  // A base stays at the source where others stand on it or nobody has told to remove it, and comes to the target.
  const isOfOthers = (line: string): boolean => !isOfGuest(line) && !(moved && line.endsWith('-base.qcow2'));
  const [atOwner, atOther] = moved ? [after.target, after.source] : [after.source, after.target];
  const [owner, other] = moved ? ['target', 'source'] : ['source', 'target'];
  return [
    ...compare(`of the guest on the ${owner}`, before.source.filter(isOfGuest), atOwner.filter(isOfGuest)),
    ...compare(`of the guest on the ${other}`, before.target.filter(isOfGuest), atOther.filter(isOfGuest)),
    ...compare('on the source', before.source.filter(isOfOthers), after.source.filter(isOfOthers)),
    ...compare('on the target', before.target.filter(isOfOthers), after.target.filter(isOfOthers)),
  ];
}

function compare(where: string, wanted: HostState, found: HostState): string[] {
  return [
    ...found.filter((line) => !wanted.includes(line)).map((line) => `left ${where}: ${line}`),
    ...wanted.filter((line) => !found.includes(line)).map((line) => `missing ${where}: ${line}`),
  ];
}
