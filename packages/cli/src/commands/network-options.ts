import { InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { nothingGiven } from './client-command.ts';

type Names = Readonly<Record<string, string>>;

/** `--map-network`: what the guest is plugged into at the source, by the target's name of it. */
export function mapNetworkOption(): Option<'--map-network <old=new>', undefined, Names, Names> {
  return new Option(
    '--map-network <old=new>',
    'a network, bridge or device that the target names otherwise; may be given again',
  )
    .argParser((text: string, before: Names): Names => {
      const match = /^([^=]+)=([^=]+)$/.exec(text);
      const [, from, to] = match ?? [];
      if (from === undefined || to === undefined)
        throw new InvalidArgumentError('OLD=NEW is wanted, for example br-lan=br0.');
      return { ...before, [from]: to };
    })
    .default({}, nothingGiven);
}

/** `--define-networks`: whether a network that the target lacks is defined there. */
export function defineNetworksOption(): Option<'--define-networks'> {
  return new Option(
    '--define-networks',
    'define networks of libvirt that the target lacks as they are at the source',
  );
}

/** `--probe`: where the guest is asked from outside. */
export function probeOption(): Option<'--probe <address>'> {
  return new Option(
    '--probe <address>',
    'ask the guest from here while it moves, and tell how long no answer came: ADDRESS (ping), tcp:HOST:PORT or udp:HOST:PORT',
  );
}
