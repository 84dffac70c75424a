package toolchain

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("Moto", func() {
	var f *fixture
	var site string

	BeforeEach(func() {
		f = newFixture()
		site = GinkgoT().TempDir()
	})

	// onPath puts a moto_server of a version on PATH, and lets its interpreter answer.
	onPath := func(version, shebang string) string {
		python := filepath.Join(site, "bin", "python3.12")
		metadata := filepath.Join(site, "moto-"+version+".dist-info")
		Expect(put(python, "an interpreter")).To(Succeed())
		Expect(os.MkdirAll(metadata, 0o755)).To(Succeed())
		if shebang == "" {
			shebang = python
		}
		server := filepath.Join(site, "bin", "moto_server")
		Expect(put(server, "#!"+shebang+"\nimport moto\n")).To(Succeed())
		f.onPath["moto_server"] = server
		f.when(askMoto, func(_ context.Context, c command) (string, error) {
			if c.name != python && c.name != f.onPath["python3"] {
				return "", os.ErrNotExist
			}
			answer, err := json.Marshal(motoOnPath{Python: python, Version: version, Metadata: metadata})
			return string(answer), err
		})
		return python
	}

	Context("when the pinned version is on PATH", func() {
		It("should be that one, and be asked for once", func(ctx SpecContext) {
			python := onPath(testMoto, "")
			for range 3 {
				installed, err := f.ensure(ctx, Moto)
				Expect(err).NotTo(HaveOccurred())
				Expect(installed.MotoPython).To(Equal(python))
			}
			Expect(f.times(askMoto)).To(Equal(1))
			Expect(f.times("-m venv")).To(BeZero())
		})

		It("should be found behind a launcher that is no Python script", func(ctx SpecContext) {
			python := onPath(testMoto, "/usr/bin/env bash")
			installed, err := f.ensure(ctx, Moto)
			Expect(err).NotTo(HaveOccurred())
			Expect(installed.MotoPython).To(Equal(python))
		})

		It("should be an environment of ours once it was upgraded or removed", func(ctx SpecContext) {
			python := onPath(testMoto, "")
			_, err := f.ensure(ctx, Moto)
			Expect(err).NotTo(HaveOccurred())
			Expect(os.Remove(filepath.Join(site, "moto-"+testMoto+".dist-info"))).To(Succeed())
			installed, err := f.ensure(ctx, Moto)
			Expect(err).NotTo(HaveOccurred())
			Expect(installed.MotoPython).NotTo(Equal(python))
			Expect(installed.MotoPython).To(HavePrefix(f.cache))
		})
	})

	Context("when another version is on PATH", func() {
		It("should be an environment of ours with the pinned hashes", func(ctx SpecContext) {
			onPath("4.0.0", "")
			installed, err := f.ensure(ctx, Moto)
			Expect(err).NotTo(HaveOccurred())
			Expect(installed.MotoPython).To(HavePrefix(f.cache))
			Expect(f.times("--require-hashes --requirement " + filepath.Join(f.root, "tools/moto/requirements.txt"))).To(Equal(1))
		})

		It("should not be asked about again", func(ctx SpecContext) {
			onPath("4.0.0", "")
			_, err := f.ensure(ctx, Moto)
			Expect(err).NotTo(HaveOccurred())
			f.ran = nil
			_, err = f.ensure(ctx, Moto)
			Expect(err).NotTo(HaveOccurred())
			Expect(f.ran).To(BeEmpty())
		})
	})

	Context("when the interpreter of our environment was removed", func() {
		It("should be installed anew", func(ctx SpecContext) {
			installed, err := f.ensure(ctx, Moto)
			Expect(err).NotTo(HaveOccurred())
			Expect(os.Remove(installed.MotoPython)).To(Succeed())
			Expect(os.Symlink(filepath.Join(site, "gone"), installed.MotoPython)).To(Succeed())
			_, err = f.ensure(ctx, Moto)
			Expect(err).NotTo(HaveOccurred())
			Expect(f.times("-m venv")).To(Equal(2))
		})
	})
})
