// Command platformtest lets the platform's own syncer read a connector and reports what came to be stored.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	v2 "github.com/conductorone/baton-sdk/pb/c1/connector/v2"
	"github.com/conductorone/baton-sdk/pkg/connectorclient"
	"github.com/conductorone/baton-sdk/pkg/sync"
	"github.com/grpc-ecosystem/go-grpc-middleware/logging/zap/ctxzap"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

type options struct {
	address string
	workers int
	target  string
	dump    string
}

// result is what goes to standard output.
type result struct {
	Calls        map[string]int    `json:"calls"`
	Warnings     []json.RawMessage `json:"warnings"`
	Milliseconds int64             `json:"milliseconds"`
	*contents
}

func main() {
	var o options
	flag.StringVar(&o.address, "address", "", "host:port of the connector, without TLS")
	flag.IntVar(&o.workers, "workers", 4, "how many workers the syncer has")
	flag.StringVar(&o.target, "target", "", "sync this resource alone: its type, a colon and its id")
	flag.StringVar(&o.dump, "dump", "", "also write all stored rows to this file, sorted, one JSON object a line")
	flag.Parse()
	if err := run(context.Background(), o); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) error {
	folder, err := os.MkdirTemp("", "platformtest-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)

	counter := newCallCounter()
	conn, err := grpc.NewClient(o.address,
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithUnaryInterceptor(counter.intercept))
	if err != nil {
		return err
	}
	defer conn.Close()

	warnings := &warningLog{}
	ctx = ctxzap.ToContext(ctx, zap.New(zapcore.NewCore(
		zapcore.NewJSONEncoder(zapcore.EncoderConfig{MessageKey: "message"}), warnings, zapcore.WarnLevel)))

	path := filepath.Join(folder, "sync.c1z")
	started := time.Now()
	if err := syncTo(ctx, path, folder, conn, o); err != nil {
		return fmt.Errorf("the sync failed: %w\n%s", err, warnings.lines())
	}
	took := time.Since(started)

	stored, rows, err := read(ctx, path, folder)
	if err != nil {
		return fmt.Errorf("reading the result: %w", err)
	}
	if o.dump != "" {
		if err := writeRows(o.dump, rows); err != nil {
			return err
		}
	}
	return json.NewEncoder(os.Stdout).Encode(result{
		Calls:        counter.counts(),
		Warnings:     warnings.lines(),
		Milliseconds: took.Milliseconds(),
		contents:     stored,
	})
}

// syncTo runs one sync, in which a breach of any invariant is a failure and not a warning.
func syncTo(ctx context.Context, path, folder string, conn grpc.ClientConnInterface, o options) error {
	opts := []sync.SyncOpt{
		sync.WithC1ZPath(path),
		sync.WithTmpDir(folder),
		sync.WithWorkerCount(o.workers),
		sync.WithFailFastInvariants(),
	}
	if o.target != "" {
		kind, id, ok := strings.Cut(o.target, ":")
		if !ok {
			return fmt.Errorf("a target is a type, a colon and an id, not %q", o.target)
		}
		resourceID := v2.ResourceId_builder{ResourceType: kind, Resource: id}.Build()
		target := v2.Resource_builder{Id: resourceID}.Build()
		opts = append(opts, sync.WithTargetedSyncResources([]*v2.Resource{target}))
	}
	syncer, err := sync.NewSyncer(ctx, connectorclient.NewConnectorClient(ctx, conn), opts...)
	if err != nil {
		return err
	}
	if err := syncer.Sync(ctx); err != nil {
		_ = syncer.Close(ctx)
		return err
	}
	return syncer.Close(ctx)
}
