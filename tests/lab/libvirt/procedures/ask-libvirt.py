"""Answers questions about a libvirt daemon through Debian's python3-libvirt.

Argument 1 is a URI, argument 2 a JSON object of names and the expressions they stand for, looked up anew at each use.
Each line of input is JSON, {"ask": EXPRESSION} or {"keep": NAME, "ask": EXPRESSION}; each line of output the answer:
{"value": ...} with integers as text and bytes as hexadecimal digits, {"refused": libvirt's error number},
{"missing": true} where this release of the binding does not have the call, or {"broken": what Python says}.
"""

import json
import sys

import libvirt
import libvirt_qemu

errors = []
# Without a handler every refusal is printed as well.
libvirt.registerErrorHandler(lambda _, error: errors.append(error[0]), None)


class Names(dict):
    def __init__(self, expressions):
        super().__init__()
        self.expressions = expressions

    def __missing__(self, name):
        if name not in self.expressions:
            raise KeyError(name)
        return eval(self.expressions[name], everywhere, self)


def snapshot(value):
    return {"name": value.getName(), "dom": plain(value.getDomain())}


def with_uuid(value):
    return {"name": value.name(), "uuid": value.UUIDString()}


FORMS = {
    libvirt.virDomain: lambda v: {**with_uuid(v), "id": str(v.ID())},
    libvirt.virNetwork: with_uuid,
    libvirt.virStoragePool: with_uuid,
    libvirt.virNWFilter: with_uuid,
    libvirt.virStorageVol: lambda v: {
        "pool": v.storagePoolLookupByVolume().name(),
        "name": v.name(),
        "key": v.key(),
    },
    libvirt.virNetworkPort: lambda v: {"net": with_uuid(v.network()), "uuid": v.UUIDString()},
    libvirt.virNWFilterBinding: lambda v: {"portdev": v.portDev(), "filtername": v.filterName()},
    libvirt.virInterface: lambda v: {"name": v.name(), "mac": v.MACString()},
    libvirt.virNodeDevice: lambda v: {"name": v.name()},
    libvirt.virSecret: lambda v: {
        "uuid": v.UUIDString(),
        "usageType": str(v.usageType()),
        "usageId": v.usageID(),
    },
    libvirt.virDomainSnapshot: snapshot,
    libvirt.virDomainCheckpoint: snapshot,
}


def plain(value):
    """The form in which answers are compared."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, (bool, int)):
        return str(int(value))
    if isinstance(value, float):
        return str(int(value)) if value == int(value) else repr(value)
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, (list, tuple, set)):
        return [plain(one) for one in value]
    if isinstance(value, dict):
        return {str(key): plain(one) for key, one in value.items()}
    return FORMS[type(value)](value)


def answer(question):
    try:
        errors.clear()
        value = eval(question["ask"], everywhere, names)
        # A few calls of the binding give None where libvirt refuses.
        if value is None and errors:
            return {"refused": errors[-1]}
        if "keep" in question:
            names[question["keep"]] = value
            return {"value": None}
        return {"value": plain(value)}
    except libvirt.libvirtError as error:
        return {"refused": error.get_error_code()}
    except AttributeError as error:
        # Only what a class of the binding, or the binding, does not have: not a slip in the question.
        lacking = isinstance(error.obj, tuple(FORMS)) or error.obj in (conn, libvirt)
        return {"missing": True} if lacking else {"broken": repr(error)}
    except Exception as error:
        return {"broken": repr(error)}


conn = libvirt.open(sys.argv[1])
everywhere = {"libvirt": libvirt, "libvirt_qemu": libvirt_qemu, "conn": conn, "json": json}
names = Names(json.loads(sys.argv[2]))
for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
