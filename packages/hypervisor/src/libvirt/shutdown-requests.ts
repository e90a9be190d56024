import { type DomainRef, ShutdownFlag } from '@ferry/libvirt';
import type { Call } from '../contract/call.ts';
import { HypervisorError } from '../contract/errors.ts';
import { isAgentConnected } from '../xml/console-ports.ts';
import type { HostConnection } from './host-connection.ts';
import { parse } from './libvirt-facts.ts';

/** What of a host's connection is used. */
type RequestContext = Pick<HostConnection, 'call' | 'uri'>;

/**
 * Requests to one guest to power off. By its agent where one is connected, else by the power button. libvirt answers the
 * agent's request when the guest is off: it is not waited for, and while it goes on the button is pressed.
 */
export class ShutdownRequests {
  readonly #connection: RequestContext;
  readonly #dom: DomainRef;
  readonly #call: Call;
  #pressed = false;
  #agentAsked = false;
  #over = false;

  constructor(connection: RequestContext, dom: DomainRef, call: Call) {
    this.#connection = connection;
    this.#dom = dom;
    this.#call = call;
  }

  /** Once more. Throws where libvirt refuses the first one; later ones may come when the guest has just ended. */
  async ask(): Promise<void> {
    if (!this.#agentAsked && (await this.#hasAgent())) {
      this.#agentAsked = true;
      void this.#send(ShutdownFlag.guestAgent)
        .catch(() => (this.#over ? undefined : this.#press()))
        // What that throws the next request meets too, and the look at the guest's state.
        .catch(() => undefined)
        .finally(() => {
          this.#agentAsked = false;
        });
      return;
    }
    await this.#press();
  }

  /** Nothing is asked any more: what runs there next is another life of the guest, a reboot's for one. */
  end(): void {
    this.#over = true;
  }

  async #press(): Promise<void> {
    const again = this.#pressed;
    this.#pressed = true;
    try {
      await this.#send(ShutdownFlag.acpiPowerBtn);
    } catch (error) {
      if (!(again && isRefused(error))) throw error;
    }
  }

  async #hasAgent(): Promise<boolean> {
    try {
      const args = { dom: this.#dom, flags: 0 };
      const { xml } = await this.#connection.call('domainGetXmlDesc', args, this.#call);
      return parse(this.#connection, () => isAgentConnected(xml));
    } catch (error) {
      // A transient domain that has just ended.
      if (error instanceof HypervisorError && error.code === 'no-domain') return false;
      throw error;
    }
  }

  async #send(flags: number): Promise<void> {
    await this.#connection.call('domainShutdownFlags', { dom: this.#dom, flags }, this.#call);
  }
}

function isRefused(error: unknown): boolean {
  return error instanceof HypervisorError && ['refused', 'wrong-state', 'no-domain'].includes(error.code);
}
