package main

import (
	"encoding/json"
	"fmt"
	"log"
	"net/url"
	"strings"
	"time"
)

// The fields of an EndpointSlice that count here.
type endpointSlice struct {
	Metadata struct {
		Name            string `json:"name"`
		ResourceVersion string `json:"resourceVersion"`
	} `json:"metadata"`
	Endpoints []struct {
		Addresses  []string `json:"addresses"`
		Conditions struct {
			Ready *bool `json:"ready"`
		} `json:"conditions"`
		TargetRef *struct {
			Name string `json:"name"`
		} `json:"targetRef"`
	} `json:"endpoints"`
}

type sliceList struct {
	Metadata struct {
		ResourceVersion string `json:"resourceVersion"`
		Continue        string `json:"continue"`
	} `json:"metadata"`
	Items []endpointSlice `json:"items"`
}

type event struct {
	Type   string        `json:"type"`
	Object endpointSlice `json:"object"`
}

// follow lists and then watches, until the program ends.
func follow(api *cluster, namespace string, services []string, known index) {
	selector := "kubernetes.io/service-name=" + services[0]
	if len(services) > 1 {
		selector = "kubernetes.io/service-name in (" + strings.Join(services, ",") + ")"
	}
	for {
		version, err := list(api, namespace, selector, known)
		for err == nil {
			version, err = watch(api, namespace, selector, version, known)
		}
		log.Print(err)
		time.Sleep(time.Second)
	}
}

func list(api *cluster, namespace, selector string, known index) (string, error) {
	all := map[string][]string{}
	query := url.Values{"labelSelector": {selector}, "limit": {"500"}}
	for {
		body, err := api.get(namespace, query)
		if err != nil {
			return "", err
		}
		var page sliceList
		err = json.NewDecoder(body).Decode(&page)
		body.Close()
		if err != nil {
			return "", err
		}
		for i := range page.Items {
			all[page.Items[i].Metadata.Name] = addressesOf(&page.Items[i])
		}
		if page.Metadata.Continue == "" {
			known.replace(all)
			return page.Metadata.ResourceVersion, nil
		}
		query.Set("continue", page.Metadata.Continue)
	}
}

// watch returns the last version when the watch ends as watches do.
func watch(api *cluster, namespace, selector, version string, known index) (string, error) {
	body, err := api.get(namespace, url.Values{
		"labelSelector": {selector}, "watch": {"1"}, "allowWatchBookmarks": {"true"}, "resourceVersion": {version}, "timeoutSeconds": {"431"}})
	if err != nil {
		return "", err
	}
	defer body.Close()
	events := json.NewDecoder(body)
	for {
		var next event
		if err := events.Decode(&next); err != nil {
			return version, nil
		}
		switch next.Type {
		case "ADDED", "MODIFIED":
			known.set(next.Object.Metadata.Name, addressesOf(&next.Object))
		case "DELETED":
			known.remove(next.Object.Metadata.Name)
		case "BOOKMARK":
		default:
			return "", fmt.Errorf("the watch ended with %s", next.Type)
		}
		version = next.Object.Metadata.ResourceVersion
	}
}
