package main

import (
	"math/rand"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
)

const basePort = 3000

// index is what is known of all slices: ip:port of each pod that is ready.
type index interface {
	replace(slices map[string][]string)
	set(slice string, addresses []string)
	remove(slice string)
	// pick returns one address at random, and false before the first list.
	pick() (string, bool)
	// all returns every address, and a channel that closes with the next change.
	all() ([]string, <-chan struct{})
}

func addressesOf(slice *endpointSlice) []string {
	addresses := make([]string, 0, len(slice.Endpoints))
	for i := range slice.Endpoints {
		endpoint := &slice.Endpoints[i]
		if endpoint.Conditions.Ready != nil && !*endpoint.Conditions.Ready || endpoint.TargetRef == nil || len(endpoint.Addresses) == 0 {
			continue
		}
		name := endpoint.TargetRef.Name
		ordinal, err := strconv.Atoi(name[strings.LastIndexByte(name, '-')+1:])
		if err != nil || basePort+ordinal > 65535 {
			continue
		}
		addresses = append(addresses, endpoint.Addresses[0]+":"+strconv.Itoa(basePort+ordinal))
	}
	return addresses
}

// changes tells those who wait that something changed.
type changes struct {
	mutex sync.Mutex
	next  chan struct{}
}

func (c *changes) wait() <-chan struct{} {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.next == nil {
		c.next = make(chan struct{})
	}
	return c.next
}

func (c *changes) signal() {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.next != nil {
		close(c.next)
		c.next = nil
	}
}

// wholeIndex makes the list of all addresses again after each change, as programs over an informer do it. Readers take no lock.
type wholeIndex struct {
	changes
	slices  map[string][]string
	current atomic.Pointer[[]string]
}

func newWholeIndex() *wholeIndex { return &wholeIndex{} }

func (w *wholeIndex) replace(slices map[string][]string) {
	w.slices = slices
	w.publish()
}

func (w *wholeIndex) set(slice string, addresses []string) {
	w.slices[slice] = addresses
	w.publish()
}

func (w *wholeIndex) remove(slice string) {
	delete(w.slices, slice)
	w.publish()
}

func (w *wholeIndex) publish() {
	count := 0
	for _, addresses := range w.slices {
		count += len(addresses)
	}
	list := make([]string, 0, count)
	for _, addresses := range w.slices {
		list = append(list, addresses...)
	}
	w.current.Store(&list)
	w.signal()
}

func (w *wholeIndex) pick() (string, bool) {
	list := w.current.Load()
	if list == nil || len(*list) == 0 {
		return "", list != nil
	}
	return (*list)[rand.Intn(len(*list))], true
}

func (w *wholeIndex) all() ([]string, <-chan struct{}) {
	next := w.wait()
	if list := w.current.Load(); list != nil {
		return *list, next
	}
	return nil, next
}

// sliceIndex replaces the addresses of one slice, under a lock.
type sliceIndex struct {
	changes
	lock    sync.RWMutex
	table   [][]string
	at      map[string]int
	longest int
	count   int
}

func newSliceIndex() *sliceIndex { return &sliceIndex{} }

func (s *sliceIndex) replace(slices map[string][]string) {
	s.lock.Lock()
	s.table, s.at, s.longest, s.count = nil, map[string]int{}, 0, 0
	for name, addresses := range slices {
		s.put(name, addresses)
	}
	s.lock.Unlock()
	s.signal()
}

func (s *sliceIndex) set(slice string, addresses []string) {
	s.lock.Lock()
	s.put(slice, addresses)
	s.lock.Unlock()
	s.signal()
}

func (s *sliceIndex) remove(slice string) {
	s.lock.Lock()
	if at, found := s.at[slice]; found {
		s.count -= len(s.table[at])
		s.table[at] = nil
	}
	s.lock.Unlock()
	s.signal()
}

func (s *sliceIndex) put(slice string, addresses []string) {
	at, found := s.at[slice]
	if !found {
		at = len(s.table)
		s.at[slice] = at
		s.table = append(s.table, nil)
	}
	s.count += len(addresses) - len(s.table[at])
	s.table[at] = addresses
	if len(addresses) > s.longest {
		s.longest = len(addresses)
	}
}

// pick tries a random place of a random slice until there is an address, so that each is as likely as the others.
func (s *sliceIndex) pick() (string, bool) {
	s.lock.RLock()
	defer s.lock.RUnlock()
	if s.at == nil || s.count == 0 {
		return "", s.at != nil
	}
	for {
		addresses := s.table[rand.Intn(len(s.table))]
		if at := rand.Intn(s.longest); at < len(addresses) {
			return addresses[at], true
		}
	}
}

func (s *sliceIndex) all() ([]string, <-chan struct{}) {
	next := s.wait()
	s.lock.RLock()
	defer s.lock.RUnlock()
	list := make([]string, 0, s.count)
	for _, addresses := range s.table {
		list = append(list, addresses...)
	}
	return list, next
}
