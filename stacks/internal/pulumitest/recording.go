package pulumitest

import (
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/stacks/internal/settings"
)

// Recording is what a program asked for.
type Recording struct {
	Steps   []string       // registrations and calls in the program's order; each may be an Options.FailAt
	All     []Resource     // resources in the program's order, providers and stack references included
	Calls   []Call         // calls of provider functions
	Exports map[string]any // the stack's outputs; empty where the program failed
}

// Resource is one registered resource. Inputs, Outputs, ID, Provider and DependsOn stay empty where it was refused.
type Resource struct {
	Type, Name string
	ID         string
	Inputs     map[string]any // plain Go values; numbers are float64
	Outputs    map[string]any
	Provider   string   // logical name of its explicit provider; empty where it has none
	DependsOn  []string // logical names of what it depends on, by its options or through its inputs; sorted
	taggable   bool
}

// Step names the registration among Recording.Steps.
func (r Resource) Step() string { return r.Type + " " + r.Name }

// Tags are the resource's own tags, without the provider's.
func (r Resource) Tags() map[string]any {
	tags, _ := r.Inputs["tags"].(map[string]any)
	return tags
}

// Call is one call of a provider's function.
type Call struct {
	Token    string
	Inputs   map[string]any
	Provider string
}

// Resources are the resources of the type, in the program's order.
func (r *Recording) Resources(kind string) []Resource {
	var found []Resource
	for _, one := range r.All {
		if one.Type == kind {
			found = append(found, one)
		}
	}
	return found
}

// Resource is the first resource with the logical name; without one, it is the zero Resource.
func (r *Recording) Resource(name string) Resource {
	i := slices.IndexFunc(r.All, func(one Resource) bool { return one.Name == name })
	if i < 0 {
		return Resource{}
	}
	return r.All[i]
}

// Untagged says of each taggable resource which tags it lacks, and which of its tags AWS would refuse, those of its
// provider counted in. A resource is taggable when its arguments have tags.
func (r *Recording) Untagged() []string {
	var untagged []string
	for _, one := range r.All {
		if !one.taggable {
			continue
		}
		tags := map[string]any{}
		maps.Copy(tags, r.defaultTags(one.Provider))
		maps.Copy(tags, one.Tags())
		if fault := faultOf(tags); fault != "" {
			untagged = append(untagged, one.Step()+" "+fault)
		}
	}
	return untagged
}

// faultOf is what is wrong with a resource's tags, or nothing.
func faultOf(tags map[string]any) string {
	var missing, refused []string
	for _, key := range []string{names.TagEnvironment, names.TagProject, names.TagManagedBy, names.TagPurpose} {
		if value, _ := tags[key].(string); value == "" {
			missing = append(missing, key)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		if value, _ := tags[key].(string); settings.TagKey(key)+settings.TagValue(value) != "" {
			refused = append(refused, key)
		}
	}
	switch {
	case len(missing) > 0:
		return "lacks " + strings.Join(missing, ", ")
	case len(refused) > 0:
		return "has tags that AWS refuses: " + strings.Join(refused, ", ")
	default:
		return ""
	}
}

// defaultTags are the tags that the provider puts on all its resources.
func (r *Recording) defaultTags(provider string) map[string]any {
	defaults, _ := r.Resource(provider).Inputs["defaultTags"].(map[string]any)
	tags, _ := defaults["tags"].(map[string]any)
	return tags
}

// WithoutExplicitProvider are the steps, calls included, that named no provider, though all but providers themselves and
// stack references need one.
func (r *Recording) WithoutExplicitProvider() []string {
	var without []string
	for _, one := range r.All {
		needsNone := one.Type == stackReferenceType || strings.HasPrefix(one.Type, "pulumi:providers:")
		if one.Provider == "" && !needsNone {
			without = append(without, one.Step())
		}
	}
	for _, call := range r.Calls {
		if call.Provider == "" {
			without = append(without, call.Token)
		}
	}
	return without
}

// FailingEachRegistration runs the program once for each registration and call that it makes, with that one failing, and
// yields the step and what the program returned. The first run fails nothing and finds the steps; its error, if any, is
// yielded for the empty step.
func FailingEachRegistration(program pulumi.RunFunc, options Options) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		options.FailAt = ""
		recording, err := Run(program, options)
		if err != nil && !yield("", err) {
			return
		}
		for _, step := range recording.Steps {
			options.FailAt = step
			if _, err := Run(program, options); !yield(step, err) {
				return
			}
		}
	}
}

// plain turns the properties into plain Go values, secrets into what they hide.
func plain(properties resource.PropertyMap) map[string]any {
	return properties.MapRepl(nil, func(value resource.PropertyValue) (any, bool) {
		if !value.IsSecret() {
			return nil, false
		}
		return plain(resource.PropertyMap{"value": value.SecretValue().Element})["value"], true
	})
}

// providerName is the logical name in a reference to a provider ("<urn>::<id>").
func providerName(reference string) string {
	end := strings.LastIndex(reference, "::")
	if end < 0 {
		return ""
	}
	return resource.URN(reference[:end]).Name()
}
