package main

import (
	"os"

	"github.com/gophercloud/gophercloud"
	"github.com/gophercloud/gophercloud/openstack/compute/v2/extensions/aggregates"
	"github.com/gophercloud/gophercloud/openstack/compute/v2/extensions/availabilityzones"
	"github.com/gophercloud/gophercloud/openstack/compute/v2/extensions/keypairs"
	"github.com/gophercloud/gophercloud/openstack/compute/v2/extensions/quotasets"
	"github.com/gophercloud/gophercloud/openstack/compute/v2/extensions/schedulerhints"
	"github.com/gophercloud/gophercloud/openstack/compute/v2/extensions/servergroups"
	"github.com/gophercloud/gophercloud/openstack/compute/v2/extensions/startstop"
	"github.com/gophercloud/gophercloud/openstack/compute/v2/extensions/tags"
	"github.com/gophercloud/gophercloud/openstack/compute/v2/extensions/volumeattach"
	"github.com/gophercloud/gophercloud/openstack/compute/v2/flavors"
	"github.com/gophercloud/gophercloud/openstack/compute/v2/servers"
	"github.com/gophercloud/gophercloud/openstack/networking/v2/networks"
)

const publicKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ7hN0nXbM0hQq0oE1J6u0hJrVh5sQyB1w3Jk0m2c9aX terraform"

// Speaks is a client of a microversion, which the provider sets for what needs one.
func speaks(client *gophercloud.ServiceClient, version string) *gophercloud.ServiceClient {
	one := *client
	one.Microversion = version
	return &one
}

func flavorNamed(c Clients, name string) flavors.Flavor {
	pages, err := flavors.ListDetail(c.compute, flavors.ListOpts{AccessType: flavors.PublicAccess}).AllPages()
	must("list flavors", err)
	all, err := flavors.ExtractFlavors(pages)
	must("read flavors", err)
	for _, one := range all {
		if one.Name == name {
			return one
		}
	}
	equal("flavors named "+name, 0, 1)
	return flavors.Flavor{}
}

func flavorResource(c Clients) {
	disk := 1
	made, err := flavors.Create(c.compute, flavors.CreateOpts{Name: "tf", RAM: 64, VCPUs: 1, Disk: &disk}).Extract()
	must("create", err)
	_, err = flavors.CreateExtraSpecs(c.compute, made.ID, flavors.ExtraSpecsOpts{"hw:cpu_policy": "shared"}).Extract()
	must("create extra specs", err)
	_, err = flavors.UpdateExtraSpec(c.compute, made.ID, flavors.ExtraSpecsOpts{"hw:cpu_policy": "mixed"}).Extract()
	must("update extra spec", err)
	specs, err := flavors.ListExtraSpecs(c.compute, made.ID).Extract()
	must("list extra specs", err)
	equal("extra specs", specs, map[string]string{"hw:cpu_policy": "mixed"})
	must("delete extra spec", flavors.DeleteExtraSpec(c.compute, made.ID, "hw:cpu_policy").ExtractErr())
	read, err := flavors.Get(c.compute, made.ID).Extract()
	must("read", err)
	equal("memory", read.RAM, 64)
	must("delete", flavors.Delete(c.compute, made.ID).ExtractErr())
	_, err = flavors.Get(c.compute, made.ID).Extract()
	state, err := gone(err, "there")
	must("read again", err)
	equal("the flavor", state, "GONE")
}

func flavorData(c Clients) {
	one := flavorNamed(c, "m1")
	_, err := flavors.ListExtraSpecs(c.compute, one.ID).Extract()
	must("extra specs", err)
	equal("vcpus", one.VCPUs, 1)
}

func zonesData(c Clients) {
	pages, err := availabilityzones.List(c.compute).AllPages()
	must("list", err)
	zones, err := availabilityzones.ExtractAvailabilityZones(pages)
	must("read", err)
	equal("zones", zones[0].ZoneName, "nova")
}

func networkData(c Clients) {
	pages, err := networks.List(c.network, networks.ListOpts{}).AllPages()
	must("list", err)
	_, err = networks.ExtractNetworks(pages)
	must("read", err)
}

func keypair(c Clients) {
	for _, key := range []string{publicKey, ""} {
		made, err := keypairs.Create(c.compute, keypairs.CreateOpts{Name: "tf", PublicKey: key}).Extract()
		must("create", err)
		equal("whether there is a private key", made.PrivateKey != "", key == "")
		read, err := keypairs.Get(c.compute, "tf").Extract()
		must("read", err)
		equal("fingerprint", read.Fingerprint, made.Fingerprint)
		must("delete", keypairs.Delete(c.compute, "tf").ExtractErr())
	}
}

func serverGroup(c Clients) {
	made, err := servergroups.Create(c.compute, servergroups.CreateOpts{Name: "tf", Policies: []string{"anti-affinity"}}).Extract()
	must("create", err)
	read, err := servergroups.Get(c.compute, made.ID).Extract()
	must("read", err)
	equal("policies", read.Policies, "[anti-affinity]")
	must("delete", servergroups.Delete(c.compute, made.ID).ExtractErr())
	soft := speaks(c.compute, "2.64")
	made, err = servergroups.Create(soft, servergroups.CreateOpts{Name: "tf", Policy: "soft-affinity"}).Extract()
	must("create a soft one", err)
	must("delete the soft one", servergroups.Delete(soft, made.ID).ExtractErr())
}

func quotaSet(c Clients) {
	id := newProject(c, "tf-quota")
	defer deleteProject(c, id)
	cores := 7
	_, err := quotasets.Update(c.compute, id, quotasets.UpdateOpts{Cores: &cores}).Extract()
	must("update", err)
	read, err := quotasets.Get(c.compute, id).Extract()
	must("read", err)
	equal("cores", read.Cores, 7)
	must("delete", quotasets.Delete(c.compute, id).Err)
}

func aggregate(c Clients) {
	made, err := aggregates.Create(c.compute, aggregates.CreateOpts{Name: "tf", AvailabilityZone: "tf-zone"}).Extract()
	must("create", err)
	_, err = aggregates.SetMetadata(c.compute, made.ID, aggregates.SetMetadataOpts{Metadata: map[string]interface{}{"ssd": "yes"}}).Extract()
	must("set metadata", err)
	_, err = aggregates.AddHost(c.compute, made.ID, aggregates.AddHostOpts{Host: "compute13"}).Extract()
	must("add a host", err)
	read, err := aggregates.Get(c.compute, made.ID).Extract()
	must("read", err)
	equal("hosts", read.Hosts, "[compute13]")
	_, err = aggregates.RemoveHost(c.compute, made.ID, aggregates.RemoveHostOpts{Host: "compute13"}).Extract()
	must("remove the host", err)
	must("delete", aggregates.Delete(c.compute, made.ID).ExtractErr())
}

func newServer(c Clients, name, group string) string {
	one, err := servers.Create(c.compute, schedulerhints.CreateOptsExt{
		CreateOptsBuilder: keypairs.CreateOptsExt{
			CreateOptsBuilder: servers.CreateOpts{
				Name:      name,
				ImageRef:  os.Getenv("FERRY_IMAGE"),
				FlavorRef: flavorNamed(c, "m1").ID,
				Metadata:  map[string]string{"tier": "gold"},
				UserData:  []byte("#cloud-config\n"),
			},
			KeyName: "tf-server",
		},
		SchedulerHints: schedulerhints.SchedulerHints{Group: group},
	}).Extract()
	must("create", err)
	becomes("the server", "ACTIVE", []string{"BUILD"}, statusOf(c, one.ID))
	return one.ID
}

func statusOf(c Clients, id string) func() (string, error) {
	return func() (string, error) {
		one, err := servers.Get(c.compute, id).Extract()
		if err != nil {
			return gone(err, "")
		}
		return one.Status, nil
	}
}

func deleteServer(c Clients, id string) {
	must("delete the server", servers.Delete(c.compute, id).ExtractErr())
	becomes("the server", "GONE", []string{"ACTIVE", "SHUTOFF", "DELETED", "SOFT_DELETED"}, statusOf(c, id))
}

// One key and one group are there for as long as their servers.
func withKeyAndGroup(c Clients, work func(group string)) {
	_, err := keypairs.Create(c.compute, keypairs.CreateOpts{Name: "tf-server", PublicKey: publicKey}).Extract()
	must("create a key", err)
	group, err := servergroups.Create(c.compute, servergroups.CreateOpts{Name: "tf-server", Policies: []string{"anti-affinity"}}).Extract()
	must("create a group", err)
	work(group.ID)
	must("delete the group", servergroups.Delete(c.compute, group.ID).ExtractErr())
	must("delete the key", keypairs.Delete(c.compute, "tf-server").ExtractErr())
}

func instance(c Clients) {
	withKeyAndGroup(c, func(group string) {
		id := newServer(c, "tf", group)
		var read struct {
			servers.Server
			availabilityzones.ServerAvailabilityZoneExt
		}
		must("read", servers.Get(c.compute, id).ExtractInto(&read))
		equal("key", read.KeyName, "tf-server")
		equal("zone", read.AvailabilityZone, "nova")
		equal("metadata", read.Metadata, map[string]string{"tier": "gold"})
		_, err := flavors.Get(c.compute, read.Flavor["id"].(string)).Extract()
		must("read the flavor of the server", err)
		_, err = servers.Update(c.compute, id, servers.UpdateOpts{Name: "tf-renamed"}).Extract()
		must("rename", err)
		must("delete metadata", servers.DeleteMetadatum(c.compute, id, "tier").ExtractErr())
		_, err = servers.UpdateMetadata(c.compute, id, servers.MetadataOpts{"site": "b"}).Extract()
		must("update metadata", err)
		tagged := speaks(c.compute, "2.52")
		_, err = tags.ReplaceAll(tagged, id, tags.ReplaceAllOpts{Tags: []string{"a", "b"}}).Extract()
		must("set tags", err)
		told, err := tags.List(tagged, id).Extract()
		must("list tags", err)
		equal("tags", told, "[a b]")
		must("stop", startstop.Stop(c.compute, id).ExtractErr())
		becomes("the server", "SHUTOFF", []string{"ACTIVE"}, statusOf(c, id))
		must("start", startstop.Start(c.compute, id).ExtractErr())
		becomes("the server", "ACTIVE", []string{"SHUTOFF"}, statusOf(c, id))
		must("resize", servers.Resize(c.compute, id, servers.ResizeOpts{FlavorRef: flavorNamed(c, "m2").ID}).ExtractErr())
		becomes("the server", "VERIFY_RESIZE", []string{"ACTIVE", "RESIZE"}, statusOf(c, id))
		must("confirm", servers.ConfirmResize(c.compute, id).ExtractErr())
		becomes("the server", "ACTIVE", []string{"VERIFY_RESIZE"}, statusOf(c, id))
		must("read again", servers.Get(c.compute, id).ExtractInto(&read))
		equal("name", read.Name, "tf-renamed")
		deleteServer(c, id)
	})
}

func volumeAttach(c Clients) {
	withKeyAndGroup(c, func(group string) {
		server := newServer(c, "tf-volume", group)
		disk := newVolume(c, "tf-attached")
		made, err := volumeattach.Create(c.compute, server, volumeattach.CreateOpts{VolumeID: disk}).Extract()
		must("attach", err)
		attachment := func() (string, error) {
			_, err := volumeattach.Get(c.compute, server, made.ID).Extract()
			return gone(err, "ATTACHED")
		}
		becomes("the attachment", "ATTACHED", []string{"GONE"}, attachment)
		becomes("the volume", "in-use", []string{"available", "attaching"}, volumeStatus(c, disk))
		must("detach", volumeattach.Delete(c.compute, server, made.ID).ExtractErr())
		becomes("the attachment", "GONE", []string{"ATTACHED"}, attachment)
		becomes("the volume", "available", []string{"in-use", "detaching"}, volumeStatus(c, disk))
		deleteVolume(c, disk)
		deleteServer(c, server)
	})
}
