package gen

import "net/netip"

func ip4Type(k *call) error {
	network, err := k.network(netip.MustParsePrefix("0.0.0.0/0"))
	if err != nil {
		return err
	}
	a := network.Addr().As4()
	start := int64(a[0])<<24 | int64(a[1])<<16 | int64(a[2])<<8 | int64(a[3])
	return k.counted(op{kind: opIP4, start: start, max: 15}, 1<<(32-network.Bits()))
}

func ip6Type(k *call) error {
	network, err := k.network(netip.MustParsePrefix("2000::/3"))
	if err != nil {
		return err
	}
	k.leaf(op{kind: opIP6, max: 39, more: &more{prefix: network.Addr().As16(), network: network.Bits()}})
	return nil
}

func (k *call) network(fallback netip.Prefix) (netip.Prefix, error) {
	if len(k.args) == 0 {
		return fallback, nil
	}
	a := k.args[0]
	p, err := netip.ParsePrefix(a.text())
	if err != nil || p.Addr().Is4() != fallback.Addr().Is4() {
		return p, k.failAt(a, quoteText(a.text())+" is not a network in the form of "+fallback.String())
	}
	return p.Masked(), nil
}
