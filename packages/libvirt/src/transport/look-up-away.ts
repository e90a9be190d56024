import { lookup as systemLookup, type LookupAddress, type LookupOptions } from 'node:dns';
import { leadsBack } from './plain-uri.ts';

type Found = (
  error: NodeJS.ErrnoException | null,
  address: string | LookupAddress[],
  family?: number,
) => void;
type LookupAll = (
  name: string,
  options: LookupOptions & { all: true },
  found: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/**
 * Looks up a name as `net.connect` has it done, and leaves out addresses that lead back to this machine: whoever names a
 * host, or answers for its name, must not have this machine talk to itself. What is found is what is dialled.
 */
export function lookUpAway(lookup: LookupAll = systemLookup) {
  return (name: string, options: LookupOptions, found: Found): void => {
    lookup(name, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return found(error, []);
      const [first, ...more] = addresses.filter(({ address }) => !leadsBack(address));
      if (first === undefined) {
        const told = addresses.map(({ address }) => address).join(', ');
        const message = `${name} is ${told}, the loopback of this machine, and not another one: see DNS and /etc/hosts, or give its address`;
        return found(new Error(message), []);
      }
      if (options.all === true) return found(null, [first, ...more]);
      return found(null, first.address, first.family);
    });
  };
}
