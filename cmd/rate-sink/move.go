package main

import (
	"errors"
	"time"

	"ndjsontools/lib/filter"
	"ndjsontools/lib/ndjson"
	"ndjsontools/lib/pace"
	"ndjsontools/lib/sink"
	"ndjsontools/lib/stdio"
)

// idleAfter is how long a wait for the rate must be to count as idle, when a
// destination that likes small batches gets what is held. Shorter waits are the
// normal course of a rate and would make every batch a few records.
const idleAfter = 50 * time.Millisecond

// move moves blocks of records from the input to the engine.
func (d *delivery) move() error {
	for {
		now := d.life.Clock.Now()
		records, size := d.limits.Due(now)
		if records <= 0 || size <= 0 {
			if err := d.wait(now, d.limits.Next(now)); err != nil {
				return err
			}
			continue
		}
		if !d.in.ScanBlock(int(min(records, ndjson.DefaultMax)), int(min(size, ndjson.DefaultMax))) {
			return d.in.Err()
		}
		scanned := d.life.Clock.Now()
		block := d.in.Block()
		err := d.take(block)
		added := d.life.Clock.Now()
		d.blocked.Add(int64(added - scanned))
		if err == nil {
			err = d.echo.err
		}
		if err != nil {
			return err
		}
		d.limits.Take(scanned, int64(block.Records), int64(len(block.Data)))
		d.excuse(now, scanned)
		d.excuse(scanned, added)
	}
}

// take hands a block to the engine, or a bad record to the judge.
func (d *delivery) take(block *ndjson.Block) error {
	if block.First.Err != nil {
		return d.reject(&block.First)
	}
	return d.engine.Add(d.ctx, d.placed(block))
}

// placed is the block with its place in the whole input.
func (d *delivery) placed(block *ndjson.Block) sink.Block {
	return sink.Block{Data: block.Data, Records: block.Records, At: d.resume.at(&block.First)}
}

// reject gives a record over the maximum to the judge.
func (d *delivery) reject(rec *ndjson.Record) error {
	d.tooLong.Add(1)
	at := d.resume.at(rec)
	rec.Ordinal, rec.Line, rec.Offset = at.Ordinal, at.Line, at.Offset
	err := d.judge.Reject(rec, filter.Fault{Input: d.in.Name(), Reason: rec.Err.Error(), At: -1})
	if d.table.Stream != "" { // the next batch may take a checkpoint with it that is past this record
		err = errors.Join(err, d.judge.Sync())
	}
	return err
}

// settleRest settles the records that were read and not yet handed to the engine
// when the work ended for why. After a signal, or when nobody reads the echo any
// more, they are delivered, unpaced; otherwise they are unresolved.
func (d *delivery) settleRest(why error) {
	d.in.Halt(why)
	for d.in.Reader.ScanBlock(0, 0) {
		block := d.in.Block()
		if block.First.Err != nil || errors.Is(why, stdio.ErrStopped) || errors.Is(why, stdio.ErrReaderGone) {
			d.take(block) // an engine's error comes again from Stop; that the judge may say stop changes nothing now
			continue
		}
		d.engine.Forgo(d.ctx, d.placed(block))
	}
}

// excuse tells the limits of a spell in which the input or the destination held
// us up, which is not ours to make up for. Below the pacer's grace it is the
// ordinary cost of a call.
func (d *delivery) excuse(from, to time.Duration) {
	if to-from > pace.Grace {
		d.limits.Idle(from, to)
	}
}

// idle tells the engine, and then the echo, that the input has nothing. The time
// that a delivery takes is time blocked on output, here as in move.
func (d *delivery) idle() (time.Duration, error) {
	begun := d.life.Clock.Now()
	again, err := d.echo.idle(d.engine.Idle(d.ctx))
	d.blocked.Add(int64(d.life.Clock.Now() - begun))
	return again, err
}

// wait sleeps until next, or until there is something to do before that: the
// held batch is old enough to go, or a delivery has ended.
func (d *delivery) wait(now, next time.Duration) error {
	wake := max(next, now+pace.Quantum)
	if wake-now < idleAfter {
		return d.life.Sleep(wake)
	}
	again, err := d.idle()
	if err != nil {
		return err
	}
	if again > 0 {
		wake = min(wake, now+max(again, pace.Quantum))
	}
	begun := d.life.Clock.Now()
	err = d.life.Wait(wake)
	d.life.Meter.Limited.Add(int64(d.life.Clock.Now() - begun))
	return err
}
