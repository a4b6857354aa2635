package postgres

import (
	"context"
	"sync"
)

// A pool has the sessions that no delivery uses at the moment; there are never
// more than deliveries at once.
type pool struct {
	mu     sync.Mutex
	idle   []*session
	closed bool
}

// take answers the session that was used last, or nil.
func (p *pool) take() (s *session) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if n := len(p.idle); n > 0 {
		s, p.idle = p.idle[n-1], p.idle[:n-1]
	}
	return s
}

// put takes a session that is fit for another delivery.
func (p *pool) put(s *session) {
	p.mu.Lock()
	closed := p.closed
	if !closed {
		p.idle = append(p.idle, s)
	}
	p.mu.Unlock()
	if closed {
		s.close()
	}
}

// drain closes all that are idle; final, and all that come later.
func (p *pool) drain(final bool) {
	p.mu.Lock()
	idle := p.idle
	p.idle, p.closed = nil, p.closed || final
	p.mu.Unlock()
	var goodbyes sync.WaitGroup
	for _, s := range idle {
		goodbyes.Go(s.close)
	}
	goodbyes.Wait()
}

// session answers one that is idle, or a new one. It must be given to after.
func (d *destination) session(ctx context.Context) (*session, error) {
	if s := d.pool.take(); s != nil {
		return s, nil
	}
	s, err := d.dial(ctx)
	if err != nil {
		return nil, err
	}
	if err := s.prepare(ctx); err != nil {
		s.close()
		return nil, d.judgeSetup(err)
	}
	return s, nil
}

// after judges the error of what was done with a session, and makes the session
// fit for something else, or closes it, for a new one knows its state. Where one
// connection broke, the server may have gone, and idle ones with it: that each of
// them cost an attempt would help nobody.
func (d *destination) after(ctx context.Context, s *session, err error) error {
	if err != nil {
		err = d.judge(s, err)
	}
	switch {
	case s == nil:
	case s.broken():
		s.close()
		d.pool.drain(false)
	case err != nil && s.rollback(context.WithoutCancel(ctx)) != nil:
		s.close()
	default:
		d.pool.put(s)
	}
	return err
}
