package main

import (
	"errors"
	"net"
	"testing"
)

// No more connections than places are accepted, and a close frees one, once.
func TestFewConns(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	few := &fewConns{Listener: listener, places: make(chan struct{}, 1), closed: make(chan struct{})}
	accepted, ended := make(chan net.Conn, 2), make(chan error, 1)
	go func() {
		for {
			conn, err := few.Accept()
			if err != nil {
				ended <- err
				return
			}
			accepted <- conn
		}
	}()
	for range 2 {
		conn, err := net.Dial("tcp", listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
	}
	first := <-accepted
	if len(few.places) != 1 || len(accepted) != 0 {
		t.Errorf("%d places are taken and %d more accepted; want 1 and none", len(few.places), len(accepted))
	}
	first.Close()
	first.Close()
	(<-accepted).Close()
	few.Close()
	if err := <-ended; !errors.Is(err, net.ErrClosed) {
		t.Errorf("Accept after Close: %v", err)
	}
}
