import type { Call } from '@ferry/hypervisor';
import {
  type CheckInput,
  type DomainDescriptions,
  type DomainFacts,
  mappedPath,
  type MoveRequest,
  screenMove,
  storageSettings,
} from '@ferry/model';
import { askHost } from '../ask-host.ts';
import { answersTo, describeElements } from './inspect-elements.ts';
import type { LookedAtHost } from '../look-at-host.ts';
import type { Services } from '../../engine/services.ts';

/** What a domain names beside its disks, and what the target has of it: comparing files can take long, and goes on beside the rest. */
export interface ElementsSeen {
  readonly descriptions: DomainDescriptions;
  /** Null: it could not be compared. Never rejects. */
  readonly compared: Promise<CheckInput['elements']>;
}

/** The hosts of a move, and its guest as it is now. */
export interface ElementsAsked {
  readonly request: MoveRequest;
  readonly source: LookedAtHost;
  /** Null: the guest has nowhere else to go. */
  readonly target: LookedAtHost | null;
  readonly domain: DomainFacts | null;
}

/** Reads what a guest names, and begins to hold it against the target. Null where the source does not tell. */
export async function lookAtElements(
  services: Services,
  { request, source, target, domain }: ElementsAsked,
  call: Call,
): Promise<ElementsSeen | null> {
  if (source.answers === null || domain === null) return null;
  const paths = storageSettings(request, target?.host ?? null).paths;
  const look = {
    source: { hostId: source.host.id, host: source.answers },
    target:
      target === null || target.answers === null ? null : { hostId: target.host.id, host: target.answers },
    domain,
    kind: request.kind,
    screens: target === null ? null : screenMove(source.host, target.host),
    targetPath: (path: string) => mappedPath(path, paths) ?? path,
  };
  const { value: descriptions } = await askHost(services, describeElements(look, call));
  if (descriptions === null) return null;
  const compared = askHost(services, answersTo(services, look, descriptions, call));
  return {
    descriptions,
    compared: compared.then(({ value }) => (value === null ? null : { descriptions, answers: value })),
  };
}
