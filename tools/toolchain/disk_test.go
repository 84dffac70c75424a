package toolchain

import (
	"path/filepath"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("Disk space", func() {
	look := func(path string) (volume, error) {
		if strings.HasPrefix(path, "/large") {
			return volume{id: 1, free: 10 * gigabyte}, nil
		}
		return volume{id: 2, free: 2 * gigabyte}, nil
	}

	DescribeTable("should be demanded of each disk",
		func(enough bool, demands ...demand) {
			err := checkSpace(demands, look)
			if enough {
				Expect(err).NotTo(HaveOccurred())
				return
			}
			Expect(err).To(MatchError(ErrDiskFull))
		},
		Entry("with room on both", true, demand{"/large/cache", 9 * gigabyte}, demand{"/small/cache", gigabyte}),
		Entry("with too little on one", false, demand{"/large/cache", gigabyte}, demand{"/small/cache", 3 * gigabyte}),
		Entry("exactly as much as there is", true, demand{"/small/cache", 2 * gigabyte}),
		Entry("together, where folders share a disk", false,
			demand{"/small/cache", 1500 * megabyte}, demand{"/small/go", 1500 * megabyte}),
	)

	It("should be that of the nearest folder that exists", func() {
		folder := GinkgoT().TempDir()
		here, err := volumeOf(folder)
		Expect(err).NotTo(HaveOccurred())
		Expect(here.free).NotTo(BeZero())
		there, err := volumeOf(filepath.Join(folder, "not", "yet"))
		Expect(err).NotTo(HaveOccurred())
		Expect(there.id).To(Equal(here.id))
	})
})
