package gen

// object compiles the members. As soon as one may be absent, a comma stands
// behind each, and the end takes the last one back.
func (c *compiler) object(n *node, path []string, top bool) error {
	items, names := n.items, n.names
	loose := false
	for _, item := range items {
		loose = loose || absentOf(item) != nil
	}
	c.static("{")
	count := 0
	open := func(name string) {
		if count > 0 && !loose {
			c.static(",")
		}
		count++
		c.static(quoted(name) + ":")
	}
	for i, item := range items {
		member := func() error {
			open(names[i])
			err := c.node(item, sub(path, names[i]), false)
			if loose {
				c.static(",")
			}
			return err
		}
		var err error
		if a := absentOf(item); a != nil {
			var p uint64
			if p, err = parseShare(a.value); err != nil {
				return item.src.fail(a.off, "absent="+a.value+": "+err.Error(), "")
			}
			err = c.around(op{kind: opMaybe, n: p, key: key(c.Seed, sub(path, names[i]), "absent")}, member)
		} else {
			err = member()
		}
		if err != nil {
			return err
		}
		if maxSize(c.ops) > maxRecord {
			return item.src.fail(0, "the record is longer than 64 MiB", "")
		}
	}
	if top {
		if err := c.extra(n, open, loose); err != nil {
			return err
		}
	}
	if loose {
		c.ops = append(c.ops, op{kind: opClose})
		c.sealed = len(c.ops)
	} else {
		c.static("}")
	}
	return nil
}

func absentOf(n *node) *arg {
	if n.kind == exprNode {
		return n.expr.modifier("absent")
	}
	return n.absent
}

// extra adds the members that options ask for.
func (c *compiler) extra(n *node, open func(string), loose bool) error {
	comma := func() {
		if loose {
			c.static(",")
		}
	}
	if c.Stamp != "" {
		if n.member(c.Stamp) != nil {
			return &SchemaError{Message: "the record has a field " + quoteText(c.Stamp) + " already; a stamp needs a name of its own"}
		}
		open(c.Stamp)
		c.static(`{"t":`)
		c.ops = append(c.ops, op{kind: opStamp, max: 20})
		c.static(`,"seq":`)
		c.ops = append(c.ops, op{kind: opSeq, step: 1, max: digits(c.last)})
		c.static(`}`)
		comma()
	}
	if c.RecordSize > 0 && c.pad < 0 {
		if n.member("pad") != nil {
			return &SchemaError{Message: `the record has a field "pad" that is not of the type pad`, Next: "give a field the type pad"}
		}
		open("pad")
		c.static(`"`)
		c.padding()
		c.static(`"`)
		comma()
	}
	return nil
}

// padding marks the place that grows to the records' size.
func (c *compiler) padding() {
	c.pad = len(c.ops)
	c.ops = append(c.ops, op{kind: opPad})
	c.sealed = len(c.ops)
}
