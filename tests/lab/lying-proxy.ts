import { existsSync, readFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';

/**
 * A libvirtd that lies: stands before a real one and says something else where it is asked for the XML of a domain. Run in
 * the network namespace of the controller: `node lying-proxy.ts HOST PORT OWN-PORT FILE`; what it says is in FILE, and
 * without that file it says the truth. Frames: RFC 4506 and libvirt's src/rpc/virnetprotocol.x.
 */
const [host = '', port = '', ownPort = '', lieFile = ''] = process.argv.slice(2);
const [getXmlDesc, reply, ok] = [14, 1, 0];

createServer((client) => {
  const server = connect(Number(port), host);
  const end = (): void => {
    client.destroy();
    server.destroy();
  };
  for (const socket of [client, server]) socket.on('error', end).on('close', end);
  client.pipe(server);
  let held = Buffer.alloc(0);
  server.on('data', (piece: Buffer) => {
    held = Buffer.concat([held, piece]);
    while (held.length >= 4 && held.length >= held.readUInt32BE(0)) {
      const length = held.readUInt32BE(0);
      pass(client, held.subarray(0, length));
      held = held.subarray(length);
    }
  });
}).listen(Number(ownPort), '127.0.0.1', () => process.stdout.write('listening\n'));

function pass(client: Socket, frame: Buffer): void {
  const isXml =
    frame.readUInt32BE(12) === getXmlDesc &&
    frame.readUInt32BE(16) === reply &&
    frame.readUInt32BE(24) === ok;
  if (!isXml || !existsSync(lieFile)) {
    client.write(frame);
    return;
  }
  const lie = readFileSync(lieFile);
  const padded = Buffer.alloc(28 + 4 + Math.ceil(lie.length / 4) * 4);
  frame.copy(padded, 0, 0, 28);
  padded.writeUInt32BE(padded.length, 0);
  padded.writeUInt32BE(lie.length, 28);
  lie.copy(padded, 32);
  client.write(padded);
}
