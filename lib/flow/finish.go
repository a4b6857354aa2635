package flow

// Finish is the last word, once all stages have ended: what their tools showed
// at the end is taken in, and the history is closed. unread is how many bytes
// were left in each stage's input, -1 where nobody knows.
func (w *Watch) Finish(unread []int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i := range w.stages {
		s := &w.stages[i]
		if w.board == nil || s.pid == 0 {
			continue
		}
		s.figures = w.board.Read(i, s.figures)
		s.tools(&w.view.Stages[i], w.now()+lag)
	}
	w.reconcile(nil)
	for i := range w.pipes {
		n := unread[i+1]
		writer, reader, pipe := &w.stages[i], &w.stages[i+1], &w.view.Pipes[i]
		if n < 0 {
			continue
		}
		if pipe.Moved = max(pipe.Moved, moved(writer, reader, n, w.pipes[i].base)); reader.exactIn && !writer.exactOut {
			pipe.Moved = reader.toolIn + n
		}
		w.view.Stages[i].Out = pipe.Moved
		if !reader.exactIn {
			w.view.Stages[i+1].In = max(0, pipe.Moved-n)
		}
	}
	w.view.At = w.now()
	w.history.add(&w.view)
}
