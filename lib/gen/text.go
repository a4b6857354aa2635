package gen

func wordsType(k *call) error {
	lo, hi, err := k.sizes(0, 4, 12)
	if err != nil {
		return err
	}
	k.leaf(op{kind: opWords, start: lo, n: uint64(hi-lo) + 1, max: int(hi) * (longest + 1)})
	return nil
}

func textType(k *call) error {
	lo, hi, err := k.sizes(0, 20, 80)
	if err != nil {
		return err
	}
	k.leaf(op{kind: opText, start: lo, n: uint64(hi-lo) + 1, max: int(hi)})
	return nil
}

// fixedBytes is a type of so many bytes in one encoding.
func fixedBytes(kind opKind, fallback int64, size func(int) int) func(*call) error {
	return func(k *call) error {
		lo, hi, err := k.sizes(0, fallback, fallback)
		if err != nil {
			return err
		}
		if lo != hi {
			return k.failAt(k.args[0], k.e.name+" takes one length, not a range; bytes does")
		}
		k.bits = 8 * int(lo)
		k.leaf(op{kind: kind, times: int(lo), max: size(int(lo))})
		return nil
	}
}

func hexSize(n int) int    { return 2 * n }
func base64Size(n int) int { return (n + 2) / 3 * 4 }

func bytesType(k *call) error {
	lo, hi, err := k.sizes(0, 16, 16)
	if err != nil {
		return err
	}
	digits, size := base64Digits, base64Size
	if a, ok := k.named["enc"]; ok {
		switch a.value {
		case "base64":
		case "base64url":
			digits = urlDigits
		case "hex":
			digits, size = "", hexSize
		default:
			return k.failAt(a, "enc= is base64, base64url or hex")
		}
	}
	k.leaf(op{kind: opBytes, start: lo, n: uint64(hi-lo) + 1, max: size(int(hi)), more: &more{digits: digits}})
	return nil
}

func padType(k *call) error {
	if len(k.args) == 0 {
		if k.RecordSize == 0 {
			return k.e.src.fail(k.e.off, "pad needs a size, or --record-size", "")
		}
		if k.pad >= 0 || k.depth+k.optional > 0 || len(k.named) > 0 || k.inString || len(k.path) != 1 {
			return k.e.src.fail(k.e.off, "the padding of --record-size stands once, at the top of the record, without modifiers", "")
		}
		k.padding()
		return nil
	}
	lo, hi, err := k.sizes(0, 0, 0)
	if err != nil {
		return err
	}
	if lo != hi {
		return k.failAt(k.args[0], "pad takes one size, not a range")
	}
	k.add(op{kind: opPad, times: int(lo), max: int(lo)})
	return nil
}
