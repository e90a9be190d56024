/**
 * Runs inside the controller's namespace and speaks UDP with the guests for a lab outside of it: JSON lines in on
 * stdin, JSON lines out on stdout. Ends with its stdin.
 */
import { createSocket } from 'node:dgram';
import { createInterface } from 'node:readline';
import { Probe, type ProbeReport } from './udp-probe.ts';

/** What the relay is asked. */
export type RelayRequest =
  | {
      readonly id: number;
      readonly kind: 'ask';
      readonly address: string;
      readonly text: string;
      readonly timeoutMs: number;
    }
  | {
      readonly id: number;
      readonly kind: 'probe-start';
      readonly address: string;
      readonly intervalMs: number;
      readonly from?: string | undefined;
    }
  | { readonly id: number; readonly kind: 'probe-stop'; readonly probe: number };

const port = 7000;
const probes = new Map<number, Probe>();

createInterface({ input: process.stdin }).on('line', (line) => {
  const request = JSON.parse(line) as RelayRequest;
  void answer(request).then((value) =>
    process.stdout.write(`${JSON.stringify({ id: request.id, value })}\n`),
  );
});

async function answer(request: RelayRequest): Promise<unknown> {
  switch (request.kind) {
    case 'ask':
      return ask(request.address, request.text, request.timeoutMs);
    case 'probe-start':
      probes.set(request.id, new Probe(request.address, port, request.intervalMs, request.from));
      return request.id;
    case 'probe-stop':
    default:
      return stop(request.probe);
  }
}

async function stop(id: number): Promise<ProbeReport | null> {
  const probe = probes.get(id);
  probes.delete(id);
  return (await probe?.stop()) ?? null;
}

function ask(address: string, text: string, timeoutMs: number): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    const finish = (value: string | null): void => {
      clearTimeout(timer);
      socket.close();
      resolve(value);
    };
    const timer = setTimeout(finish, timeoutMs, null);
    socket.once('message', (message) => finish(message.toString('utf8')));
    // Nobody there is an answer too: null.
    socket.once('error', () => finish(null));
    socket.send(text, port, address, (error) => {
      if (error) finish(null);
    });
  });
}
