package localcloud

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"syscall"
)

// DefaultAddress is where localcloud listens unless told otherwise: the port that people know from other local clouds.
const DefaultAddress = "127.0.0.1:4566"

// ErrPortTaken is in the error of [Start] and [Up] when another program listens on the address.
var ErrPortTaken = errors.New("the port is taken")

// checkAddress refuses an address that other machines could reach.
func checkAddress(address string) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("reading the address %q: %w; it must look like %s", address, err, DefaultAddress)
	}
	if host == "localhost" {
		return nil
	}
	if ip, err := netip.ParseAddr(host); err != nil || !ip.IsLoopback() {
		return fmt.Errorf("listening on %s: %q is not a loopback address; localcloud asks nobody for a password, "+
			"so it serves this machine only: use %s", address, host, DefaultAddress)
	}
	return nil
}

// listen opens the address, or says who has it.
func listen(address string) (net.Listener, error) {
	if err := checkAddress(address); err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", address)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, portTaken(address)
	}
	if err != nil {
		return nil, fmt.Errorf("listening on %s: %w", address, err)
	}
	return listener, nil
}

// portTaken is the error for an address that another program listens on.
func portTaken(address string) error {
	return fmt.Errorf("listening on %s: %w by %s; stop it, or use another address", address, ErrPortTaken, portOwner(address))
}
