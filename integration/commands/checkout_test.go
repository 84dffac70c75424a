package commands_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// realCheckout is the folder with go.work above this one.
func realCheckout() string {
	GinkgoHelper()
	folder, err := filepath.Abs(".")
	Expect(err).NotTo(HaveOccurred())
	for ; folder != "/"; folder = filepath.Dir(folder) {
		if _, err := os.Stat(filepath.Join(folder, "go.work")); err == nil {
			return folder
		}
	}
	Fail("there is no go.work above")
	return ""
}

// checkout is a copy of what the command reads in a checkout: the settings, and the sources that the toolchain is made
// of. What a spec writes into it stays there.
type checkout struct{ root string }

func newCheckout() checkout {
	GinkgoHelper()
	root, err := filepath.EvalSymlinks(GinkgoT().TempDir())
	Expect(err).NotTo(HaveOccurred())
	real := realCheckout()
	for _, tool := range []string{"moto", "pulumi", "provider-aws"} {
		Expect(os.CopyFS(filepath.Join(root, "tools", tool), os.DirFS(filepath.Join(real, "tools", tool)))).To(Succeed())
	}
	files, err := filepath.Glob(filepath.Join(real, "stacks", "*", "Pulumi*.yaml"))
	Expect(err).NotTo(HaveOccurred())
	for _, file := range append(files, filepath.Join(real, "stacks", "stacks.go"), filepath.Join(real, "stacks", "go.mod")) {
		name, err := filepath.Rel(real, file)
		Expect(err).NotTo(HaveOccurred())
		text, err := os.ReadFile(file)
		Expect(err).NotTo(HaveOccurred())
		checkout{root}.write(name, string(text))
	}
	return checkout{root}
}

func (c checkout) path(name string) string { return filepath.Join(c.root, name) }

func (c checkout) write(name, text string) {
	GinkgoHelper()
	Expect(os.MkdirAll(filepath.Dir(c.path(name)), 0o755)).To(Succeed())
	Expect(os.WriteFile(c.path(name), []byte(text), 0o600)).To(Succeed())
}

// settings writes the settings of a layer, "key: value" each.
func (c checkout) settings(stack, layer string, lines ...string) {
	GinkgoHelper()
	var text strings.Builder
	text.WriteString("config:\n  pulumi:disable-default-providers: [aws]\n")
	for _, line := range lines {
		text.WriteString("  compliance-monitor-" + layer + ":" + line + "\n")
	}
	c.write("stacks/"+layer+"/Pulumi."+stack+".yaml", text.String())
}

// files are the contents of all files below a folder of the checkout, by name.
func files(folder string) map[string]string {
	GinkgoHelper()
	all := map[string]string{}
	Expect(filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		all[strings.TrimPrefix(path, folder)] = string(text)
		return err
	})).To(Succeed())
	return all
}
