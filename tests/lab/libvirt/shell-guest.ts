import type { LabHost } from '@ferry/lab';
import { connect, type Connection, type GuestChannel, openConsole } from '@ferry/libvirt';

/** A guest that is nothing but a shell on its first console, so that a test can have it do things. */
export interface ShellGuest extends AsyncDisposable {
  /** Has the shell run a line, and gives what it prints. */
  run(line: string): Promise<string>;
}

const prompt = '# ';
const bootMs = 60_000;

/** The newest machine type that all releases have: a guest of it can move between them. */
const machine = 'pc-i440fx-7.2';

/** Its definition, with further devices, for a domain of any release: no disk, 96 MiB, emulated. */
export function shellGuestXml(name: string, devices = ''): string {
  return `<domain type='qemu'><name>${name}</name><memory unit='MiB'>96</memory><vcpu>1</vcpu>
<os><type arch='x86_64' machine='${machine}'>hvm</type><kernel>/lab/kernel.elf</kernel><initrd>/lab/initrd.gz</initrd>
<cmdline>console=ttyS0 quiet rdinit=/bin/busybox -- sh</cmdline></os>
<features><acpi/><tcg><tb-cache unit='MiB'>32</tb-cache></tcg></features><pm><suspend-to-mem enabled='yes'/></pm>
<on_poweroff>destroy</on_poweroff><on_reboot>restart</on_reboot>
<devices><emulator>/usr/bin/qemu-system-x86_64</emulator><console type='pty'/>${devices}</devices></domain>`;
}

/** A connection of its own to a host's libvirtd. */
export function connectTo(host: LabHost, driverUri = 'qemu:///system'): Promise<Connection> {
  const [scheme = '', path = ''] = driverUri.split('://');
  return connect(`${scheme}+unix://${path}?socket=${host.socketPath}`);
}

/** Opens the console of a guest that was just started, and waits for its shell. */
export async function shellOf(host: LabHost, name: string): Promise<ShellGuest> {
  const connection = await connectTo(host);
  const { dom } = await connection.call('domainLookupByName', { name });
  const console = await openConsole(connection, dom, { force: true });
  const output = console[Symbol.asyncIterator]();
  // Brings the prompt of a shell that waits; one that is only coming up shows it by itself.
  await console.write(Buffer.from('\n'));
  await readTo(output, prompt, AbortSignal.timeout(bootMs), console);
  return {
    run: async (line) => {
      // Marks around what the line prints, written so that the line itself, which is echoed, does not have them.
      await console.write(Buffer.from(`busybox echo "--be""gin--"; ${line}; busybox echo "--en""d--"\n`));
      const said = await readTo(output, '--end--', AbortSignal.timeout(30_000), console);
      return said.slice(said.indexOf('--begin--') + '--begin--'.length).trim();
    },
    [Symbol.asyncDispose]: () => connection.close(),
  };
}

async function readTo(
  output: AsyncIterator<Uint8Array>,
  mark: string,
  signal: AbortSignal,
  channel: GuestChannel,
): Promise<string> {
  const giveUp = (): void => void channel.close();
  signal.addEventListener('abort', giveUp, { once: true });
  let said = '';
  while (!said.includes(mark)) {
    const { value, done } = await output.next();
    if (done === true) throw new Error(`the console ended before "${mark}" came: ${said}`);
    said += Buffer.from(value).toString('latin1').replaceAll('\r', '');
  }
  signal.removeEventListener('abort', giveUp);
  return said.slice(0, said.indexOf(mark));
}
