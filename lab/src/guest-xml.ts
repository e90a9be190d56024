/** The guest's disk: a file of its host, or something on the network, by its `<source>` element. */
export type GuestDisk =
  | { readonly path: string; readonly format: 'qcow2' | 'raw' }
  | { readonly sourceXml: string; readonly format: 'raw'; readonly file: string };

/** The kind of an interface, and the elements that say where it is plugged in. */
export interface GuestPlug {
  readonly type: 'bridge' | 'network' | 'direct';
  readonly xml: string;
}

/** What a guest's definition is made of. */
export interface GuestShape {
  readonly name: string;
  readonly uuid: string;
  readonly number: number;
  readonly memoryMib: number;
  readonly disk: GuestDisk;
  /** What its interface is plugged into; the host's bridge when not given. */
  readonly plug?: GuestPlug;
  /** What its serial port writes to: a file of the host, which nobody types into, or a terminal for whoever opens it. */
  readonly serial?: 'file' | 'pty';
  /** Address of its host that a VNC screen listens on; none when not given. */
  readonly screen?: string;
  /** With QEMU's guest agent. */
  readonly agent?: boolean;
  /** Commands for the workload at boot: `dirty:64:10`. */
  readonly commands: readonly string[];
  readonly kvm: boolean;
}

/** Address of a guest in the guests' network. */
export const guestAddress = (number: number): string => `203.0.113.${140 + number}`;

/** Hardware address of a guest. */
export const guestMac = (number: number): string => `52:54:00:fe:01:${number.toString(16).padStart(2, '0')}`;

/**
 * What a kernel looks for and tries at its start, and this guest has no use for: without it, and not packed, it boots in
 * 3 processor seconds of emulation in place of 5.
 */
const fastBoot =
  'no_timer_check tsc=reliable nokaslr mitigations=off cryptomgr.notests audit=0 apparmor=0 lsm= random.trust_cpu=on i8042.noaux i8042.nokbd 8250.nr_uarts=1';

/** The guest's domain XML. The same paths exist on every host, so that it can run on any. */
export function guestXml(guest: GuestShape): string {
  const command = [
    'console=ttyS0 quiet',
    fastBoot,
    `lab.ip=${guestAddress(guest.number)}/25`,
    ...guest.commands.map((one) => `lab.${one}`),
  ];
  // A small translation cache keeps the process near 150 MiB instead of 240.
  const features = guest.kvm ? '<acpi/>' : "<acpi/><tcg><tb-cache unit='MiB'>32</tb-cache></tcg>";
  return `<domain type='${guest.kvm ? 'kvm' : 'qemu'}'>
  <name>${guest.name}</name>
  <uuid>${guest.uuid}</uuid>
  <memory unit='MiB'>${guest.memoryMib}</memory>
  <vcpu>1</vcpu>
  <os>
    <type arch='x86_64' machine='pc-q35-10.0'>hvm</type>
    <kernel>/lab/kernel.elf</kernel>
    <initrd>/lab/${guest.agent === true ? 'agent-initrd' : 'initrd'}.gz</initrd>
    <cmdline>${command.join(' ')}</cmdline>
  </os>
  <features>${features}</features>
  <cpu mode='custom' match='exact'><model>qemu64</model></cpu>
  <on_poweroff>destroy</on_poweroff>
  <on_reboot>restart</on_reboot>
  <on_crash>destroy</on_crash>
  <devices>
    <emulator>/usr/bin/qemu-system-x86_64</emulator>
    <disk type='${'path' in guest.disk ? 'file' : 'network'}' device='disk'>
      <driver name='qemu' type='${guest.disk.format}' cache='none'/>
      ${'path' in guest.disk ? `<source file='${guest.disk.path}'/>` : guest.disk.sourceXml}
      <target dev='vda' bus='virtio'/>
    </disk>
    <controller type='usb' model='none'/>
    <interface type='${guest.plug?.type ?? 'bridge'}'>
      <mac address='${guestMac(guest.number)}'/>
      ${guest.plug?.xml ?? `<source bridge='br-ex'/><target dev='tap${guest.number}'/>`}
      <model type='virtio'/>
    </interface>
    ${serialXml(guest)}${guest.agent === true ? agentChannel : ''}
    <memballoon model='none'/>
  </devices>
</domain>
`;
}

const agentChannel = "<channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>";

function serialXml({ name, serial, screen }: GuestShape): string {
  const port =
    serial === 'pty'
      ? "<serial type='pty'><target port='0'/></serial>"
      : `<serial type='file'><source path='/var/log/guests/${name}.log' append='on'/><target port='0'/></serial>`;
  if (screen === undefined) return port;
  // What its firmware writes stands there: a screen in text, with a cursor that blinks.
  return `${port}<graphics type='vnc' autoport='yes' listen='${screen}'/><video><model type='vga'/></video>`;
}
