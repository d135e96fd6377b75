// grpc-go: as it comes, or with --tuned as those set it up who want speed from it: 128 workers, so that not every call
// starts a goroutine, and a heap that may grow to five times what is in use before it is collected.
package main

import (
	"context"
	"flag"
	"log"
	"net"
	"runtime/debug"

	"google.golang.org/grpc"

	"benchmarks/proxy"
)

var cannedAnswer = []byte(`{"pong":1784030400}`)

type server struct {
	proxy.UnimplementedCentrifugoProxyServer
}

func (server) RPC(context.Context, *proxy.RPCRequest) (*proxy.RPCResponse, error) {
	return &proxy.RPCResponse{Result: &proxy.RPCResult{Data: cannedAnswer}}, nil
}

func main() {
	tuned := flag.Bool("tuned", false, "use workers, and collect garbage less often")
	flag.Parse()
	if flag.NArg() != 1 {
		log.Fatal("Usage: server [--tuned] PORT")
	}
	listener, err := net.Listen("tcp", "127.0.0.1:"+flag.Arg(0))
	if err != nil {
		log.Fatal(err)
	}
	var options []grpc.ServerOption
	if *tuned {
		debug.SetGCPercent(400)
		options = append(options, grpc.NumStreamWorkers(128))
	}
	service := grpc.NewServer(options...)
	proxy.RegisterCentrifugoProxyServer(service, server{})
	log.Fatal(service.Serve(listener))
}
