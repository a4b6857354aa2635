package flow

// View copies what was seen last into v.
func (w *Watch) View(v *View) {
	w.mu.Lock()
	defer w.mu.Unlock()
	v.copyFrom(&w.view)
}

// History is what was seen of the run so far. It shares nothing with the Watch.
func (w *Watch) History() *History {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.history.clone()
}
