// Package localcloud is AWS on a laptop: a gateway on a loopback address that starts moto behind itself,
// passes every request through, and adds what moto drops or refuses and a deployment needs.
//
// It is a test double. It keeps everything in memory, knows one account, listens on loopback only, and its
// state survives nothing, on purpose. docs/localcloud.md says what is emulated, how faithfully, and what is not.
//
// A test starts one of its own with [Start]; a person has one in the background with [Up] and [Down].
package localcloud
