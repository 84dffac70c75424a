package sdkcheck_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

const sdkPackages = sdkModule + "/go/aws"

// usedTypes reads from the source of the stacks which resource types and functions of the SDK they call for.
func usedTypes(stacks string) (resources, functions []string) {
	GinkgoHelper()
	found := map[string]bool{}
	Expect(filepath.WalkDir(stacks, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		modules := sdkImports(file)
		ast.Inspect(file, func(node ast.Node) bool {
			if used := calledToken(node, modules); used != "" {
				found[used] = true
			}
			return true
		})
		return nil
	})).To(Succeed())
	for _, used := range slices.Sorted(maps.Keys(found)) {
		if strings.HasPrefix(used, "aws:index/get") {
			functions = append(functions, used)
		} else {
			resources = append(resources, used)
		}
	}
	return resources, functions
}

// sdkImports maps the name of each imported package of the SDK to its module; the package aws is the module index.
func sdkImports(file *ast.File) map[string]string {
	modules := map[string]string{}
	for _, spec := range file.Imports {
		path := strings.Trim(spec.Path.Value, `"`)
		module, ok := strings.CutPrefix(path, sdkPackages)
		if !ok {
			continue
		}
		name := filepath.Base(path)
		if spec.Name != nil {
			name = spec.Name.Name
		}
		modules[name] = strings.TrimPrefix(module, "/")
		if module == "" {
			modules[name] = "index"
		}
	}
	return modules
}

// calledToken is the token behind a call such as kms.NewKey(…) or aws.GetRegion(…), or "" for anything else. The
// provider itself is no type that it serves.
func calledToken(node ast.Node, modules map[string]string) string {
	call, ok := node.(*ast.CallExpr)
	if !ok {
		return ""
	}
	selector, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	name, ok := selector.X.(*ast.Ident)
	if !ok || modules[name.Name] == "" || selector.Sel.Name == "NewProvider" {
		return ""
	}
	module := modules[name.Name]
	if resource, ok := strings.CutPrefix(selector.Sel.Name, "New"); ok {
		return "aws:" + module + "/" + strings.ToLower(resource[:1]) + resource[1:] + ":" + resource
	}
	if function, ok := strings.CutPrefix(selector.Sel.Name, "Get"); ok {
		return "aws:" + module + "/get" + function + ":get" + function
	}
	return ""
}
