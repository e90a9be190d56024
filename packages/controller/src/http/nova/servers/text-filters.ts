import { reservationOf } from '@ferry/model';
import { RE2JS } from 're2js';
import type { ServerRecord } from '../../../store/instances/server-record.ts';
import { NovaFault } from '../nova-fault.ts';
import { type Query, valuesOf } from '../paging.ts';
import { adoptedFlavor } from './flavor-view.ts';
import { addressesOf } from './server-addresses.ts';

type Test = (server: ServerRecord) => boolean;

/** Characters of a pattern. */
const maxPatternLength = 255;
/**
 * Instructions of a pattern times characters that they look at, on all servers together: everybody else waits meanwhile.
 * 20,000 to 100,000 of them took a millisecond (RE2JS 2, Node 24). Not counted in time, which a busy machine has less of.
 */
const maxMatchingSteps = 8_000_000;

/** Words whose values are patterns, and what they are looked for in. */
const patterns: Readonly<Record<string, (server: ServerRecord) => readonly string[]>> = {
  name: ({ instance }) => [instance.name],
  ip: (server) => addressesOf(server).flatMap(({ version, address }) => (version === 4 ? [address] : [])),
  ip6: (server) => addressesOf(server).flatMap(({ version, address }) => (version === 6 ? [address] : [])),
};

/** Words whose values must be equal to what a server has. */
const equals: Readonly<Record<string, (server: ServerRecord) => string>> = {
  display_name: ({ instance }) => instance.name,
  description: ({ profile }) => profile.description ?? '',
  display_description: ({ profile }) => profile.description ?? '',
  flavor: ({ profile }) => profile.flavor?.id ?? adoptedFlavor,
  hostname: ({ profile, instance }) => profile.hostname ?? instance.name,
  key_name: ({ profile }) => profile.keyName ?? '',
  availability_zone: ({ host }) => host.zone,
  config_drive: ({ profile }) => (profile.configDrive ? 'True' : ''),
  locked_by: ({ profile }) => profile.lockedBy ?? '',
  root_device_name: ({ devices }) => devices?.rootDevice ?? '',
  launch_index: () => '0',
  reservation_id: ({ profile }) => reservationOf(profile),
  access_ip_v4: ({ profile }) => profile.accessIpv4 ?? '',
  access_ip_v6: ({ profile }) => profile.accessIpv6 ?? '',
  kernel_id: () => '',
  ramdisk_id: () => '',
};

/** The filters of a query that look at texts of a server. A pattern is one of regular expressions. */
export function textFilters(query: Query): Test[] {
  const byPattern = Object.entries(patterns).flatMap(([name, textsOf]): Test[] => {
    const [text] = valuesOf(query, name);
    if (text === undefined || text === '') return [];
    const pattern = patternOf(name, text);
    return [(server) => textsOf(server).some((one) => pattern.test(one))];
  });
  const byValue = Object.entries(equals).flatMap(([name, textOf]): Test[] => {
    const values = valuesOf(query, name);
    return values.length === 0 ? [] : [(server) => values.includes(textOf(server))];
  });
  return [...byPattern, ...byValue];
}

/**
 * A pattern in the syntax of RE2, whose time grows with the text and never with its powers: no lookaround, no references
 * back. A large one on thousands of servers takes long all the same, hence the budget.
 */
function patternOf(name: string, text: string): { test(one: string): boolean } {
  const refused = (why: string): NovaFault =>
    new NovaFault(400, `Invalid input for query parameters ${name}. Value: ${text}. ${why}`);
  if (text.length > maxPatternLength) throw refused(`It has more than ${maxPatternLength} characters.`);
  const pattern = compiled(text, refused);
  const size = pattern.programSize();
  let steps = 0;
  return {
    test: (one) => {
      steps += size * (one.length + 1);
      if (steps > maxMatchingSteps)
        throw refused(
          `It takes too long to match: its ${size} instructions on so many names are more than ${maxMatchingSteps} steps. A simpler pattern is needed.`,
        );
      return pattern.matcher(one).find();
    },
  };
}

function compiled(text: string, refused: (why: string) => NovaFault): RE2JS {
  try {
    return RE2JS.compile(text, RE2JS.CASE_INSENSITIVE);
  } catch (error) {
    throw refused(error instanceof Error ? error.message : String(error));
  }
}
