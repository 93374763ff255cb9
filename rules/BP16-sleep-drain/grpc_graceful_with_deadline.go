//highwater:nocompile

// Right: the delay is for the load balancer, and behind it stands a drain that waits for the calls in flight, with a deadline.
package rpcserver

import (
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/health"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
)

const (
	probeDelay = 4 * time.Second
	drainLimit = 20 * time.Second
)

// Stop takes the server out of rotation, lets running calls end and cuts off the rest.
func Stop(srv *grpc.Server, h *health.Server) {
	h.SetServingStatus("", healthpb.HealthCheckResponse_NOT_SERVING)
	time.Sleep(probeDelay)

	drained := make(chan struct{})
	go func() {
		srv.GracefulStop()
		close(drained)
	}()
	timer := time.NewTimer(drainLimit)
	defer timer.Stop()
	select {
	case <-drained:
	case <-timer.C:
		srv.Stop()
		<-drained
	}
}
