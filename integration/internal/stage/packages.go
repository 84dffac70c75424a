package stage

import (
	"context"
	"path/filepath"
	"runtime"

	"github.com/compliance-monitor/compliance-monitor/cmd/deploy"
	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/tools/lambdazip"
)

// packages is the folder of the functions' packages.
func (s *Stage) packages() string {
	return filepath.Join(s.folder, "lambdas")
}

// Package is the file of a function's package, for the host's architecture. It is there once the functions layer has been
// deployed.
func (s *Stage) Package(function string) string {
	return filepath.Join(deploy.PackageFolder(s.packages(), runtime.GOARCH), function+".zip")
}

func (s *Stage) buildPackages(ctx context.Context) error {
	for _, function := range names.Functions() {
		_, _, err := lambdazip.Build(ctx, lambdazip.Options{
			Root: s.Root, Function: function, GOARCH: runtime.GOARCH, OutDir: filepath.Dir(s.Package(function)), Out: s.out,
		})
		if err != nil {
			return err
		}
	}
	return nil
}
