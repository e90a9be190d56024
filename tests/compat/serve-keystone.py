"""Serves Debian's Keystone on a port of loopback that the system chooses, and prints it. The configuration is what OS_KEYSTONE_CONFIG_FILES names."""

import logging

from keystone.server.wsgi import initialize_public_application
from werkzeug.serving import make_server

server = make_server("127.0.0.1", 0, initialize_public_application(), threaded=True)
logging.getLogger("werkzeug").setLevel(logging.ERROR)
print(server.server_port, flush=True)
server.serve_forever()
