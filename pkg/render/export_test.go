package render

// Explain gives what a code means and what can be done about it, as a receipt
// would say it.
func (r *Renderer) Explain(code string) (what, todo string) {
	for _, s := range remedy(code) {
		todo = r.say(r.Catalog, s)
	}
	return r.say(r.Catalog, meaning(code)), todo
}
