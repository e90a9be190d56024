import { Terminal } from './xterm.mjs';

const terminal = new Terminal({ rows: 40, cols: 120 });
const state = document.getElementById('state');
const address = new URL(`stream${location.search}`, location.href);
address.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
const socket = new WebSocket(address);
const text = new TextEncoder();

socket.binaryType = 'arraybuffer';
terminal.open(document.getElementById('console'));
terminal.onData((typed) => {
  if (socket.readyState === WebSocket.OPEN) socket.send(text.encode(typed));
});
socket.addEventListener('open', () => {
  state.textContent = 'connected';
  terminal.focus();
});
socket.addEventListener('message', ({ data }) => terminal.write(new Uint8Array(data)));
socket.addEventListener('close', ({ reason }) => {
  state.textContent = `closed: ${reason || 'the token has ended, or somebody else has the console open: ask for a new one'}`;
});
