"""Runs many commands of the openstack client in one process, each of which signs in anew.

It is the head of a program: `run_all(commands)`, each a list of words, prints a line of JSON, of each command its exit
code and what it printed.
"""

import contextlib
import io
import json

import openstackclient.shell


def run(words):
    """One command, as /usr/bin/openstack runs it."""
    streams = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(streams[0]), contextlib.redirect_stderr(streams[1]):
        try:
            shell = openstackclient.shell.OpenStackShell()
            shell.stdout, shell.stderr = streams
            code = shell.run(words)
        except SystemExit as end:
            code = end.code
    return {"code": code or 0, "stdout": streams[0].getvalue(), "stderr": streams[1].getvalue()}


def run_all(commands):
    print(json.dumps([run(words) for words in commands]))


