package source

import (
	"fmt"
	"go/format"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/compliance-monitor/compliance-monitor/contract/catalogue"
)

// Command makes the catalogue's Go form anew; it is run in any folder of the checkout.
const Command = "go generate github.com/compliance-monitor/compliance-monitor/contract/catalogue"

const header = `// Code generated from rules.yaml by '` + Command + `'. DO NOT EDIT.

package catalogue

// shipped is made at the first call of Load: what is a function's body costs nothing at a program's start.
func shipped() *Catalogue {
	return &`

// Go is the catalogue as the Go source of package catalogue. The same catalogue gives the same bytes.
func Go(c *catalogue.Catalogue) ([]byte, error) {
	var text strings.Builder
	text.WriteString(header)
	write(&text, reflect.ValueOf(*c), true)
	text.WriteString("\n}\n")
	return format.Source([]byte(text.String()))
}

// write writes a value as a literal. What is empty is left out, and so is the type where its surroundings tell it.
func write(text *strings.Builder, value reflect.Value, typed bool) {
	if typed {
		text.WriteString(strings.ReplaceAll(value.Type().String(), "catalogue.", ""))
	}
	switch value.Kind() {
	case reflect.Struct:
		text.WriteString("{\n")
		for i := range value.NumField() {
			if field := value.Field(i); !empty(field) {
				text.WriteString(value.Type().Field(i).Name + ": ")
				write(text, field, !basic(field))
				text.WriteString(",\n")
			}
		}
	case reflect.Slice:
		text.WriteString("{\n")
		for i := range value.Len() {
			write(text, value.Index(i), false)
			text.WriteString(",\n")
		}
	case reflect.Map:
		text.WriteString("{\n")
		keys := value.MapKeys()
		slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
		for _, key := range keys {
			text.WriteString(strconv.Quote(key.String()) + ": ")
			write(text, value.MapIndex(key), false)
			text.WriteString(",\n")
		}
	case reflect.String:
		text.WriteString(strconv.Quote(value.String()))
		return
	default: // numbers and truth values
		fmt.Fprint(text, value.Interface())
		return
	}
	text.WriteString("}")
}

func basic(value reflect.Value) bool {
	return value.Kind() != reflect.Struct && value.Kind() != reflect.Slice && value.Kind() != reflect.Map
}

// empty says that leaving the value out of a literal makes no difference to whoever ranges over it or asks for its length.
func empty(value reflect.Value) bool {
	switch value.Kind() {
	case reflect.Slice, reflect.Map:
		return value.Len() == 0
	default:
		return value.IsZero()
	}
}
