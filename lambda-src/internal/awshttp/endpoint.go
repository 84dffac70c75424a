package awshttp

import (
	"net"
	"net/url"
	"strings"
)

// baseURL is where a service of AWS is called: its own endpoint, or the one of the settings.
func (s Settings) baseURL(service string) string {
	if s.Endpoint != "" {
		return strings.TrimSuffix(s.Endpoint, "/")
	}
	return "https://" + service + "." + s.Region + ".amazonaws.com"
}

// bucketURL is a bucket's address. The bucket is a part of the host's name, but for this machine, where it can't be, and
// for a name with dots, which no certificate covers.
func (s Settings) bucketURL(bucket string) string {
	base := s.baseURL(serviceS3)
	scheme, host, _ := strings.Cut(base, "://")
	if OnLoopback(s.Endpoint) || strings.Contains(bucket, ".") {
		return base + "/" + bucket
	}
	return scheme + "://" + bucket + "." + host
}

// OnLoopback says whether an endpoint is on this machine, where a bucket can't be a part of the host's name.
func OnLoopback(endpoint string) bool {
	parsed, err := url.Parse(endpoint)
	if err != nil {
		return false
	}
	host := parsed.Hostname()
	return host == "localhost" || net.ParseIP(host).IsLoopback()
}

// escape writes a key as a path: AWS's signatures are of paths in which all but these characters are escaped.
func escape(key string) string {
	const plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/"
	const digits = "0123456789ABCDEF"
	var path strings.Builder
	for _, b := range []byte(key) {
		if strings.IndexByte(plain, b) >= 0 {
			path.WriteByte(b)
		} else {
			path.Write([]byte{'%', digits[b>>4], digits[b&15]})
		}
	}
	return path.String()
}
