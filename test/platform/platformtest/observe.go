package main

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"strings"
	"sync"

	"google.golang.org/grpc"
)

// callCounter counts the calls on a connection by method, retries included.
type callCounter struct {
	lock     sync.Mutex
	byMethod map[string]int
}

func newCallCounter() *callCounter {
	return &callCounter{byMethod: map[string]int{}}
}

func (c *callCounter) intercept(
	ctx context.Context, method string, request, reply any,
	conn *grpc.ClientConn, invoke grpc.UnaryInvoker, opts ...grpc.CallOption,
) error {
	c.lock.Lock()
	c.byMethod[method[strings.LastIndex(method, "/")+1:]]++
	c.lock.Unlock()
	return invoke(ctx, method, request, reply, conn, opts...)
}

func (c *callCounter) counts() map[string]int {
	c.lock.Lock()
	defer c.lock.Unlock()
	return maps.Clone(c.byMethod)
}

// warningLog keeps what the syncer warned of: dropped rows show nowhere else.
type warningLog struct {
	lock sync.Mutex
	kept []json.RawMessage
}

func (w *warningLog) Write(line []byte) (int, error) {
	w.lock.Lock()
	defer w.lock.Unlock()
	w.kept = append(w.kept, bytes.Clone(bytes.TrimSpace(line)))
	return len(line), nil
}

func (w *warningLog) Sync() error { return nil }

func (w *warningLog) lines() []json.RawMessage {
	w.lock.Lock()
	defer w.lock.Unlock()
	return append([]json.RawMessage{}, w.kept...)
}
