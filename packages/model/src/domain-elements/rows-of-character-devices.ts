import { both, compared, type ElementRow, harmless, travels, word } from './element-row.ts';

/** What each device has that is one end of a character stream: ports, channels, readers of cards, sources of chance. */
function characterDevice(base: string): ElementRow[] {
  const made = 'made anew on each host';
  const other = 'the other end of it is on the host, or seen from there';
  const when = (type: string, mode = ''): string =>
    `${base}[type=${type}]/source${mode === '' ? '' : `[mode=${mode}]`}`;
  return [
    both(`${base}/@type`, word, 'not one of those that Ferry can follow'),
    both(`${base}/@type=pty|null|vc|spicevmc|spiceport|qemu-vdagent|dbus`, travels, made),
    both(`${base}/@type=file|dev|pipe|tcp|udp|unix`, travels, 'what it leads to is judged below'),
    both(`${base}/@type=stdio`, word, 'of a QEMU that was started by hand'),
    both(`${base}/@tty`, harmless, made),
    both(`${base}/source/**`, word, other),
    both(`${base}/source`, harmless, 'holds the others'),
    ...['mode', 'append', 'tls', 'channel'].map((name) =>
      both(`${base}/source/@${name}`, travels, 'how it is opened'),
    ),
    both(`${base}/source/@master`, harmless, made),
    both(`${base}/source/@slave`, harmless, made),
    both(`${base}/source/reconnect/**`, travels, 'how it is opened'),
    both(`${base}/source/seclabel/**`, travels, 'how libvirt labels it'),
    both(`${base}/source/clipboard/**`, travels, 'what the guest may use'),
    both(`${base}/source/mouse/**`, travels, 'what the guest may use'),
    both(`${when('pty')}/@path`, harmless, made),
    both(
      `${when('file')}/@path`,
      compared('directory'),
      'QEMU writes into it, and makes it where it is missing',
    ),
    both(`${when('dev')}/@path`, compared('tried'), 'a device of the host'),
    both(`${when('pipe')}/@path`, compared('tried'), 'a pipe of the host'),
    both(`${when('unix', 'bind')}/@path`, compared('directory'), 'QEMU makes a socket there'),
    both(`${when('unix')}/@path`, compared('directory'), 'QEMU makes a socket there'),
    both(`${when('unix', 'connect')}/@path`, word, 'something on the host must serve it'),
    both(`${when('tcp', 'bind')}/@host`, compared('tried'), 'an address of the host'),
    both(`${when('tcp', 'bind')}/@service`, compared('tried'), 'a port of the host that must be free'),
    both(
      `${when('tcp', 'connect')}/@host`,
      word,
      'whether the target reaches it is not tried: it would be connected to',
    ),
    both(
      `${when('tcp', 'connect')}/@service`,
      word,
      'whether the target reaches it is not tried: it would be connected to',
    ),
    both(`${when('udp', 'bind')}/@host`, compared('tried'), 'an address of the host'),
    both(`${when('udp', 'bind')}/@service`, compared('tried'), 'a port of the host that must be free'),
    both(`${base}/protocol/**`, travels, 'how it is spoken'),
    both(`${base}/log`, harmless, 'holds the others'),
    both(`${base}/log/@file`, compared('directory'), 'a log is written there; what it holds stays'),
    both(`${base}/log/@append`, travels, 'how it is written'),
    both(`${base}/target/**`, travels, 'what the guest sees'),
  ];
}

const devices = ['serial', 'parallel', 'console', 'channel', 'redirdev', 'smartcard'];

/** Serial and other ports, channels, redirected devices, smartcards, and sources of random numbers. */
export const characterDeviceRows: readonly ElementRow[] = [
  ...devices.flatMap((name) => [
    both(`devices/${name}`, harmless, 'holds the others'),
    ...characterDevice(`devices/${name}`),
  ]),
  both('devices/redirdev/@bus', travels, 'what the guest sees'),
  both('devices/redirdev/boot/**', travels, 'order of devices'),
  both('devices/redirfilter/**', travels, 'what may be redirected'),
  both('devices/smartcard/@mode', word, 'a reader or certificates of the host'),
  both('devices/smartcard/@mode=passthrough', travels, 'what it leads to is judged by its type'),
  both('devices/smartcard/certificate', word, 'certificates of the host'),
  both('devices/smartcard/database', word, 'certificates of the host'),
  both('devices/rng', harmless, 'holds the others'),
  both('devices/rng/@model', travels, 'what the guest sees'),
  both('devices/rng/rate/**', travels, 'limits'),
  both('devices/rng/driver/**', travels, 'how QEMU serves it'),
  both('devices/rng/backend', travels, 'goes with its kind'),
  both('devices/rng/backend[model=random]', compared('tried'), 'a device of the host'),
  both('devices/rng/backend[model=random]=/dev/urandom|/dev/random|', harmless, 'where each host has it'),
  both('devices/rng/backend/@model', travels, 'its kind'),
  ...characterDevice('devices/rng/backend'),
];
