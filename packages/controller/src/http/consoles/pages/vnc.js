import RFB from './novnc/core/rfb.js';

const state = document.getElementById('state');
const keys = document.getElementById('keys');
const address = new URL(`stream${location.search}`, location.href);
address.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
// When the guest moves, its screen ends here and begins at its new host: the token is good for both.
const againMs = 2000;
const mostFailures = 15;
let failures = 0;
let screen = null;

function connect() {
  screen = new RFB(document.getElementById('screen'), address.href);
  screen.scaleViewport = true;
  screen.addEventListener('connect', () => {
    failures = 0;
    state.textContent = 'connected';
  });
  screen.addEventListener('credentialsrequired', () => {
    screen.sendCredentials({ password: prompt('Password of the screen') ?? '' });
  });
  screen.addEventListener('disconnect', () => {
    failures += 1;
    const again = failures < mostFailures;
    state.textContent = again ? 'connecting again' : 'closed: the token has ended, or the guest does not run';
    if (again) setTimeout(connect, againMs);
  });
}

keys.addEventListener('click', () => screen?.sendCtrlAltDel());
connect();
