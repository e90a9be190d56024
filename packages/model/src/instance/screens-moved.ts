import type { DomainDescriptions, DomainElement } from '../domain-elements/domain-element.ts';
import type { Host } from '../host/host.ts';

/** What screens of a guest listen on here, and there. */
export interface ScreenMove {
  readonly from: string;
  readonly to: string;
}

/** Where screens listen when nobody has said another address: only their host gets there. */
export const defaultScreenAddress = '127.0.0.1';

/**
 * A screen that listens on the address which an admin named for its host listens, on another, on that one's; where none is
 * named, on loopback. One that listens elsewhere stays as it is: no move exposes what was not exposed. Null: nothing changes.
 */
export function screenMove(
  source: Pick<Host, 'screenAddress'>,
  target: Pick<Host, 'screenAddress'>,
): ScreenMove | null {
  const from = source.screenAddress;
  const to = target.screenAddress ?? defaultScreenAddress;
  return from === null || from === to ? null : { from, to };
}

/** Descriptions of a domain as they are to be on the target, as far as its screens go. */
export function withScreensMoved(
  { live, next }: DomainDescriptions,
  move: ScreenMove | null,
): DomainDescriptions {
  if (move === null) return { live, next };
  const moved = (domain: DomainElement | null): DomainElement | null =>
    domain === null
      ? null
      : replaced(domain, 'devices', (devices) =>
          replaced(devices, 'graphics', (screen) =>
            replaced(listening(screen, 'listen', move), 'listen', (listen) =>
              listening(listen, 'address', move),
            ),
          ),
        );
  return { live: moved(live), next: moved(next) };
}

function replaced(
  element: DomainElement,
  name: string,
  change: (child: DomainElement) => DomainElement,
): DomainElement {
  return { ...element, children: element.children.map((one) => (one.name === name ? change(one) : one)) };
}

function listening(element: DomainElement, attribute: string, { from, to }: ScreenMove): DomainElement {
  const attributes = element.attributes.map(
    ([name, value]) => [name, name === attribute && value === from ? to : value] as const,
  );
  return { ...element, attributes };
}
