"""Fills Nova's databases with running instances: `fill-nova.py CONFIG INSTANCES HOSTS`. Prints the id of one.

The first is made by Nova's own objects; the rows of the others are copies of its rows.
"""

import sys
import uuid

import nova.conf
import sqlalchemy
from nova import config, context, objects
from nova.compute import power_state
from nova.network import model as network

PROJECT = "bench"
AT_ONCE = 500
# The tables with rows of an instance, and the column with its id.
CELL_TABLES = {
    "instances": "uuid",
    "instance_extra": "instance_uuid",
    "instance_info_caches": "instance_uuid",
    "instance_metadata": "instance_uuid",
    "instance_system_metadata": "instance_uuid",
    "tags": "resource_id",
}
API_TABLES = {"instance_mappings": "instance_uuid"}


def make_services(admin, hosts):
    for number in range(hosts):
        name = f"compute{number}"
        objects.Service(admin, host=name, binary="nova-compute", topic="compute").create()


def make_instance(admin, cell):
    """A running instance as Nova's compute service leaves it, without ports and volumes, and its place in the cell."""
    flavor = objects.Flavor(
        admin,
        flavorid="1",
        name="m1.small",
        memory_mb=1024,
        vcpus=1,
        root_gb=10,
        ephemeral_gb=0,
        swap=0,
        rxtx_factor=1.0,
        vcpu_weight=0,
        disabled=False,
        is_public=True,
        extra_specs={},
    )
    flavor.create()
    instance = objects.Instance(
        admin,
        uuid=str(uuid.uuid4()),
        project_id=PROJECT,
        user_id="admin",
        display_name="web0",
        hostname="web0",
        host="compute0",
        node="compute0",
        vm_state="active",
        power_state=power_state.RUNNING,
        task_state=None,
        memory_mb=flavor.memory_mb,
        vcpus=flavor.vcpus,
        root_gb=flavor.root_gb,
        ephemeral_gb=flavor.ephemeral_gb,
        flavor=flavor,
        old_flavor=None,
        new_flavor=None,
        instance_type_id=flavor.id,
        image_ref="",
        config_drive="",
        locked=False,
        metadata={"role": "web", "number": "0"},
        system_metadata={"image_min_ram": "0"},
        info_cache=objects.InstanceInfoCache(network_info=network.NetworkInfo()),
    )
    instance.create()
    objects.TagList.create(admin, instance.uuid, ["bench"])
    objects.InstanceMapping(
        admin,
        instance_uuid=instance.uuid,
        cell_mapping=cell,
        project_id=PROJECT,
        user_id="admin",
        queued_for_delete=False,
    ).create()
    return instance.uuid


def copy_rows(url, tables, first, ids, hosts):
    engine = sqlalchemy.create_engine(url)
    known = sqlalchemy.MetaData()
    known.reflect(engine, only=list(tables))
    with engine.begin() as connection:
        for name, column in tables.items():
            table = known.tables[name]
            rows = [
                {key: value for key, value in row._mapping.items() if key != "id"}
                for row in connection.execute(table.select().where(table.c[column] == first))
            ]
            copies = [
                {**row, **own(name, column, one, number, hosts)}
                for number, one in enumerate(ids, 1)
                for row in rows
            ]
            for start in range(0, len(copies), AT_ONCE):
                connection.execute(table.insert(), copies[start : start + AT_ONCE])


def own(table, column, one, number, hosts):
    """What sets a row of the instance of that number apart from the first one's."""
    if table != "instances":
        return {column: one}
    name = f"web{number}"
    host = f"compute{number % hosts}"
    return {column: one, "display_name": name, "hostname": name, "host": host, "node": host}


def main():
    file, instances, hosts = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    config.parse_args(["fill-nova", "--config-file", file])
    objects.register_all()
    admin = context.get_admin_context()
    cells = objects.CellMappingList.get_all(admin)
    cell = next(one for one in cells if not one.is_cell0())
    with context.target_cell(admin, cell) as inside:
        make_services(inside, hosts)
        first = make_instance(inside, cell)
    ids = [str(uuid.uuid4()) for _ in range(instances - 1)]
    copy_rows(nova.conf.CONF.database.connection, CELL_TABLES, first, ids, hosts)
    copy_rows(nova.conf.CONF.api_database.connection, API_TABLES, first, ids, hosts)
    print(first)


main()
