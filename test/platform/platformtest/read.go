package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"os"
	"slices"

	v2 "github.com/conductorone/baton-sdk/pb/c1/connector/v2"
	"github.com/conductorone/baton-sdk/pkg/connectorstore"
	"github.com/conductorone/baton-sdk/pkg/dotc1z"
)

// contents counts what one sync stored. Keys of entitlements and grants are "type:slug" of the entitlement.
type contents struct {
	ResourceTypes []string       `json:"resourceTypes"`
	Resources     map[string]int `json:"resources"`
	Entitlements  map[string]int `json:"entitlements"`
	DirectGrants  map[string]int `json:"directGrants"`
	DerivedGrants map[string]int `json:"derivedGrants"`
	Grants        int            `json:"grants"`
}

// row is one line of a dump; which fields it has depends on its kind.
type row struct {
	Kind        string `json:"kind"`
	ID          string `json:"id"`
	Parent      string `json:"parent,omitempty"`
	Name        string `json:"name,omitempty"`
	Entitlement string `json:"entitlement,omitempty"`
	Principal   string `json:"principal,omitempty"`
	Derived     bool   `json:"derived,omitempty"`
}

// read gives what the only sync in a file stored, whether it was a full or a targeted one.
func read(ctx context.Context, path, folder string) (stored *contents, rows []row, err error) {
	store, err := dotc1z.NewStore(ctx, path, dotc1z.WithTmpDir(folder), dotc1z.WithReadOnly(true))
	if err != nil {
		return nil, nil, err
	}
	defer func() { err = errors.Join(err, store.Close(ctx)) }()
	latest, err := store.SyncMeta().LatestFinishedSyncOfAnyType(ctx)
	if err != nil {
		return nil, nil, err
	}
	if latest == nil {
		return nil, nil, errors.New("the file holds no finished sync")
	}
	return collect(ctx, store)
}

func collect(ctx context.Context, store connectorstore.Reader) (*contents, []row, error) {
	found := &contents{
		Resources: map[string]int{}, Entitlements: map[string]int{},
		DirectGrants: map[string]int{}, DerivedGrants: map[string]int{},
	}
	var rows []row
	err := errors.Join(
		eachPage(func(token string) ([]*v2.ResourceType, string, error) {
			page, err := store.ListResourceTypes(ctx, v2.ResourceTypesServiceListResourceTypesRequest_builder{PageToken: token}.Build())
			return page.GetList(), page.GetNextPageToken(), err
		}, func(kind *v2.ResourceType) {
			found.ResourceTypes = append(found.ResourceTypes, kind.GetId())
			rows = append(rows, row{Kind: "type", ID: kind.GetId()})
		}),
		eachPage(func(token string) ([]*v2.Resource, string, error) {
			page, err := store.ListResources(ctx, v2.ResourcesServiceListResourcesRequest_builder{PageToken: token}.Build())
			return page.GetList(), page.GetNextPageToken(), err
		}, func(resource *v2.Resource) {
			found.Resources[resource.GetId().GetResourceType()]++
			parent := join(resource.GetParentResourceId())
			rows = append(rows, row{Kind: "resource", ID: join(resource.GetId()), Parent: parent, Name: resource.GetDisplayName()})
		}),
		collectEntitlements(ctx, store, found, &rows),
	)
	slices.Sort(found.ResourceTypes)
	return found, rows, err
}

func collectEntitlements(ctx context.Context, store connectorstore.Reader, found *contents, rows *[]row) error {
	keys := map[string]string{}
	err := eachPage(func(token string) ([]*v2.Entitlement, string, error) {
		page, err := store.ListEntitlements(ctx, v2.EntitlementsServiceListEntitlementsRequest_builder{PageToken: token}.Build())
		return page.GetList(), page.GetNextPageToken(), err
	}, func(entitlement *v2.Entitlement) {
		key := entitlement.GetResource().GetId().GetResourceType() + ":" + entitlement.GetSlug()
		keys[entitlement.GetId()] = key
		found.Entitlements[key]++
		*rows = append(*rows, row{Kind: "entitlement", ID: entitlement.GetId()})
	})
	if err != nil {
		return err
	}
	return eachPage(func(token string) ([]*v2.Grant, string, error) {
		page, err := store.ListGrants(ctx, v2.GrantsServiceListGrantsRequest_builder{PageToken: token}.Build())
		return page.GetList(), page.GetNextPageToken(), err
	}, func(grant *v2.Grant) {
		of := grant.GetEntitlement().GetId()
		derived := isDerived(grant)
		counts := found.DirectGrants
		if derived {
			counts = found.DerivedGrants
		}
		key, known := keys[of]
		if !known {
			key = "not stored"
		}
		counts[key]++
		found.Grants++
		principal := join(grant.GetPrincipal().GetId())
		*rows = append(*rows, row{Kind: "grant", ID: grant.GetId(), Entitlement: of, Principal: principal, Derived: derived})
	})
}

// isDerived tells grants that expansion made: a direct one names no sources, or its own entitlement among them.
func isDerived(grant *v2.Grant) bool {
	sources := grant.GetSources().GetSources()
	return len(sources) > 0 && sources[grant.GetEntitlement().GetId()] == nil
}

func join(id *v2.ResourceId) string {
	if id == nil {
		return ""
	}
	return id.GetResourceType() + ":" + id.GetResource()
}

func eachPage[T any](list func(token string) ([]T, string, error), visit func(T)) error {
	for token := ""; ; {
		items, next, err := list(token)
		if err != nil {
			return err
		}
		for _, item := range items {
			visit(item)
		}
		if next == "" {
			return nil
		}
		token = next
	}
}

func writeRows(path string, rows []row) (err error) {
	lines := make([]string, len(rows))
	for i, each := range rows {
		line, err := json.Marshal(each)
		if err != nil {
			return err
		}
		lines[i] = string(line)
	}
	slices.Sort(lines)
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	out := bufio.NewWriter(file)
	for _, line := range lines {
		if _, err := out.WriteString(line + "\n"); err != nil {
			return err
		}
	}
	return out.Flush()
}
