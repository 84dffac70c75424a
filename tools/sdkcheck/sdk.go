package sdkcheck

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"reflect"
	"strconv"
	"strings"
)

// SDK reads the struct types of the Go SDK from its source, so that nothing needs to be compiled against it.
type SDK struct {
	root     fs.FS
	packages map[string]map[string]ast.Expr
}

// errNoType says that the SDK has no such type.
var errNoType = errors.New("the SDK has no such type; its version and the mapping do not fit")

// NewSDK reads from the folder of the module's package "aws", go/aws in the module github.com/pulumi/pulumi-aws/sdk/v6.
func NewSDK(root fs.FS) *SDK {
	return &SDK{root: root, packages: map[string]map[string]ast.Expr{}}
}

// object is the shape of a struct by its `pulumi:"…"` tags. The index module is the package aws itself.
func (s *SDK) object(module, name string) (Shape, error) {
	types, err := s.load(module)
	if err != nil {
		return Shape{}, err
	}
	definition, ok := types[name].(*ast.StructType)
	if !ok {
		return Shape{}, fmt.Errorf("%s.%s: %w", module, name, errNoType)
	}
	object := Shape{Kind: ObjectKind, Fields: map[string]Shape{}}
	for _, field := range definition.Fields.List {
		property := propertyName(field)
		if property == "" {
			continue
		}
		shape, err := s.shape(module, field.Type)
		if err != nil {
			return Shape{}, fmt.Errorf("%s.%s: property %s: %w", module, name, property, err)
		}
		object.Fields[property] = shape
	}
	return object, nil
}

// propertyName is the name in a field's pulumi tag, or "" for a field without one.
func propertyName(field *ast.Field) string {
	if field.Tag == nil {
		return ""
	}
	tag, err := strconv.Unquote(field.Tag.Value)
	if err != nil {
		return ""
	}
	name, _, _ := strings.Cut(reflect.StructTag(tag).Get("pulumi"), ",")
	return name
}

var basicKinds = map[string]Kind{
	"string": StringKind, "bool": BooleanKind, "int": IntegerKind, "float64": NumberKind, "any": AnyKind,
}

// pulumiKinds are the types of the package pulumi that stand in argument structs. The SDK writes every asset
// as AssetOrArchive.
var pulumiKinds = map[string]Kind{"Asset": AssetKind, "AssetOrArchive": AssetKind, "Archive": ArchiveKind}

func (s *SDK) shape(module string, expression ast.Expr) (Shape, error) {
	switch typed := expression.(type) {
	case *ast.StarExpr:
		return s.shape(module, typed.X)
	case *ast.ArrayType:
		return s.container(module, ArrayKind, typed.Elt)
	case *ast.MapType:
		return s.container(module, MapKind, typed.Value)
	case *ast.InterfaceType:
		return Shape{Kind: AnyKind}, nil
	case *ast.SelectorExpr:
		if kind, ok := pulumiKinds[typed.Sel.Name]; ok {
			return Shape{Kind: kind}, nil
		}
		return Shape{}, fmt.Errorf("the SDK's type %s is unknown here; add it to sdkcheck", typed.Sel.Name)
	case *ast.Ident:
		return s.named(module, typed.Name)
	default:
		return Shape{}, fmt.Errorf("the SDK's type %T is unknown here; add it to sdkcheck", expression)
	}
}

// named resolves a basic type, a nested struct or an enumeration.
func (s *SDK) named(module, name string) (Shape, error) {
	if kind, ok := basicKinds[name]; ok {
		return Shape{Kind: kind}, nil
	}
	types, err := s.load(module)
	if err != nil {
		return Shape{}, err
	}
	if underlying, ok := types[name].(*ast.Ident); ok {
		return s.named(module, underlying.Name)
	}
	return s.object(module, name)
}

func (s *SDK) container(module string, kind Kind, elem ast.Expr) (Shape, error) {
	shape, err := s.shape(module, elem)
	if err != nil {
		return Shape{}, err
	}
	return Shape{Kind: kind, Elem: &shape}, nil
}

// load parses the Go files of one module of the SDK, once.
func (s *SDK) load(module string) (map[string]ast.Expr, error) {
	if types, done := s.packages[module]; done {
		return types, nil
	}
	folder := module
	if module == "index" {
		folder = "."
	}
	entries, err := fs.ReadDir(s.root, folder)
	if err != nil {
		return nil, fmt.Errorf("reading module %s of the SDK: %w", module, err)
	}
	types := map[string]ast.Expr{}
	for _, entry := range entries {
		if entry.IsDir() || !strings.HasSuffix(entry.Name(), ".go") {
			continue
		}
		if err := collectTypes(s.root, strings.TrimPrefix(folder+"/"+entry.Name(), "./"), types); err != nil {
			return nil, err
		}
	}
	s.packages[module] = types
	return types, nil
}

func collectTypes(root fs.FS, path string, types map[string]ast.Expr) error {
	source, err := fs.ReadFile(root, path)
	if err != nil {
		return fmt.Errorf("reading the SDK: %w", err)
	}
	file, err := parser.ParseFile(token.NewFileSet(), path, source, parser.SkipObjectResolution)
	if err != nil {
		return fmt.Errorf("parsing the SDK: %w", err)
	}
	for _, declaration := range file.Decls {
		general, ok := declaration.(*ast.GenDecl)
		if !ok || general.Tok != token.TYPE {
			continue
		}
		for _, spec := range general.Specs {
			named := spec.(*ast.TypeSpec)
			types[named.Name.Name] = named.Type
		}
	}
	return nil
}
