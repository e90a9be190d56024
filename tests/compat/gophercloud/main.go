// What the resources of Terraform's OpenStack provider do, with the library that it is made of (gophercloud): each is
// created, read, changed and deleted by the same calls and with the same waiting. Prints a line for each: `ok NAME` or
// `failed NAME: why`, and for what Ferry does not have `refused NAME: why`.
package main

import (
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/gophercloud/gophercloud"
	"github.com/gophercloud/gophercloud/openstack"
)

// Clients has one client for each service, as the provider makes them from the catalogue.
type Clients struct {
	compute, volume, identity, image, network *gophercloud.ServiceClient
}

// Wait is how long anything may take; the provider asks again and again as well.
const wait = 60 * time.Second
const pause = 100 * time.Millisecond

func main() {
	clients, err := connect()
	if err != nil {
		fmt.Printf("failed provider: %v\n", err)
		os.Exit(1)
	}
	fmt.Println("ok provider")
	resources := []struct {
		name string
		run  func(Clients)
	}{
		{"openstack_identity_project_v3", project},
		{"openstack_identity_user_v3", user},
		{"openstack_identity_role_assignment_v3", roleAssignment},
		{"openstack_images_image_v2", imageResource},
		{"openstack_images_image_v2 (data)", imageData},
		{"openstack_compute_flavor_v2", flavorResource},
		{"openstack_compute_flavor_v2 (data)", flavorData},
		{"openstack_compute_availability_zones_v2 (data)", zonesData},
		{"openstack_networking_network_v2 (data)", networkData},
		{"openstack_compute_keypair_v2", keypair},
		{"openstack_compute_servergroup_v2", serverGroup},
		{"openstack_compute_quotaset_v2", quotaSet},
		{"openstack_blockstorage_volume_v3", volume},
		{"openstack_blockstorage_quotaset_v3", volumeQuotaSet},
		{"openstack_compute_instance_v2", instance},
		{"openstack_compute_volume_attach_v2", volumeAttach},
		{"openstack_compute_aggregate_v2", aggregate},
	}
	for _, one := range resources {
		if err := try(one.run, clients); err != nil {
			fmt.Printf("failed %s: %v\n", one.name, err)
		} else {
			fmt.Printf("ok %s\n", one.name)
		}
	}
	for _, one := range refusals {
		asked := error(nil)
		if err := try(func(c Clients) { asked = one.ask(c) }, clients); err != nil {
			fmt.Printf("failed %s: %v\n", one.name, err)
		} else if asked == nil {
			fmt.Printf("failed %s: it was not refused\n", one.name)
		} else {
			fmt.Printf("refused %s: %s\n", one.name, strings.ReplaceAll(asked.Error(), "\n", " "))
		}
	}
}

func connect() (Clients, error) {
	options, err := openstack.AuthOptionsFromEnv()
	if err != nil {
		return Clients{}, err
	}
	options.AllowReauth = true
	provider, err := openstack.AuthenticatedClient(options)
	if err != nil {
		return Clients{}, err
	}
	where := gophercloud.EndpointOpts{Region: os.Getenv("OS_REGION_NAME")}
	var clients Clients
	for _, one := range []struct {
		into *(*gophercloud.ServiceClient)
		make func(*gophercloud.ProviderClient, gophercloud.EndpointOpts) (*gophercloud.ServiceClient, error)
	}{
		{&clients.compute, openstack.NewComputeV2},
		{&clients.volume, openstack.NewBlockStorageV3},
		{&clients.identity, openstack.NewIdentityV3},
		{&clients.image, openstack.NewImageServiceV2},
		{&clients.network, openstack.NewNetworkV2},
	} {
		if *one.into, err = one.make(provider, where); err != nil {
			return Clients{}, err
		}
	}
	return clients, nil
}

// Broken ends the work on one resource.
type broken struct{ err error }

func try(run func(Clients), clients Clients) (err error) {
	defer func() {
		if caught, is := recover().(broken); is {
			err = caught.err
		}
	}()
	run(clients)
	return nil
}

func must(what string, err error) {
	if err != nil {
		panic(broken{fmt.Errorf("%s: %w", what, err)})
	}
}

func equal(what string, actual, expected interface{}) {
	if fmt.Sprint(actual) != fmt.Sprint(expected) {
		panic(broken{fmt.Errorf("%s is %v, not %v", what, actual, expected)})
	}
}

// Becomes asks until the state is the one that is waited for. A state that is neither that nor `pending` ends it, as the
// provider's own StateChangeConf does.
func becomes(what, target string, pending []string, state func() (string, error)) {
	for end := time.Now().Add(wait); ; time.Sleep(pause) {
		is, err := state()
		must(what, err)
		if is == target {
			return
		}
		known := false
		for _, one := range pending {
			known = known || one == is
		}
		if !known {
			panic(broken{fmt.Errorf("%s is %s, and was to be %s by way of %v", what, is, target, pending)})
		}
		if time.Now().After(end) {
			panic(broken{fmt.Errorf("%s is still %s after %s", what, is, wait)})
		}
	}
}

// Gone is the state of what answers 404; the provider calls it deleted.
func gone(err error, status string) (string, error) {
	if _, is := err.(gophercloud.ErrDefault404); is {
		return "GONE", nil
	}
	return status, err
}
