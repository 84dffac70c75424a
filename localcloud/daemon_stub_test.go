package localcloud_test

func serveOld(string) {}
