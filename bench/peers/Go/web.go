package main

import (
	"net"
	"net/http"
	"net/url"
	"strings"
)

// serve answers GET / with one address, and GET /watch with all of them after each change, as server-sent events.
func serve(address string, known index, certificate []string) error {
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		picked, listed := known.pick()
		if !listed {
			http.Error(w, "not listed yet", http.StatusServiceUnavailable)
			return
		}
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Header().Set("Cache-Control", "no-store")
		w.Write([]byte(picked))
	})
	mux.HandleFunc("/watch", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for {
			all, next := known.all()
			w.Write([]byte("event: snapshot\ndata: " + strings.Join(all, ",") + "\n\n"))
			w.(http.Flusher).Flush()
			select {
			case <-next:
			case <-r.Context().Done():
				return
			}
		}
	})
	where, err := url.Parse(address)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", where.Host)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: mux}
	if len(certificate) == 2 {
		return server.ServeTLS(listener, certificate[0], certificate[1])
	}
	return server.Serve(listener)
}
