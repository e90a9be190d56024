package main

import (
	"bytes"
	"os"

	"github.com/gophercloud/gophercloud/openstack/blockstorage/extensions/quotasets"
	"github.com/gophercloud/gophercloud/openstack/blockstorage/extensions/volumeactions"
	"github.com/gophercloud/gophercloud/openstack/blockstorage/v3/volumes"
	"github.com/gophercloud/gophercloud/openstack/identity/v3/projects"
	"github.com/gophercloud/gophercloud/openstack/identity/v3/roles"
	"github.com/gophercloud/gophercloud/openstack/identity/v3/users"
	"github.com/gophercloud/gophercloud/openstack/imageservice/v2/imagedata"
	"github.com/gophercloud/gophercloud/openstack/imageservice/v2/images"
)

func newProject(c Clients, name string) string {
	enabled := true
	one, err := projects.Create(c.identity, projects.CreateOpts{Name: name, DomainID: "default", Enabled: &enabled}).Extract()
	must("create a project", err)
	return one.ID
}

func deleteProject(c Clients, id string) {
	must("delete the project", projects.Delete(c.identity, id).ExtractErr())
}

func project(c Clients) {
	id := newProject(c, "tf")
	told := "hers"
	_, err := projects.Update(c.identity, id, projects.UpdateOpts{Name: "tf2", Description: &told}).Extract()
	must("update", err)
	read, err := projects.Get(c.identity, id).Extract()
	must("read", err)
	equal("project", []string{read.Name, read.Description}, []string{"tf2", "hers"})
	deleteProject(c, id)
	_, err = projects.Get(c.identity, id).Extract()
	state, err := gone(err, "there")
	must("read again", err)
	equal("the project", state, "GONE")
}

func newUser(c Clients, name string) string {
	enabled := true
	one, err := users.Create(c.identity, users.CreateOpts{
		Name: name, DomainID: "default", Password: "a long password 1", Enabled: &enabled,
	}).Extract()
	must("create a user", err)
	return one.ID
}

func user(c Clients) {
	id := newUser(c, "tf")
	enabled := false
	_, err := users.Update(c.identity, id, users.UpdateOpts{Name: "tf2", Enabled: &enabled, Password: "another password 2"}).Extract()
	must("update", err)
	read, err := users.Get(c.identity, id).Extract()
	must("read", err)
	equal("user", []interface{}{read.Name, read.Enabled}, []interface{}{"tf2", false})
	must("delete", users.Delete(c.identity, id).ExtractErr())
}

func roleAssignment(c Clients) {
	project, user := newProject(c, "tf-roles"), newUser(c, "tf-roles")
	pages, err := roles.List(c.identity, roles.ListOpts{Name: "member"}).AllPages()
	must("list roles", err)
	found, err := roles.ExtractRoles(pages)
	must("read roles", err)
	equal("roles named member", len(found), 1)
	member := found[0].ID
	must("assign", roles.Assign(c.identity, member, roles.AssignOpts{UserID: user, ProjectID: project}).ExtractErr())
	pages, err = roles.ListAssignments(c.identity, roles.ListAssignmentsOpts{UserID: user, ScopeProjectID: project}).AllPages()
	must("list assignments", err)
	assigned, err := roles.ExtractRoleAssignments(pages)
	must("read assignments", err)
	equal("assignments", len(assigned), 1)
	equal("role", assigned[0].Role.ID, member)
	must("unassign", roles.Unassign(c.identity, member, roles.UnassignOpts{UserID: user, ProjectID: project}).ExtractErr())
	must("delete the user", users.Delete(c.identity, user).ExtractErr())
	deleteProject(c, project)
}

func imageResource(c Clients) {
	data, err := os.ReadFile(os.Getenv("FERRY_IMAGE_FILE"))
	must("read the file", err)
	private := images.ImageVisibilityPrivate
	made, err := images.Create(c.image, images.CreateOpts{
		Name: "tf", ContainerFormat: "bare", DiskFormat: "qcow2", Visibility: &private,
		MinDisk: 1, Tags: []string{"a"}, Properties: map[string]string{"os_type": "linux"},
	}).Extract()
	must("create", err)
	equal("status", made.Status, "queued")
	must("upload", imagedata.Upload(c.image, made.ID, bytes.NewReader(data)).ExtractErr())
	becomes("the image", "active", []string{"queued", "saving", "importing"}, func() (string, error) {
		one, err := images.Get(c.image, made.ID).Extract()
		if err != nil {
			return "", err
		}
		return string(one.Status), nil
	})
	changed, err := images.Update(c.image, made.ID, images.UpdateOpts{
		images.ReplaceImageName{NewName: "tf2"},
		images.ReplaceImageTags{NewTags: []string{"b"}},
		images.UpdateImageProperty{Op: images.ReplaceOp, Name: "os_type", Value: "windows"},
	}).Extract()
	must("update", err)
	equal("name and tags", []interface{}{changed.Name, changed.Tags}, []interface{}{"tf2", []string{"b"}})
	must("delete", images.Delete(c.image, made.ID).ExtractErr())
	_, err = images.Get(c.image, made.ID).Extract()
	state, err := gone(err, "there")
	must("read again", err)
	equal("the image", state, "GONE")
}

func imageData(c Clients) {
	pages, err := images.List(c.image, images.ListOpts{
		Name: "one", Visibility: images.ImageVisibilityPublic, Sort: "created_at:desc", Status: images.ImageStatusActive,
	}).AllPages()
	must("list", err)
	found, err := images.ExtractImages(pages)
	must("read", err)
	equal("images named one", len(found), 1)
	equal("the image", found[0].ID, os.Getenv("FERRY_IMAGE"))
}

func newVolume(c Clients, name string) string {
	one, err := volumes.Create(c.volume, volumes.CreateOpts{Size: 1, Name: name, Metadata: map[string]string{"tier": "gold"}}).Extract()
	must("create a volume", err)
	becomes("the volume", "available", []string{"downloading", "creating"}, volumeStatus(c, one.ID))
	return one.ID
}

func volumeStatus(c Clients, id string) func() (string, error) {
	return func() (string, error) {
		one, err := volumes.Get(c.volume, id).Extract()
		if err != nil {
			return gone(err, "")
		}
		return one.Status, nil
	}
}

func deleteVolume(c Clients, id string) {
	must("delete the volume", volumes.Delete(c.volume, id, volumes.DeleteOpts{}).ExtractErr())
	becomes("the volume", "GONE", []string{"deleting", "downloading", "available"}, volumeStatus(c, id))
}

func volume(c Clients) {
	id := newVolume(c, "tf")
	name, told := "tf2", "hers"
	_, err := volumes.Update(c.volume, id, volumes.UpdateOpts{Name: &name, Description: &told, Metadata: map[string]string{"site": "b"}}).Extract()
	must("update", err)
	must("extend", volumeactions.ExtendSize(c.volume, id, volumeactions.ExtendSizeOpts{NewSize: 2}).ExtractErr())
	becomes("the volume", "available", []string{"extending"}, volumeStatus(c, id))
	read, err := volumes.Get(c.volume, id).Extract()
	must("read", err)
	equal("volume", []interface{}{read.Name, read.Description, read.Size, read.Metadata},
		[]interface{}{"tf2", "hers", 2, map[string]string{"site": "b"}})
	deleteVolume(c, id)
}

func volumeQuotaSet(c Clients) {
	id := newProject(c, "tf-volume-quota")
	defer deleteProject(c, id)
	most := 3
	_, err := quotasets.Update(c.volume, id, quotasets.UpdateOpts{Volumes: &most}).Extract()
	must("update", err)
	read, err := quotasets.Get(c.volume, id).Extract()
	must("read", err)
	equal("volumes", read.Volumes, 3)
}
