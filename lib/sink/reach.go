package sink

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"time"

	"ndjsontools/lib/exit"
)

// reachAgain is the pause between two attempts to reach a destination.
const reachAgain = 200 * time.Millisecond

// Reach tries to connect, again and again until limit is over, because what we
// are to deliver to may be starting together with us. A *Transient error of try
// is worth another attempt; any other is final.
func Reach(ctx context.Context, clock Clock, limit time.Duration, try func(ctx context.Context) error) error {
	limited, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	for {
		err := try(limited)
		passing, ok := errors.AsType[*Transient](err)
		if !ok {
			return err
		}
		if clock.Sleep(limited, reachAgain) != nil {
			if ctx.Err() != nil {
				return fmt.Errorf("interrupted (%w) while it could not be reached: %w", context.Cause(ctx), passing.Err)
			}
			return exit.With(exit.Unreachable, fmt.Errorf("could not be reached within %v: %w", limit, passing.Err))
		}
	}
}

// Distrusted tells a failed check of a certificate, on either side, and a server
// that does not speak TLS at all, from a connection that failed.
func Distrusted(err error) bool {
	// The far side's TLS alert; package tls does not export its type.
	if far, ok := errors.AsType[*net.OpError](err); ok && far.Op == "remote error" {
		return true
	}
	return isA[*tls.CertificateVerificationError](err) || isA[tls.RecordHeaderError](err) || isA[tls.AlertError](err) ||
		isA[x509.UnknownAuthorityError](err) || isA[x509.CertificateInvalidError](err) || isA[x509.HostnameError](err)
}
