// The Go peer of the bench: service A as people write it in Go, with the standard library alone. It lists and watches EndpointSlices in
// JSON, keeps an index of addresses in memory, and answers GET / with one of them.
//
//	peer KUBECONFIG NAMESPACE SERVICES URL HOW [CERTIFICATE KEY]
//
// KUBECONFIG is in JSON. SERVICES are names with commas between. HOW says what a changed slice costs: with "whole" the list of all
// addresses is made again, as programs over an informer do it; with "slices" the addresses of that slice alone. With a certificate and a
// key, both PEM files, it speaks TLS.
package main

import (
	"fmt"
	"log"
	"os"
	"strings"
)

func main() {
	arguments := os.Args[1:]
	if len(arguments) != 5 && len(arguments) != 7 {
		fmt.Fprintln(os.Stderr, "peer: give KUBECONFIG NAMESPACE SERVICES URL HOW [CERTIFICATE KEY]")
		os.Exit(2)
	}
	api, err := openCluster(arguments[0])
	if err != nil {
		log.Fatal(err)
	}
	var known index
	switch arguments[4] {
	case "whole":
		known = newWholeIndex()
	case "slices":
		known = newSliceIndex()
	default:
		log.Fatalf("%q is neither whole nor slices", arguments[4])
	}
	go follow(api, arguments[1], strings.Split(arguments[2], ","), known)
	log.Fatal(serve(arguments[3], known, arguments[5:]))
}
