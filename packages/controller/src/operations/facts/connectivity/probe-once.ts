import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import type { ProbeAddress } from '@ferry/model';

/** Asks an address once. True when anything answers in time; also a refused connection is an answer of the guest. */
export function probeOnce(address: ProbeAddress, timeoutMs: number): Promise<boolean> {
  switch (address.protocol) {
    case 'tcp':
      return probeTcp(address, timeoutMs);
    case 'udp':
      return probeUdp(address, timeoutMs);
    case 'icmp':
      return probeIcmp(address, timeoutMs);
  }
}

function probeTcp({ host, port }: ProbeAddress, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port: port ?? 0 });
    const end = (answered: boolean): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answered);
    };
    const timer = setTimeout(end, timeoutMs, false);
    socket.once('connect', () => end(true));
    socket.once('error', (error: NodeJS.ErrnoException) => end(error.code === 'ECONNREFUSED'));
  });
}

/** What the guest answers to is its own affair: an empty line is as good as anything for an echo. */
function probeUdp({ host, port }: ProbeAddress, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
    const end = (answered: boolean): void => {
      clearTimeout(timer);
      socket.close();
      resolve(answered);
    };
    const timer = setTimeout(end, timeoutMs, false);
    socket.once('message', () => end(true));
    socket.once('error', () => end(false));
    socket.send('\n', port ?? 0, host, (error) => {
      if (error) end(false);
    });
  });
}

/** The system's own `ping` may do what a plain process may not; its exit code tells. */
function probeIcmp({ host }: ProbeAddress, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const seconds = String(Math.max(1, Math.ceil(timeoutMs / 1000)));
    const child = spawn('ping', ['-n', '-q', '-c', '1', '-W', seconds, '--', host], { stdio: 'ignore' });
    child.once('error', () => resolve(false));
    child.once('exit', (code) => resolve(code === 0));
  });
}
