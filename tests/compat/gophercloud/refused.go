package main

import (
	"os"

	"github.com/gophercloud/gophercloud/openstack/blockstorage/extensions/backups"
	"github.com/gophercloud/gophercloud/openstack/blockstorage/v3/snapshots"
	"github.com/gophercloud/gophercloud/openstack/blockstorage/v3/volumes"
	"github.com/gophercloud/gophercloud/openstack/compute/v2/extensions/attachinterfaces"
	"github.com/gophercloud/gophercloud/openstack/compute/v2/extensions/bootfromvolume"
	"github.com/gophercloud/gophercloud/openstack/compute/v2/servers"
	"github.com/gophercloud/gophercloud/openstack/identity/v3/groups"
	"github.com/gophercloud/gophercloud/openstack/networking/v2/extensions/layer3/floatingips"
	"github.com/gophercloud/gophercloud/openstack/networking/v2/extensions/layer3/routers"
	secgroups "github.com/gophercloud/gophercloud/openstack/networking/v2/extensions/security/groups"
	"github.com/gophercloud/gophercloud/openstack/networking/v2/networks"
	"github.com/gophercloud/gophercloud/openstack/networking/v2/ports"
	"github.com/gophercloud/gophercloud/openstack/networking/v2/subnets"
)

// What resources ask for that Ferry does not have: each is refused, and the page of differences says why.
var refusals = []struct {
	name string
	ask  func(Clients) error
}{
	{"openstack_compute_interface_attach_v2", func(c Clients) error {
		_, err := attachinterfaces.Create(c.compute, anyServer(c), attachinterfaces.CreateOpts{NetworkID: "n"}).Extract()
		return err
	}},
	{"openstack_compute_instance_v2 (block_device)", func(c Clients) error {
		_, err := bootfromvolume.Create(c.compute, bootfromvolume.CreateOptsExt{
			CreateOptsBuilder: servers.CreateOpts{Name: "tf", FlavorRef: flavorNamed(c, "m1").ID},
			BlockDevice: []bootfromvolume.BlockDevice{{
				SourceType: bootfromvolume.SourceImage, UUID: os.Getenv("FERRY_IMAGE"),
				DestinationType: bootfromvolume.DestinationVolume, VolumeSize: 1,
			}},
		}).Extract()
		return err
	}},
	{"openstack_blockstorage_volume_v3 (image_id)", func(c Clients) error {
		_, err := volumes.Create(c.volume, volumes.CreateOpts{Size: 1, ImageID: os.Getenv("FERRY_IMAGE")}).Extract()
		return err
	}},
	{"snapshot of a volume", func(c Clients) error {
		id := newVolume(c, "tf-snapshot")
		defer deleteVolume(c, id)
		_, err := snapshots.Create(c.volume, snapshots.CreateOpts{VolumeID: id}).Extract()
		return err
	}},
	{"backup of a volume", func(c Clients) error {
		id := newVolume(c, "tf-backup")
		defer deleteVolume(c, id)
		_, err := backups.Create(c.volume, backups.CreateOpts{VolumeID: id}).Extract()
		return err
	}},
	{"openstack_identity_group_v3", func(c Clients) error {
		_, err := groups.Create(c.identity, groups.CreateOpts{Name: "tf"}).Extract()
		return err
	}},
	{"openstack_networking_network_v2", func(c Clients) error {
		_, err := networks.Create(c.network, networks.CreateOpts{Name: "tf"}).Extract()
		return err
	}},
	{"openstack_networking_subnet_v2", func(c Clients) error {
		_, err := subnets.Create(c.network, subnets.CreateOpts{NetworkID: "n", CIDR: "10.0.0.0/24", IPVersion: 4}).Extract()
		return err
	}},
	{"openstack_networking_port_v2", func(c Clients) error {
		_, err := ports.Create(c.network, ports.CreateOpts{NetworkID: "n"}).Extract()
		return err
	}},
	{"openstack_networking_router_v2", func(c Clients) error {
		_, err := routers.Create(c.network, routers.CreateOpts{Name: "tf"}).Extract()
		return err
	}},
	{"openstack_networking_floatingip_v2", func(c Clients) error {
		_, err := floatingips.Create(c.network, floatingips.CreateOpts{FloatingNetworkID: "n"}).Extract()
		return err
	}},
	{"openstack_networking_secgroup_v2", func(c Clients) error {
		_, err := secgroups.Create(c.network, secgroups.CreateOpts{Name: "tf"}).Extract()
		return err
	}},
}

func anyServer(c Clients) string {
	pages, err := servers.List(c.compute, servers.ListOpts{Limit: 1}).AllPages()
	must("list servers", err)
	all, err := servers.ExtractServers(pages)
	must("read servers", err)
	equal("whether there is a server", len(all) > 0, true)
	return all[0].ID
}
